package gateway_test

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// pressureExperiments want more of the upstream than it allows, from several replicas.
func pressureExperiments() []experiment {
	return []experiment{
		{"L-06", "three replicas want 180 calls at once, and go on at the edge of the window", func(t *testing.T, f *figures) outcome {
			return pressed{number: "L-06"}.run(t, f)
		}},
		{"L-05", "the same, Redis killed half way and started again", func(t *testing.T, f *figures) outcome {
			return pressed{number: "L-05", midway: func(_ *testing.T, fl *fleet, _ []*wire) {
				fl.redis.Kill()
				fl.redis.Restart()
			}}.run(t, f)
		}},
		{"F-59", "the same, one replica of the three cut off from Redis half way", func(t *testing.T, f *figures) outcome {
			return pressed{number: "F-59", midway: func(_ *testing.T, _ *fleet, lines []*wire) { lines[0].cut() }}.run(t, f)
		}},
	}
}

// pressed is a demand far above the quota. Every query wants a range of days of its own, and so a call of its own.
type pressed struct {
	number string
	midway func(t *testing.T, fl *fleet, lines []*wire)
}

const (
	pressedQueries = 180
	pressedFile    = "limits: {request_timeout: 3s}\n"
	quotaLimit     = 60
)

// dayRange is the n-th of the 465 ranges of whole days within a month.
func dayRange(n int) string {
	end := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for from := 1; ; from++ {
		if n < from {
			return fmt.Sprintf(`{"days": {"from": %q, "to": %q}}`,
				end.AddDate(0, 0, -from).Format(time.RFC3339), end.AddDate(0, 0, -n).Format(time.RFC3339))
		}
		n -= from
	}
}

const wantDays = `query ($days: TimeRange!) { auditEvents(filter: {range: $days}, first: 1) { totalCount } }`

func (p pressed) run(t *testing.T, f *figures) outcome {
	t.Helper()
	// A trip of the quota must be shorter than what its window is lengthened by: twice this is below 0.5 s.
	fl := newFleet(t, worldSettings{Hosts: 3, Regions: 2, Running: true}, "OPSGRAPH_REDIS_TIMEOUT=200ms")
	var replicas []*replica
	var lines []*wire
	for range 3 {
		line := newWire(t, fl.redis.Addr)
		lines = append(lines, line)
		replicas = append(replicas, fl.start(t, 1, pressedFile, "OPSGRAPH_REDIS_URL=redis://"+line.address())...)
	}
	counts := p.send(t, replicas, func() {
		if p.midway != nil {
			p.midway(t, fl, lines)
		}
	})
	arrivals := fl.scarceArrivals()
	most := mostWithin(arrivals, chaosWindow)
	f.add(t, p.number+": most calls that arrived in any window, of 60 allowed", "%d", most)
	if most > quotaLimit || most < quotaLimit/2 {
		t.Errorf("%d calls in a window of 60", most)
	}
	f.add(t, p.number+": what 180 queries were told", "%s; %d calls", tally(counts), len(arrivals))
	if counts[freshData]+counts["UPSTREAM_QUOTA_EXHAUSTED"]+counts["REQUEST_TIMEOUT"] != pressedQueries || counts[freshData] == 0 {
		t.Errorf("told: %s", tally(counts))
	}
	return outcome{
		sees:  freshData + "; where the call's turn comes after the deadline, REQUEST_TIMEOUT or UPSTREAM_QUOTA_EXHAUSTED, to be asked again",
		calls: "at most 60 in any window", after: "—",
	}
}

// send lets 24 clients at each replica ask, all at once, and calls midway when half of the queries are answered.
func (p pressed) send(t *testing.T, replicas []*replica, midway func()) map[string]int {
	t.Helper()
	const clients = 72
	var mu sync.Mutex
	counts := map[string]int{}
	answered := 0
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			for n := client; n < pressedQueries; n += clients {
				words := tells(replicas[client%len(replicas)].ask(t, wantDays, dayRange(n), nil))
				mu.Lock()
				counts[words]++
				answered++
				half := answered == pressedQueries/2
				mu.Unlock()
				if half {
					midway()
				}
			}
		})
	}
	wait.Wait()
	return counts
}
