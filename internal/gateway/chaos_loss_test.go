package gateway_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

const crowdSize = 200

// longWindow makes the wait for the own share longer than a refresh may last, as it is with a real minute: who asks is refused
// at once and does not wait in vain.
func longWindow() []string {
	return []string{"OPSGRAPH_QUOTA_MINUTE_WINDOW=5s", "OPSGRAPH_QUOTA_HEADROOM=0.5"}
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
				begin:  func(_ *testing.T, fl *fleet) { fl.redis.Kill() },
				end:    func(_ *testing.T, fl *fleet) { fl.redis.Restart() },
			}.run(t, f)
		}},
		{"F-43", "Redis frozen under load", func(t *testing.T, f *figures) outcome {
			return loss{
				number:  "F-43",
				noticed: true,
				begin:   func(_ *testing.T, fl *fleet) { fl.redis.Pause() },
				end:     func(_ *testing.T, fl *fleet) { fl.redis.Resume() },
			}.run(t, f)
		}},
		{"F-44", "Redis slow: each answer later", slowRedis},
		{"F-45", "Redis takes connections and never answers, from the start", func(t *testing.T, f *figures) outcome {
			return startWithout(t, f, "F-45", (*redistest.Server).Pause, (*redistest.Server).Resume)
		}},
		{"F-46", "failover: Redis is a replica, writes answer READONLY", func(t *testing.T, f *figures) outcome {
			return loss{
				number: "F-46",
				begin: func(t *testing.T, fl *fleet) {
					redisCommand(t, fl.admin(t), "REPLICAOF", "127.0.0.1", "1")
				},
				end:   func(t *testing.T, fl *fleet) { redisCommand(t, fl.admin(t), "REPLICAOF", "NO", "ONE") },
				reads: true,
			}.run(t, f)
		}},
		{"F-46a", "failover: Redis waits for its master, reads answer MASTERDOWN", func(t *testing.T, f *figures) outcome {
			return loss{
				number: "F-46a",
				begin: func(t *testing.T, fl *fleet) {
					admin := fl.admin(t)
					redisCommand(t, admin, "CONFIG", "SET", "replica-serve-stale-data", "no")
					redisCommand(t, admin, "REPLICAOF", "127.0.0.1", "1")
				},
				end: func(t *testing.T, fl *fleet) { redisCommand(t, fl.admin(t), "REPLICAOF", "NO", "ONE") },
			}.run(t, f)
		}},
		{"F-47", "Redis full, nothing may be evicted", func(t *testing.T, f *figures) outcome {
			return loss{
				number: "F-47",
				begin:  func(t *testing.T, fl *fleet) { redisCommand(t, fl.admin(t), "CONFIG", "SET", "maxmemory", "1") },
				end:    func(t *testing.T, fl *fleet) { redisCommand(t, fl.admin(t), "CONFIG", "SET", "maxmemory", "0") },
				reads:  true,
			}.run(t, f)
		}},
	}
}

// loss is one way for two replicas to lose Redis and to find it again.
type loss struct {
	number     string
	begin, end func(t *testing.T, fl *fleet)
	reads      bool // reading goes on meanwhile
	misses     bool // what is in no memory is asked for too, which takes a window
	noticed    bool // it lasts until the replicas tell of it
}

func (l loss) run(t *testing.T, f *figures) outcome {
	t.Helper()
	fl := newFleet(t, worldSettings{Hosts: 3, Regions: 2, Running: true}, longWindow()...)
	replicas := fl.start(t, 2, steady)
	for _, r := range replicas {
		demand(t, r, wantAlarms, freshData)
	}
	if l.misses { // a question for the quota deals the shares of an outage: the first to join gives up half of its own, the other takes it
		for _, r := range slices.Concat(replicas, replicas) {
			r.minuteQuota(t)
		}
	}
	before := fl.minuteCalls()
	counts := crowd(t, replicas, wantAlarms, crowdSize, func() { l.begin(t, fl) })
	if counts[freshData] != crowdSize {
		t.Errorf("while Redis went: %s", tally(counts))
	}
	seen := outcome{sees: "what memory has: " + freshData}
	if l.reads {
		demand(t, fl.start(t, 1, steady)[0], wantAlarms, freshData)
		seen.sees += "; a new replica still reads Redis"
	}
	if got := fl.minuteCalls() - before; got != 0 {
		t.Errorf("%d calls for what memory or Redis has", got)
	}
	seen.calls = "0"
	if l.misses {
		l.miss(t, f, fl, replicas)
		seen.calls = "0, then 1 for each list that is new"
		seen.sees += "; what is new: UPSTREAM_QUOTA_EXHAUSTED until the own share opens, then " + freshData
	}
	if l.noticed {
		for _, r := range replicas {
			testkit.Within(t, 20*time.Second, "a replica tells that Redis is lost", func() bool { _, degraded := r.readiness(t); return degraded })
		}
		demand(t, replicas[0], wantAlarms, freshData)
	}
	l.end(t, fl)
	seen.after = shares(t, f, l.number, fl, replicas)
	return seen
}

