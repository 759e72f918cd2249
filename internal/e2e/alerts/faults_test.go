package alerts

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

const (
	bothLists = `{ alarms(first: 1) { totalCount } }`
	capacity  = `{ cloudServices(types: [EVS]) { capacity { total } } }`
	startJob  = `mutation { createMeterJob(input: {}) { meterJob { jobId } } }`
)

// setting has a gateway run with further settings.
func setting(entries ...string) func(*testing.T) []string {
	return func(*testing.T) []string { return entries }
}

// asking asks documents again and again.
func asking(documents ...string) func(*testing.T, *stage) func() {
	return func(t *testing.T, s *stage) func() {
		t.Helper()
		return func() { s.gateways[0].ask(t, documents...) }
	}
}

// steered asks documents while the upstream plays a fault.
func steered(fault map[string]any, documents ...string) func(*testing.T, *stage) func() {
	return func(t *testing.T, s *stage) func() {
		t.Helper()
		s.steer(t, fault)
		return asking(documents...)(t, s)
	}
}

func status(code int) map[string]any { return map[string]any{"kind": "status", "status": code} }

// faults are what alerts are for, and what is none. Each is played once.
func faults() map[string]fault {
	all := map[string]fault{
		"none": {
			environ: withRedis(), before: []string{bothLists, capacity}, rounds: 28,
			begin: func(t *testing.T, s *stage) func() {
				t.Helper()
				s.gateways[0].follow(t, kit.AlarmSubscription)
				return func() { s.gateways[0].ask(t, knownHosts, knownHosts, bothLists, capacity) }
			},
		},
		"traces": {
			environ: func(t *testing.T) []string {
				t.Helper()
				return []string{"OPSGRAPH_TRACING_RATIO=1", "OPSGRAPH_TRACING_ENDPOINT=" + receiver(t)}
			},
			rounds: 1, begin: traced,
		},
		"no gateway": {
			rounds: 5, fire: []string{"OpsgraphDown", "OpsgraphReplicaDown"},
			begin: func(_ *testing.T, s *stage) func() {
				s.gateways[0].stop()
				return func() {}
			},
		},
		"a replica ends": {
			replicas: 2, rounds: 5, fire: []string{"OpsgraphReplicaDown"},
			begin: func(_ *testing.T, s *stage) func() {
				s.gateways[1].stop()
				return func() {}
			},
		},
		"a process ends and ends": {rounds: 4, settled: true, begin: restarted, fire: []string{"OpsgraphRestarts"}},
		"a configuration that is wrong": {
			rounds: 2, settled: true, begin: misconfigured, fire: []string{"OpsgraphConfigurationRefused"},
		},
		"a wrong password": {
			environ: setting("OPSGRAPH_IAM_PASSWORD=wrong"), settled: true, rounds: 3, begin: asking(knownHosts),
			fire: []string{"OpsgraphLoginRefused"},
		},
		"a wrong AppCode": {
			environ: setting("OPSGRAPH_ESM_APPCODE=wrong", "OPSGRAPH_BREAKER_FAILURES_MINUTE=1000"), settled: true,
			rounds: 9, begin: asking(bothLists, kit.WantDevices, knownHosts),
			fire: []string{"OpsgraphCredentialsRejected", "OpsgraphErrors"},
		},
		"an upstream that is away": {
			environ: func(t *testing.T) []string {
				t.Helper()
				return []string{"OPSGRAPH_ESM_URL=http://" + kit.FreeAddress(t)}
			},
			settled: true, rounds: 9, begin: asking(bothLists, kit.WantDevices),
			fire: []string{"OpsgraphUpstreamUnreachable", "OpsgraphErrors"}, may: []string{"OpsgraphCircuitOpen"},
		},
		"an upstream that fails": {
			rounds: 9, begin: steered(status(http.StatusInternalServerError), knownHosts, kit.WantDevices, kit.WantDevices),
			fire: []string{"OpsgraphErrors", "OpsgraphCircuitOpen"},
		},
		"an upstream that fails for long": {
			environ: setting("OPSGRAPH_AGES_HOSTS_STALE=2m"), rounds: 16,
			begin: steered(status(http.StatusInternalServerError), knownHosts),
			fire:  []string{"OpsgraphOldData"}, may: []string{"OpsgraphDegraded", "OpsgraphCircuitOpen"},
		},
		"an upstream that slows": {
			environ: setting("OPSGRAPH_LIMITS_REQUEST_TIMEOUT=2s"), rounds: 3,
			begin: steered(status(http.StatusTooManyRequests), kit.WantDevices),
			fire:  []string{"OpsgraphUpstreamSlows"}, may: []string{"OpsgraphQuotaRefused"},
		},
		"values that can't be read": {
			environ: setting("OPSGRAPH_AGES_INSTANCES_FRESH=30s"), rounds: 19, begin: unreadable,
			fire: []string{"OpsgraphUnreadableValues"},
		},
	}
	quotaFaults(all)
	redisFaults(all)
	roomFaults(all)
	return all
}

