package kit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// What the experiments ask: each costs one call of the 60 a minute while nobody has the answer.
const (
	WantAlarms   = `{ alarms(first: 1, filter: {sources: [DEVICE]}) { totalCount } }`
	WantServices = `{ alarms(first: 1, filter: {sources: [CLOUD_SERVICE]}) { totalCount } }`
	WantDevices  = `{ devices(first: 1) { totalCount } }`
	WantVolumes  = `{ cloudServices(types: [EVS]) { type region { code } } }`
)

// Steady are ages in which nothing turns stale while a test lasts, and the deadline that clients have by default.
const Steady = `
limits: {request_timeout: 5s}
ages:
  alarms: {fresh: 10m, stale: 20m, dead: 1h}
  hosts: {fresh: 10m, stale: 20m, dead: 1h}
`

// FreshData is the Summary of an answer whose data are fresh.
const FreshData = "fresh data"

// QuotaWindow stands for the minute of the upstream's quota, so that what lasts a window lasts a test only this long.
const QuotaWindow = 2 * time.Second

// Fleet is several gateways on one upstream and one Redis.
type Fleet struct {
	*World
	Redis   *redistest.Server
	Environ []string
}

// NewFleet starts the upstream and Redis. A slow machine must not count as a lost Redis, nor late calls as too many:
// the timeouts are long, and the quota keeps a quarter of its window free.
func NewFleet(tb testing.TB, settings WorldSettings, environ ...string) *Fleet {
	tb.Helper()
	if settings.Quota == "" {
		settings.Quota = "off" // what arrives is counted here, in windows of the test's own length
	}
	f := &Fleet{Redis: redistest.Start(tb), World: NewWorld(tb, settings)}
	f.Environ = append([]string{
		"OPSGRAPH_REDIS_URL=" + f.Redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s",
		"OPSGRAPH_QUOTA_MINUTE_WINDOW=" + QuotaWindow.String(), "OPSGRAPH_QUOTA_HEADROOM=0.25",
	}, environ...)
	return f
}

// Start runs n more gateways with the text of a configuration file.
func (f *Fleet) Start(tb testing.TB, n int, file string, environ ...string) []*Replica {
	tb.Helper()
	replicas := make([]*Replica, n)
	for i := range replicas {
		replicas[i] = f.StartGateway(tb, file, slices.Concat(f.Environ, environ)...)
	}
	return replicas
}

// Admin is a connection to the fleet's Redis itself.
func (f *Fleet) Admin(tb testing.TB) *redis.Connection {
	tb.Helper()
	connection,
		err := redis.Open(tb.Context(), f.Redis.URL(), redis.Options{Timeout: 5 * time.Second, DialTimeout: 5 * time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := connection.Close(); err != nil {
			tb.Errorf("close the connection to Redis: %v", err)
		}
	})
	return connection
}

// Summary is an answer in a few words: fresh data, stale data with their reason and warnings, or the first error's
// code.
func Summary(r *Reply) string {
	if code := r.Code(); code != "" {
		return code
	}
	words := FreshData
	entries, _ := r.Body.Extensions["freshness"].([]any)
	for _, entry := range entries {
		if fields, _ := entry.(map[string]any); fields["stale"] == true {
			words = "stale data with their age"
			if reason, ok := fields["reason"].(string); ok {
				words += " and the reason " + reason
			}
		}
	}
	warnings, _ := r.Body.Extensions["warnings"].([]any)
	for _, warning := range warnings {
		fields, _ := warning.(map[string]any)
		words += fmt.Sprintf(", warning %v", fields["code"])
	}
	return words
}

// Demand fails where the summary of an answer is not the wanted one.
func Demand(tb testing.TB, r *Replica, document, want string) {
	tb.Helper()
	if answer := r.Ask(tb, document, "", nil); Summary(answer) != want {
		tb.Errorf("%s: %s, want %s: %.600s", document, Summary(answer), want, answer.Raw)
	}
}

// scarcePaths are the paths of the operations that share the 60 calls a minute.
func scarcePaths() []string {
	var paths []string
	for _, spec := range esm.Endpoints() {
		if slices.Contains(minuteOperations(), spec.Operation) {
			paths = append(paths, spec.Path)
		}
	}
	return paths
}

// ScarceArrivals are the moments at which calls of the 60 a minute arrived, the earliest first.
func (w *World) ScarceArrivals() []time.Time {
	paths := scarcePaths()
	w.mu.Lock()
	defer w.mu.Unlock()
	var moments []time.Time
	for i, request := range w.requests {
		_, address, _ := strings.Cut(request, " ")
		path, _, _ := strings.Cut(address, "?")
		if slices.Contains(paths, path) {
			moments = append(moments, w.moments[i])
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	return moments
}

// Dashboard is the query by which the cost of a whole page is judged: its scenario holds the whole answer.
const Dashboard = `{ regions { code name
  hosts(first: 5) { totalCount nodes { hostId name memoryGib processors { model cores } virtualMachines(first: 10) { nodes { name } } } }
  cloudServices(types: [ECS_VM, EVS]) { type
    capacity { zone metricType unit total allocated available allocation observedAt }
    alarms(first: 5, filter: {cleared: false}) { totalCount nodes { name severity lastOccurredAt } } }
  alarmSummary { active bySeverity { severity count } } } }`
