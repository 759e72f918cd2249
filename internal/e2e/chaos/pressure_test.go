package chaos

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// pressureExperiments want more of the upstream than it allows, from several replicas.
func pressureExperiments() []experiment {
	return []experiment{
		{
			"L-06", "three replicas want 180 calls at once, and go on at the edge of the window",
			func(t *testing.T, f *figures) outcome {
				return pressed{number: "L-06"}.run(t, f)
			},
		},
		{"L-05", "the same, Redis killed half way and started again", func(t *testing.T, f *figures) outcome {
			return pressed{number: "L-05", midway: func(_ *testing.T, fl *kit.Fleet, _ []*wire) {
				fl.Redis.Kill()
				fl.Redis.Restart()
			}}.run(t, f)
		}},
		{"F-59", "the same, one replica of the three cut off from Redis half way", func(t *testing.T, f *figures) outcome {
			return pressed{number: "F-59", midway: func(_ *testing.T, _ *kit.Fleet, lines []*wire) { lines[0].cut() }}.run(t, f)
		}},
	}
}

// pressed is a demand far above the quota. Every query wants a range of days of its own, and so a call of its own.
type pressed struct {
	number string
	midway func(t *testing.T, fl *kit.Fleet, lines []*wire)
}

const (
	pressedQueries = 180
	pressedFile    = "limits: {request_timeout: 5s}\n"
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
	for try := 1; ; try++ {
		counts, arrivals := p.press(t)
		most := mostWithin(arrivals, kit.QuotaWindow)
		// On a busy machine a call may be late although its token was in time: it has arrived, or was about to be sent.
		late := counts["REQUEST_TIMEOUT"]
		if most > quotaLimit || counts[kit.FreshData]+counts["UPSTREAM_QUOTA_EXHAUSTED"]+late != pressedQueries {
			t.Errorf("%d calls in a window of 60; answers: %s", most, tally(counts))
		}
		// A stall of some seconds is like a loss of Redis: nothing is granted for a while, and the run shows little.
		if stalled := most < quotaLimit/2 || late > len(arrivals)-counts[kit.FreshData]; stalled && try < 3 {
			t.Logf("again: %d calls in a window of 60, %d in all; answers: %s", most, len(arrivals), tally(counts))
			continue
		}
		f.add(t, p.number+": most calls that arrived in any window, of 60 allowed", "%d", most)
		f.add(t, p.number+": what 180 queries were told", "%s; %d calls", tally(counts), len(arrivals))
		return outcome{
			sees: kit.FreshData + "; where the call's turn comes after the deadline, UPSTREAM_QUOTA_EXHAUSTED with the time " +
				"to ask again",
			calls: "at most 60 in any window", after: "—",
		}
	}
}

// press asks three replicas for more than the quota allows, and returns the answers and when calls arrived.
func (p pressed) press(t *testing.T) (counts map[string]int, arrivals []time.Time) {
	t.Helper()
	// A call of the quota, twice the timeout, must be shorter than what its window is lengthened by: to 3.8 s, so
	// that a busy machine's Redis does not count as lost. How many operations such a machine lets in at once is not the
	// subject either.
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true}, "OPSGRAPH_REDIS_TIMEOUT=800ms",
		"OPSGRAPH_QUOTA_HEADROOM=0.9", "OPSGRAPH_LIMITS_CPU=0")
	var replicas []*kit.Replica
	var lines []*wire
	for range 3 {
		line := newWire(t, fl.Redis.Addr)
		lines = append(lines, line)
		replicas = append(replicas, fl.Start(t, 1, pressedFile, "OPSGRAPH_REDIS_URL=redis://"+line.address())...)
	}
	for _, r := range replicas {
		// On a very busy machine the first call of Redis takes too long, and a replica uses its own share, which is not the
		// subject.
		testkit.Within(t, 20*time.Second, "the quota is shared", func() bool { return minuteQuota(t, r).Coordinated })
	}
	counts = p.send(t, replicas, func() {
		if p.midway != nil {
			p.midway(t, fl, lines)
		}
	})
	return counts, fl.ScarceArrivals()
}

// minuteQuota is what a replica reports of the 60 calls a minute.
func minuteQuota(t *testing.T, r *kit.Replica) (quota struct {
	Left        int
	Coordinated bool
},
) {
	t.Helper()
	var data struct {
		Upstream struct {
			Quotas []struct {
				Name        string
				Left        int
				Coordinated bool
			}
		}
	}
	answer := r.Ask(t, `{ upstream { quotas { name left coordinated } } }`, "", nil)
	if err := json.Unmarshal(answer.Body.Data, &data); err != nil {
		t.Fatalf("quotas: %v: %.300s", err, answer.Raw)
	}
	for _, one := range data.Upstream.Quotas {
		if one.Name == "esm-minute" {
			quota.Left, quota.Coordinated = one.Left, one.Coordinated
		}
	}
	return quota
}

// send lets 24 clients at each replica ask, all at once, and calls midway when half of the queries are answered.
func (p pressed) send(t *testing.T, replicas []*kit.Replica, midway func()) map[string]int {
	t.Helper()
	const clients = 72
	var mu sync.Mutex
	counts := map[string]int{}
	answered := 0
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			for n := client; n < pressedQueries; n += clients {
				answer := replicas[client%len(replicas)].Ask(t, wantDays, dayRange(n), nil)
				words := kit.Summary(answer)
				if words == "UPSTREAM_QUOTA_EXHAUSTED" && answer.Body.Errors[0].Extensions["retryAfterMs"] == nil {
					t.Errorf("the answer has no time to ask again: %.300s", answer.Raw)
				}
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