// quotaFaults are those of a quota that is short.
func quotaFaults(all map[string]fault) {
	all["a quota that is spent"] = fault{
		environ: setting("OPSGRAPH_QUOTA_MINUTE_LIMIT=2", "OPSGRAPH_LIMITS_QUOTA_CALLS=2",
			"OPSGRAPH_LIMITS_REQUEST_TIMEOUT=2s"),
		rounds: 14,
		begin: func(t *testing.T, s *stage) func() {
			t.Helper()
			documents := []string{kit.WantAlarms, kit.WantServices, kit.WantDevices, knownHosts}
			for _, service := range []string{"EVS", "OBS", "BMS", "SFS", "RDS"} {
				documents = append(documents, strings.ReplaceAll(capacity, "EVS", service))
			}
			return asking(documents...)(t, s)
		},
		fire: []string{"OpsgraphQuotaNearlyGone", "OpsgraphQuotaRefused", "OpsgraphErrors"},
	}
	all["a quota of two a second"] = fault{
		environ: setting("OPSGRAPH_QUOTA_MINUTE_LIMIT=2", "OPSGRAPH_QUOTA_MINUTE_WINDOW=1s",
			"OPSGRAPH_LIMITS_QUOTA_CALLS=2", "OPSGRAPH_LIMITS_REQUEST_TIMEOUT=20s"),
		before: []string{kit.WantAlarms}, rounds: 8, begin: queued, fire: []string{"OpsgraphQuotaWaits"},
	}
}

// queued has several queries wait for the quota once.
func queued(t *testing.T, s *stage) func() {
	t.Helper()
	o := s.gateways[0]
	count := func(name string) (total float64) {
		s.scrape()
		reading := s.read[len(s.read)-1]
		s.read = s.read[:len(s.read)-1]
		for series, value := range reading {
			if strings.HasPrefix(series, name+"{") && strings.Contains(series, `group="esm-minute"`) {
				total += value
			}
		}
		return total
	}
	before := count("opsgraph_quota_wait_seconds_count")
	for _, service := range []string{"EVS", "OBS", "BMS", "SFS", "RDS"} {
		o.begin(t, strings.ReplaceAll(capacity, "EVS", service))
	}
	testkit.Eventually(t, "no call waits", func() bool { return count("opsgraph_quota_waiting") > 0 })
	s.scrape()
	testkit.Eventually(t, "calls wait for ever", func() bool {
		return count("opsgraph_quota_wait_seconds_count") >= before+5
	})
	return func() {}
}

// withRedis has a gateway use a Redis.
func withRedis() func(*testing.T) []string {
	return func(t *testing.T) []string {
		t.Helper()
		return kit.WithRedis(redistest.Start(t))
	}
}

// redisFaults are those of Redis.
func redisFaults(all map[string]fault) {
	var server atomic.Pointer[redistest.Server]
	all["Redis killed"] = fault{
		environ: func(t *testing.T) []string {
			t.Helper()
			server.Store(redistest.Start(t))
			return kit.WithRedis(server.Load())
		},
		rounds: 8, fire: []string{"OpsgraphRedisDown"},
		begin: func(t *testing.T, s *stage) func() {
			t.Helper()
			server.Load().Kill()
			return asking(knownHosts, bothLists)(t, s)
		},
		// None has its calls before the local share.
		may: []string{"OpsgraphErrors", "OpsgraphQuotaRefused", "OpsgraphQuotaWaits"},
	}
	all["Redis is full"] = fault{
		environ: func(t *testing.T) []string {
			t.Helper()
			full := redistest.Start(t, "--maxmemory", "100kb", "--maxmemory-policy", "noeviction")
			return append(kit.WithRedis(full), "OPSGRAPH_LIMITS_REQUEST_TIMEOUT=1s")
		},
		settled: true, rounds: 17, begin: asking(knownHosts),
		fire: []string{"OpsgraphRedisRefuses", "OpsgraphDegraded"},
		may: []string{
			"OpsgraphErrors", "OpsgraphQuotaRefused", "OpsgraphQuotaNearlyGone", "OpsgraphQuotaWaits", "OpsgraphOldData",
		},
	}
}

