package chaos

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

const crowdSize = 200

// shareOpens is how long a replica that lost Redis has no share of the quota: the window of outage, and its headroom.
const shareOpens = 7500 * time.Millisecond

// outage makes the wait for the own share longer than a refresh may last, as it is with a real minute: callers are
// refused at once. The loss of Redis is noticed after a second.
func outage() []string {
	return []string{
		"OPSGRAPH_QUOTA_MINUTE_WINDOW=5s", "OPSGRAPH_QUOTA_HEADROOM=0.5",
		"OPSGRAPH_REDIS_TIMEOUT=1s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=1s",
	}
}

// lossExperiments take Redis away in every way that it can go, while clients ask.
func lossExperiments() []experiment {
	return []experiment{
		{"F-41", "Redis down at the start", func(t *testing.T, f *figures) outcome {
			return startWithout(t, f, "F-41", (*redistest.Server).Kill, func(s *redistest.Server) { s.Restart() })
		}},
		{"F-42", "Redis killed under load", func(t *testing.T, f *figures) outcome {
			return loss{
				number: "F-42",
				misses: true,
				begin:  func(_ *testing.T, fl *kit.Fleet) { fl.Redis.Kill() },
				end:    func(_ *testing.T, fl *kit.Fleet) { fl.Redis.Restart() },
			}.run(t, f)
		}},
		{"F-43", "Redis frozen under load", func(t *testing.T, f *figures) outcome {
			return loss{
				number:  "F-43",
				noticed: true,
				begin:   func(_ *testing.T, fl *kit.Fleet) { fl.Redis.Pause() },
				end:     func(_ *testing.T, fl *kit.Fleet) { fl.Redis.Resume() },
			}.run(t, f)
		}},
		{"F-44", "Redis slow: each answer later", slowRedis},
		{"F-45", "Redis takes connections and never answers, from the start", func(t *testing.T, f *figures) outcome {
			return startWithout(t, f, "F-45", (*redistest.Server).Pause, (*redistest.Server).Resume)
		}},
		{"F-46", "failover: Redis is a replica, writes answer READONLY", func(t *testing.T, f *figures) outcome {
			return loss{
				number: "F-46",
				begin: func(t *testing.T, fl *kit.Fleet) {
					redisCommand(t, fl.Admin(t), "REPLICAOF", "127.0.0.1", "1")
				},
				end:   func(t *testing.T, fl *kit.Fleet) { redisCommand(t, fl.Admin(t), "REPLICAOF", "NO", "ONE") },
				reads: true,
			}.run(t, f)
		}},
		{"F-46a", "failover: Redis waits for its master, reads answer MASTERDOWN", func(t *testing.T, f *figures) outcome {
			return loss{
				number: "F-46a",
				begin: func(t *testing.T, fl *kit.Fleet) {
					admin := fl.Admin(t)
					redisCommand(t, admin, "CONFIG", "SET", "replica-serve-stale-data", "no")
					redisCommand(t, admin, "REPLICAOF", "127.0.0.1", "1")
				},
				end: func(t *testing.T, fl *kit.Fleet) { redisCommand(t, fl.Admin(t), "REPLICAOF", "NO", "ONE") },
			}.run(t, f)
		}},
		{"F-47", "Redis full, nothing may be evicted", func(t *testing.T, f *figures) outcome {
			return loss{
				number: "F-47",
				begin:  func(t *testing.T, fl *kit.Fleet) { redisCommand(t, fl.Admin(t), "CONFIG", "SET", "maxmemory", "1") },
				end:    func(t *testing.T, fl *kit.Fleet) { redisCommand(t, fl.Admin(t), "CONFIG", "SET", "maxmemory", "0") },
				reads:  true,
			}.run(t, f)
		}},
	}
}

// loss is one way for two replicas to lose Redis and to find it again.
type loss struct {
	number     string
	begin, end func(t *testing.T, fl *kit.Fleet)
	reads      bool // reading goes on meanwhile
	misses     bool // what is in no memory is asked for too, which takes a window
	noticed    bool // it lasts until the replicas report it
}

func (l loss) run(t *testing.T, f *figures) outcome {
	t.Helper()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true}, outage()...)
	replicas := fl.Start(t, 2, kit.Steady)
	for _, r := range replicas {
		kit.Demand(t, r, kit.WantAlarms, kit.FreshData)
	}
	// a question for the quota deals the shares of an outage: the first to join gives up half of its own, the other takes
	// it
	if l.misses {
		for _, r := range slices.Concat(replicas, replicas) {
			minuteQuota(t, r)
		}
	}
	before := fl.MinuteCalls()
	lost := time.Now()
	counts := crowd(t, replicas, kit.WantAlarms, crowdSize, func() { lost = time.Now(); l.begin(t, fl) })
	if counts[kit.FreshData] != crowdSize {
		t.Errorf("while Redis went: %s", tally(counts))
	}
	seen := outcome{sees: "what memory has: " + kit.FreshData}
	if l.reads {
		kit.Demand(t, fl.Start(t, 1, kit.Steady)[0], kit.WantAlarms, kit.FreshData)
		seen.sees += "; a new replica still reads Redis"
	}
	if got := fl.MinuteCalls() - before; got != 0 {
		t.Errorf("%d calls for what memory or Redis has", got)
	}
	seen.calls = "0"
	if l.misses {
		l.miss(t, f, fl, replicas, lost)
		seen.calls = "0, then 1 for each list that is new"
		seen.sees += "; what is new: UPSTREAM_QUOTA_EXHAUSTED until the own share opens, then " + kit.FreshData
	}
	if l.noticed {
		for _, r := range replicas {
			testkit.Within(t, 20*time.Second, "a replica reports that Redis is lost",
				func() bool { _, degraded := readiness(t, r); return degraded })
		}
		kit.Demand(t, replicas[0], kit.WantAlarms, kit.FreshData)
	}
	l.end(t, fl)
	seen.after = shares(t, f, l.number, fl, replicas)
	return seen
}