// miss asks for what no memory has: refused until the share of a replica without Redis opens.
func (l loss) miss(t *testing.T, f *figures, fl *fleet, replicas []*replica) {
	t.Helper()
	before := fl.minuteCalls()
	demand(t, replicas[0], wantDevices, "UPSTREAM_QUOTA_EXHAUSTED")
	took := opens(t, replicas[0], wantDevices)
	f.add(t, l.number+": without Redis, until a replica's own share of the quota opens (window 5 s, headroom 0.5)", "%.1f s", took.Seconds())
	if got := fl.minuteCalls() - before; got != 1 {
		t.Errorf("%d calls for one list", got)
	}
}

// opens waits until a replica without Redis answers what it must ask for.
func opens(t *testing.T, r *replica, document string) time.Duration {
	t.Helper()
	return testkit.Within(t, time.Minute, document+" from the own share", func() bool {
		return tells(r.ask(t, document, "", nil)) == freshData
	})
}

// shares waits until the replicas have Redis again, and proves it: what one has read costs the other nothing.
func shares(t *testing.T, f *figures, number string, fl *fleet, replicas []*replica) string {
	t.Helper()
	took := recovered(t, replicas)
	f.add(t, number+": from Redis back to no replica degraded", "%.1f s", took.Seconds())
	before := fl.minuteCalls()
	testkit.Within(t, time.Minute, "a call by the shared quota", func() bool {
		return tells(replicas[0].ask(t, wantVolumes, "", nil)) == freshData
	})
	demand(t, replicas[1], wantVolumes, freshData)
	if got := fl.minuteCalls() - before; got != 1 {
		t.Errorf("%d calls by two replicas that share, want 1", got)
	}
	return "shared again, without a restart"
}

// startWithout starts two replicas while Redis does not answer.
func startWithout(t *testing.T, f *figures, number string, begin, end func(*redistest.Server)) outcome {
	t.Helper()
	fl := newFleet(t, worldSettings{Hosts: 3, Regions: 2, Running: true}, longWindow()...)
	begin(fl.redis)
	began := time.Now()
	replicas := fl.start(t, 2, steady)
	f.add(t, number+": starting two replicas without Redis (its time limit 1 s)", "%.1f s", time.Since(began).Seconds())
	demand(t, replicas[0], wantAlarms, "UPSTREAM_QUOTA_EXHAUSTED")
	took := opens(t, replicas[0], wantAlarms)
	f.add(t, number+": from the start to the first answer that needs the upstream (window 5 s, headroom 0.5, time limit 1 s)", "%.1f s", took.Seconds())
	status, degraded := replicas[0].readiness(t)
	if status != http.StatusOK || !degraded {
		t.Errorf("readyz without Redis: %d, degraded %v", status, degraded)
	}
	if got := fl.minuteCalls(); got != 1 {
		t.Errorf("%d calls for one list", got)
	}
	end(fl.redis)
	return outcome{
		sees:  "ready at once, degraded; UPSTREAM_QUOTA_EXHAUSTED until the own share opens, then " + freshData,
		calls: "1", after: shares(t, f, number, fl, replicas),
	}
}

// slowRedis is a Redis within its time limit, then one beyond it.
func slowRedis(t *testing.T, f *figures) outcome {
	t.Helper()
	fl := newFleet(t, worldSettings{Hosts: 3, Regions: 2, Running: true})
	line := newWire(t, fl.redis.Addr)
	environ := []string{"OPSGRAPH_REDIS_URL=redis://" + line.address(), "OPSGRAPH_REDIS_TIMEOUT=1s"}
	first := fl.start(t, 1, steady, environ...)[0]
	demand(t, first, wantAlarms, freshData)
	line.slow(t, 150*time.Millisecond)
	second := fl.start(t, 1, steady, environ...)[0]
	demand(t, second, wantAlarms, freshData)
	demand(t, second, wantDevices, freshData) // the quota is Redis's too
	if got := fl.minuteCalls(); got != 2 {
		t.Errorf("within the limit: %d calls, want 2", got)
	}
	line.quick(t)
	line.slow(t, 3*time.Second)
	replicas := []*replica{first, second}
	counts := crowd(t, replicas, wantAlarms, crowdSize, nil)
	if counts[freshData] != crowdSize || fl.minuteCalls() != 2 {
		t.Errorf("beyond the limit: %s, %d calls", tally(counts), fl.minuteCalls())
	}
	line.quick(t)
	return outcome{
		sees:  "within `redis.timeout`: " + freshData + ", read from Redis or called for; beyond it: as with Redis frozen",
		calls: "0; 1 for each list that is new", after: shares(t, f, "F-44", fl, replicas),
	}
}
