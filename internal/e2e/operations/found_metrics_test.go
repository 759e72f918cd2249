package operations

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// section is a part of docs/operations.md.
func section(t *testing.T, begin, end string) string {
	t.Helper()
	_, rest, found := strings.Cut(operationsPage(t), begin)
	text, _, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("docs/operations.md has no part from %q to %q", begin, end)
	}
	return text
}

var (
	alertRow  = regexp.MustCompile("(?m)^\\| ([A-Za-z]+) \\| `([^`]+)` \\|")
	metricRow = regexp.MustCompile("(?m)^\\| `(opsgraph_[a-z_]+)` \\|")
)

// documentedAlerts are the expressions by the names of their alerts.
func documentedAlerts(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, row := range alertRow.FindAllStringSubmatch(section(t, "Worth an alert", "## Live data"), -1) {
		found[row[1]] = strings.ReplaceAll(row[2], `\|`, "|") // as tables of Markdown have it
	}
	return found
}

// driver makes a fault on a gateway that runs, again and again; it begins with what it needs of it. Without one the
// environment is the fault, which shows before anybody asks.
type driver struct {
	environ func(t *testing.T, w *kit.World) []string
	fault   func(t *testing.T, w *kit.World, o *operated) (again func())
}

const (
	askBothLists = `{ alarms(first: 1) { totalCount } }`
	askServices  = `{ cloudServices(types: [EVS]) { capacity { total } } }`
)

// faults are those that alerts and metrics are for, by name.
func faults() map[string]driver {
	setting := func(entries ...string) func(*testing.T, *kit.World) []string {
		return func(*testing.T, *kit.World) []string { return entries }
	}
	asking := func(documents ...string) func(*testing.T, *kit.World, *operated) func() {
		return func(t *testing.T, _ *kit.World, o *operated) func() {
			t.Helper()
			return func() {
				for _, document := range documents {
					o.ask(t, document)
				}
			}
		}
	}
	steered := func(fault map[string]any, documents ...string) func(*testing.T, *kit.World, *operated) func() {
		return func(t *testing.T, w *kit.World, o *operated) func() {
			t.Helper()
			w.Steer(t, http.MethodPut, "faults", []map[string]any{fault})
			return asking(documents...)(t, w, o)
		}
	}
	tight := "OPSGRAPH_QUOTA_MINUTE_LIMIT=2"
	fresh := []string{
		"OPSGRAPH_AGES_ALARMS_FRESH=10ms", "OPSGRAPH_AGES_ALARMS_STALE=20ms", "OPSGRAPH_AGES_ALARMS_DEAD=30ms",
	}
	status := func(code int) map[string]any { return map[string]any{"kind": "status", "status": code} }
	return map[string]driver{
		"a wrong password": {setting("OPSGRAPH_IAM_PASSWORD=wrong"), nil},
		"a wrong AppCode": {
			setting("OPSGRAPH_ESM_APPCODE=wrong", "OPSGRAPH_BREAKER_FAILURES_MINUTE=1000"),
			asking(askBothLists, kit.WantDevices, `{ hosts(first: 1) { totalCount } }`),
		},
		"an upstream that fails":  {nil, steered(status(500), askBothLists, kit.WantDevices)},
		"an upstream that slows":  {nil, steered(status(429), askBothLists, kit.WantDevices)},
		"queries that are served": {nil, asking(`{ hosts(first: 1) { nodes { hostId } } }`)},
		"equal queries":           {nil, asking(`{ hosts(first: 2) { totalCount } }`, `{ hosts(first: 2) { totalCount } }`)},
		"a quota of two a second": {
			setting(append(fresh, "OPSGRAPH_QUOTA_MINUTE_LIMIT=2", "OPSGRAPH_QUOTA_MINUTE_WINDOW=2s",
				"OPSGRAPH_LIMITS_QUOTA_CALLS=2", "OPSGRAPH_LIMITS_REQUEST_TIMEOUT=20s")...),
			asking(kit.WantAlarms, kit.WantAlarms, kit.WantDevices, kit.WantServices),
		},
		"a quota that is spent": {
			setting(append(fresh, tight, "OPSGRAPH_LIMITS_QUOTA_CALLS=2", "OPSGRAPH_LIMITS_REQUEST_TIMEOUT=2s")...),
			func(t *testing.T, w *kit.World, o *operated) func() {
				t.Helper()
				documents := []string{kit.WantAlarms, kit.WantServices, kit.WantDevices}
				for _, service := range []string{"EVS", "OBS", "BMS", "SFS", "RDS"} {
					documents = append(documents, strings.ReplaceAll(askServices, "EVS", service))
				}
				return asking(documents...)(t, w, o)
			},
		},
		"Redis killed":                redisKilled(),
		"more than there is room for": crowdedOut("0"), "operations that wait": crowdedOut("4s"),
		"a subscriber": {nil, func(t *testing.T, _ *kit.World, o *operated) func() {
			t.Helper()
			o.follow(t, kit.AlarmSubscription)
			return func() {}
		}},
		"a value that can't be read": {nil, steered(
			map[string]any{
				"operation": "listCustomerOnDemandResources", "kind": "status", "status": 200,
				"body": `{"resources":[{"customer_id":"c","resource_id":"a","resource_info":"no object"}],"total_count":1}`,
			}, `{ payPerUseResources(customerId: "c") { nodes { resourceId } } }`)},
		"a word of no list": {nil, steered(
			map[string]any{
				"operation": "getMeterQueryJob", "kind": "status", "status": 200,
				"body": `{"id":"j","status":"no such word","progress":1}`,
			}, `{ meterJob(jobId: "j") { status } }`)},
	}
}