// roomFaults are those of a gateway that has no room, or no time.
func roomFaults(all map[string]fault) {
	all["more than there is room for"] = fault{
		environ: setting("OPSGRAPH_LIMITS_CPU=1ns", "OPSGRAPH_LIMITS_QUEUE=0"), rounds: 8,
		begin: crowded, fire: []string{"OpsgraphOverloaded"},
	}
	all["operations that wait"] = fault{
		environ: setting("OPSGRAPH_LIMITS_CPU=1ns", "OPSGRAPH_LIMITS_QUEUE=30s"), rounds: 2,
		begin: func(t *testing.T, s *stage) func() {
			t.Helper()
			hang(t, s)
			s.gateways[0].begin(t, knownHosts)
			testkit.Eventually(t, "no operation waits", func() bool {
				s.scrape()
				return s.read[len(s.read)-1][`opsgraph_queue_operations{job="opsgraph",instance="a"}`] > 0
			})
			return func() {}
		},
	}
	all["too little memory"] = fault{
		environ: setting("OPSGRAPH_LIMITS_MEMORY=16777216"), settled: true, rounds: 8, begin: asking(knownHosts),
		fire: []string{"OpsgraphMemory"},
	}
	all["subscribers everywhere"] = fault{
		environ: setting("OPSGRAPH_LIMITS_CONNECTIONS=10"), rounds: 8, fire: []string{"OpsgraphConnections"},
		begin: func(t *testing.T, s *stage) func() {
			t.Helper()
			for range 9 {
				s.gateways[0].follow(t, kit.AlarmSubscription)
			}
			return func() {}
		},
	}
	var log atomic.Pointer[slog.Logger]
	all["a log that nobody reads"] = fault{
		rounds: 3, fire: []string{"OpsgraphLogLinesDropped"},
		lines: func(t *testing.T, metrics *telemetry.Metrics) *slog.Logger {
			t.Helper()
			log.Store(unread(t, metrics))
			return log.Load()
		},
		begin: func(*testing.T, *stage) func() {
			return func() {
				for range 1000 { // as many as a busy gateway has at level debug
					log.Load().Debug("upstream attempt")
				}
			}
		},
	}
	var slow atomic.Bool
	all["a machine that is slow"] = fault{
		rounds: 15, fire: []string{"OpsgraphSlow"},
		environ: setting("OPSGRAPH_LIMITS_REQUEST_TIMEOUT=10m", "OPSGRAPH_AGES_HOSTS_FRESH=10h",
			"OPSGRAPH_AGES_HOSTS_STALE=20h", "OPSGRAPH_AGES_HOSTS_DEAD=24h"),
		begin: func(t *testing.T, s *stage) func() {
			t.Helper()
			slow.Store(true)
			return asking(knownHosts)(t, s)
		},
		now: func(clock *testkit.Clock) func() time.Time {
			return func() time.Time {
				if slow.Load() {
					clock.Advance(300 * time.Millisecond) // each look at the clock finds it later
				}
				return clock.Now()
			}
		},
	}
}

// hang has a command take the place of all others: the upstream does not answer it.
func hang(t *testing.T, s *stage) {
	t.Helper()
	s.steer(t, map[string]any{"operation": "createMeterQueryJob", "kind": "hang"})
	s.gateways[0].begin(t, startJob)
	testkit.Eventually(t, "no call hangs", func() bool { return s.w.Flying.Load() > 0 })
}

// crowded has operations come that find no room.
func crowded(t *testing.T, s *stage) func() {
	t.Helper()
	hang(t, s)
	documents := make([]string, 8)
	for i := range documents {
		documents[i] = strings.Replace(knownHosts, "first: 1", "first: "+string(rune('2'+i)), 1) // none is kept
	}
	return asking(documents...)(t, s)
}

// unreadable has the upstream send rows whose values are of another type, and words that no list has.
func unreadable(t *testing.T, s *stage) func() {
	t.Helper()
	rows := make([]string, 20)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"customer_id":"c","resource_id":"r%d","resource_info":"no object"}`, i)
	}
	s.steer(t, map[string]any{
		"operation": "listCustomerOnDemandResources", "kind": "status", "status": 200,
		"body": `{"resources":[` + strings.Join(rows, ",") + `],"total_count":20}`,
	}, map[string]any{
		"operation": "getMeterQueryJob", "kind": "status", "status": 200,
		"body": `{"id":"j","status":"no such word","progress":1}`,
	})
	return asking(`{ payPerUseResources(customerId: "c") { nodes { resourceId } } }`,
		`{ meterJob(jobId: "j") { status } }`)(t, s)
}

// unread is a log whose reader reads nothing.
func unread(t *testing.T, metrics *telemetry.Metrics) *slog.Logger {
	t.Helper()
	reader, writer := io.Pipe()
	lines := telemetry.NewLines(writer, metrics.LogLineDropped, nil)
	t.Cleanup(func() {
		_ = reader.Close() // it never fails
		if err := lines.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	logger, err := telemetry.NewLogger(lines, "debug", "text")
	if err != nil {
		t.Fatal(err)
	}
	return logger
}