// miss asks for data that no memory has: refused until the share of a replica without Redis opens.
func (l loss) miss(t *testing.T, f *figures, fl *kit.Fleet, replicas []*kit.Replica, lost time.Time) {
	t.Helper()
	before := fl.MinuteCalls()
	refusedFirst(t, replicas[0], kit.WantDevices, lost)
	took := opens(t, replicas[0], kit.WantDevices)
	f.add(t, l.number+": without Redis, until a replica's own share of the quota opens (window 5 s, headroom 0.5)",
		"%.1f s", took.Seconds())
	if got := fl.MinuteCalls() - before; got != 1 {
		t.Errorf("%d calls for one list", got)
	}
}

// refusedFirst asks a replica that lost Redis at a time for data that need a call: refused, unless the machine was so
// busy that the share has opened meanwhile.
func refusedFirst(t *testing.T, r *kit.Replica, document string, lost time.Time) {
	t.Helper()
	words := kit.Summary(r.Ask(t, document, "", nil))
	if took := time.Since(lost); words != "UPSTREAM_QUOTA_EXHAUSTED" && took < shareOpens {
		t.Errorf("%s, %v after Redis was lost: %s", document, took, words)
	}
}

// opens waits until a replica without Redis answers a query that needs a call.
func opens(t *testing.T, r *kit.Replica, document string) time.Duration {
	t.Helper()
	return testkit.Within(t, time.Minute, document+" from the own share", func() bool {
		return kit.Summary(r.Ask(t, document, "", nil)) == kit.FreshData
	})
}

// shares waits until the replicas have Redis again: data that one has read cost the other nothing.
func shares(t *testing.T, f *figures, number string, fl *kit.Fleet, replicas []*kit.Replica) string {
	t.Helper()
	took := recovered(t, replicas)
	f.add(t, number+": from Redis back to no replica degraded", "%.1f s", took.Seconds())
	before := fl.MinuteCalls()
	testkit.Within(t, time.Minute, "a call by the shared quota", func() bool {
		return kit.Summary(replicas[0].Ask(t, kit.WantVolumes, "", nil)) == kit.FreshData
	})
	kit.Demand(t, replicas[1], kit.WantVolumes, kit.FreshData)
	if got := fl.MinuteCalls() - before; got != 1 {
		t.Errorf("%d calls by two replicas that share, want 1", got)
	}
	return "shared again, without a restart"
}

// startWithout starts two replicas while Redis does not answer.
func startWithout(t *testing.T, f *figures, number string, begin, end func(*redistest.Server)) outcome {
	t.Helper()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true}, outage()...)
	begin(fl.Redis)
	began := time.Now()
	replicas := fl.Start(t, 2, kit.Steady)
	f.add(t, number+": starting two replicas without Redis (its time limit 1 s)", "%.1f s", time.Since(began).Seconds())
	refusedFirst(t, replicas[0], kit.WantAlarms, began)
	took := opens(t, replicas[0], kit.WantAlarms)
	f.add(t,
		number+": from the start to the first answer that needs the upstream (window 5 s, headroom 0.5, time limit 1 s)",
		"%.1f s", took.Seconds())
	status, degraded := readiness(t, replicas[0])
	if status != http.StatusOK || !degraded {
		t.Errorf("readyz without Redis: %d, degraded %v", status, degraded)
	}
	if got := fl.MinuteCalls(); got != 1 {
		t.Errorf("%d calls for one list", got)
	}
	end(fl.Redis)
	return outcome{
		sees:  "ready at once, degraded; UPSTREAM_QUOTA_EXHAUSTED until the own share opens, then " + kit.FreshData,
		calls: "1", after: shares(t, f, number, fl, replicas),
	}
}

// slowRedis is a Redis within its time limit, then one beyond it.
func slowRedis(t *testing.T, f *figures) outcome {
	t.Helper()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true})
	line := newWire(t, fl.Redis.Addr)
	environ := []string{"OPSGRAPH_REDIS_URL=redis://" + line.address(), "OPSGRAPH_REDIS_TIMEOUT=2s"}
	first := fl.Start(t, 1, kit.Steady, environ...)[0]
	kit.Demand(t, first, kit.WantAlarms, kit.FreshData)
	line.slow(t, 150*time.Millisecond)
	second := fl.Start(t, 1, kit.Steady, environ...)[0]
	kit.Demand(t, second, kit.WantAlarms, kit.FreshData)
	kit.Demand(t, second, kit.WantDevices, kit.FreshData) // the quota is Redis's too
	if got := fl.MinuteCalls(); got != 2 {
		t.Errorf("within the limit: %d calls, want 2", got)
	}
	line.quick(t)
	line.slow(t, 5*time.Second)
	replicas := []*kit.Replica{first, second}
	counts := crowd(t, replicas, kit.WantAlarms, crowdSize, nil)
	if counts[kit.FreshData] != crowdSize || fl.MinuteCalls() != 2 {
		t.Errorf("beyond the limit: %s, %d calls", tally(counts), fl.MinuteCalls())
	}
	line.quick(t)
	return outcome{
		sees: "within `redis.timeout`: " + kit.FreshData +
			", read from Redis or called for; beyond it: as with Redis frozen",
		calls: "0; 1 for each list that is new", after: shares(t, f, "F-44", fl, replicas),
	}
}