// redisKilled has a gateway lose its Redis.
func redisKilled() driver {
	servers := map[*kit.World]*redistest.Server{}
	return driver{
		environ: func(t *testing.T, w *kit.World) []string {
			t.Helper()
			servers[w] = redistest.Start(t)
			return []string{"OPSGRAPH_REDIS_URL=" + servers[w].URL()}
		},
		fault: func(t *testing.T, w *kit.World, o *operated) func() {
			t.Helper()
			servers[w].Kill()
			return func() { o.ask(t, askBothLists) }
		},
	}
}

// run makes a fault until a condition on the readings of the metrics holds.
func (d driver) run(t *testing.T, holds func(t *testing.T, scrapes []scrape) bool) {
	t.Helper()
	w := newPresentWorld(t)
	var environ []string
	if d.environ != nil {
		environ = d.environ(t, w)
	}
	o := operate(t, w, environ...)
	scrapes := []scrape{o.scrape(t)}
	again := func() {}
	if d.fault != nil {
		if holds(t, scrapes) {
			t.Error("it holds before the fault")
		}
		again = d.fault(t, w, o)
	}
	testkit.Eventually(t, "the fault shows nothing", func() bool {
		again()
		scrapes = append(scrapes, o.scrape(t))
		return holds(t, scrapes)
	})
}

// TestFound_C9_EachAlertFires drives each alert of docs/operations.md by the fault that it is for.
func TestFound_C9_EachAlertFires(t *testing.T) {
	t.Parallel()
	drivers := map[string]string{
		"Degraded": "a wrong AppCode", "LoginRefused": "a wrong password", "CredentialsRefused": "a wrong AppCode",
		"NothingAnswered": "an upstream that fails", "QuotaWait": "a quota of two a second",
		"QuotaRefused": "a quota that is spent", "UpstreamSlows": "an upstream that slows",
		"Overloaded": "more than there is room for", "QuotaAlone": "Redis killed", "RedisErrors": "Redis killed",
	}
	alerts := documentedAlerts(t)
	if got, want := slices.Sorted(maps.Keys(drivers)), slices.Sorted(maps.Keys(alerts)); !slices.Equal(got, want) {
		t.Fatalf("docs/operations.md has the alerts %v, faults are known for %v", want, got)
	}
	for alert, expression := range alerts {
		t.Run(alert, func(t *testing.T) {
			t.Parallel()
			faults()[drivers[alert]].run(t, func(t *testing.T, scrapes []scrape) bool {
				t.Helper()
				return fires(t, expression, scrapes)
			})
		})
	}
}

// TestFound_C9_EachMetricCounts drives each metric of docs/operations.md. That of lost log lines has a test of its own,
// which is named.
func TestFound_C9_EachMetricCounts(t *testing.T) {
	t.Parallel()
	elsewhere := map[string]string{
		"opsgraph_log_lines_dropped_total": "TestProcessBlockedLog_F73",
		"opsgraph_build_info":              "always 1",
		"opsgraph_http_requests_active":    "the request that reads it",
	}
	byFault := map[string][]string{
		"queries that are served": {
			"opsgraph_upstream_attempts_total", "opsgraph_upstream_duration_seconds", "opsgraph_cache_events_total",
			"opsgraph_graphql_operations_total", "opsgraph_graphql_duration_seconds", "opsgraph_http_requests_total",
			"opsgraph_http_duration_seconds", "opsgraph_quota_wait_seconds", "opsgraph_queue_wait_seconds",
		},
		"more than there is room for": {"opsgraph_overloaded_total"},
		"operations that wait": {
			"opsgraph_burden_cpu_seconds", "opsgraph_burden_bytes", "opsgraph_queue_operations",
		},
		"a quota that is spent":      {"opsgraph_quota_events_total"},
		"Redis killed":               {"opsgraph_redis_errors_total", "opsgraph_degraded"},
		"equal queries":              {"opsgraph_kept_answers_total", "opsgraph_kept_answers_bytes"},
		"a subscriber":               {"opsgraph_live_connections", "opsgraph_live_subscriptions"},
		"a value that can't be read": {"opsgraph_unreadable_values_total"},
		"a word of no list":          {"opsgraph_unknown_enum_values_total"},
	}
	driven := slices.Collect(maps.Keys(elsewhere))
	for _, metrics := range byFault {
		driven = append(driven, metrics...)
	}
	for _, row := range metricRow.FindAllStringSubmatch(section(t, "## Metrics", "Worth an alert"), -1) {
		if !slices.Contains(driven, row[1]) {
			t.Errorf("docs/operations.md has %s, and no fault that drives it is known", row[1])
		}
	}
	for name, metrics := range byFault {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults()[name].run(t, func(_ *testing.T, scrapes []scrape) bool {
				return !slices.ContainsFunc(metrics, func(metric string) bool {
					return !counts(metric, scrapes)
				})
			})
		})
	}
}

// counts reports whether a metric has grown since the first reading, or a gauge is above zero.
func counts(metric string, scrapes []scrape) bool {
	value := func(s scrape) (total float64) {
		for series, value := range s {
			name, _, _ := strings.Cut(series, "{")
			if name == metric || name == metric+"_count" {
				total += value
			}
		}
		return total
	}
	return value(scrapes[len(scrapes)-1]) > value(scrapes[0])
}
