package gateway_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// What the experiments ask: each costs one call of the 60 a minute while nobody has the answer.
const (
	wantAlarms   = `{ alarms(first: 1, filter: {sources: [DEVICE]}) { totalCount } }`
	wantServices = `{ alarms(first: 1, filter: {sources: [CLOUD_SERVICE]}) { totalCount } }`
	wantDevices  = `{ devices(first: 1) { totalCount } }`
	wantVolumes  = `{ cloudServices(types: [EVS]) { type region { code } } }`
)

// steady are ages in which nothing turns stale while a test lasts, and the deadline that clients have by default.
const steady = `
limits: {request_timeout: 5s}
ages:
  alarms: {fresh: 10m, stale: 20m, dead: 1h}
  hosts: {fresh: 10m, stale: 20m, dead: 1h}
`

const freshData = "fresh data"

// chaosWindow stands for the minute of the upstream's quota, so that what lasts a window lasts a test only this long.
const chaosWindow = 2 * time.Second

// fleet are gateways on one upstream and one Redis.
type fleet struct {
	*world
	redis   *redistest.Server
	environ []string
}

// newFleet starts the upstream and Redis. The pace of a busy machine must not count as an absent Redis, nor calls that
// arrive late as too many: so the timeouts are long, and the quota keeps a quarter of its window free.
func newFleet(tb testing.TB, settings worldSettings, environ ...string) *fleet {
	tb.Helper()
	if settings.Quota == "" {
		settings.Quota = "off" // what arrives is counted here, in windows of the test's own length
	}
	f := &fleet{redis: redistest.Start(tb), world: newWorld(tb, settings)}
	f.environ = append([]string{
		"OPSGRAPH_REDIS_URL=" + f.redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=1s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=1s",
		"OPSGRAPH_QUOTA_MINUTE_WINDOW=" + chaosWindow.String(), "OPSGRAPH_QUOTA_HEADROOM=0.25",
	}, environ...)
	return f
}

// start runs n more gateways with the text of a configuration file.
func (f *fleet) start(tb testing.TB, n int, file string, environ ...string) []*replica {
	tb.Helper()
	replicas := make([]*replica, n)
	for i := range replicas {
		replicas[i] = f.startGateway(tb, file, slices.Concat(f.environ, environ)...)
	}
	return replicas
}

// admin is a connection to the fleet's Redis itself.
func (f *fleet) admin(tb testing.TB) *redis.Connection {
	tb.Helper()
	connection, err := redis.Open(tb.Context(), f.redis.URL(), redis.Options{Timeout: 5 * time.Second, DialTimeout: 5 * time.Second})
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

// redisCommand sends one command to the fleet's Redis.
func redisCommand(tb testing.TB, connection *redis.Connection, words ...any) {
	tb.Helper()
	if err := connection.Client().Do(tb.Context(), words...).Err(); err != nil {
		tb.Fatalf("redis %v: %v", words, err)
	}
}

// wire is a connection that can be made slow or cut.
type wire struct{ proxy *toxiproxy.Proxy }

func newWire(tb testing.TB, to string) *wire {
	tb.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	w := &wire{proxy: toxiproxy.NewProxy(server, "wire", "127.0.0.1:0", to)}
	w.mend(tb)
	tb.Cleanup(w.cut)
	return w
}

// address is where the wire begins; it stays the same over cut and mend.
func (w *wire) address() string { return w.proxy.Listen }

// cut ends every connection and refuses new ones.
func (w *wire) cut() { w.proxy.Stop() }

// mend ends cut.
func (w *wire) mend(tb testing.TB) {
	tb.Helper()
	if err := w.proxy.Start(); err != nil {
		tb.Fatalf("wire: %v", err)
	}
}

// slow makes every answer later by d.
func (w *wire) slow(tb testing.TB, d time.Duration) {
	tb.Helper()
	toxic := fmt.Sprintf(`{"name": "slow", "type": "latency", "attributes": {"latency": %d}}`, d.Milliseconds())
	if _, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		tb.Fatalf("slow wire: %v", err)
	}
}

// quick ends slow.
func (w *wire) quick(tb testing.TB) {
	tb.Helper()
	if err := w.proxy.Toxics.RemoveToxic(tb.Context(), "slow"); err != nil {
		tb.Fatalf("quick wire: %v", err)
	}
}

// tells says in a few words what an answer tells its client: fresh data, stale data with their reason and warnings, or the
// first error's code.
func tells(r *reply) string {
	if code := r.code(); code != "" {
		return code
	}
	words := freshData
	entries, _ := r.body.Extensions["freshness"].([]any)
	for _, entry := range entries {
		if fields, _ := entry.(map[string]any); fields["stale"] == true {
			words = "stale data with their age"
			if reason, ok := fields["reason"].(string); ok {
				words += " and the reason " + reason
			}
		}
	}
	warnings, _ := r.body.Extensions["warnings"].([]any)
	for _, warning := range warnings {
		fields, _ := warning.(map[string]any)
		words += fmt.Sprintf(", warning %v", fields["code"])
	}
	return words
}

// demand fails where an answer is not as wanted.
func demand(tb testing.TB, r *replica, document, want string) {
	tb.Helper()
	if answer := r.ask(tb, document, "", nil); tells(answer) != want {
		tb.Errorf("%s: %s, want %s: %.600s", document, tells(answer), want, answer.raw)
	}
}

// crowd sends a query n times from eight clients at each replica in turn, calls midway when half of them are answered, and
// counts what the answers told.
func crowd(tb testing.TB, replicas []*replica, document string, n int, midway func()) map[string]int {
	tb.Helper()
	var sent, answered atomic.Int64
	var mu sync.Mutex
	counts := map[string]int{}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i := sent.Add(1); i <= int64(n); i = sent.Add(1) {
				words := tells(replicas[int(i)%len(replicas)].ask(tb, document, "", nil))
				mu.Lock()
				counts[words]++
				mu.Unlock()
				if answered.Add(1) == int64(n/2) && midway != nil {
					midway()
				}
			}
		})
	}
	wait.Wait()
	return counts
}

// atOnce asks n times at the same moment, the replicas in turn.
func atOnce(tb testing.TB, replicas []*replica, document string, n int) map[string]int {
	tb.Helper()
	var mu sync.Mutex
	counts := map[string]int{}
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			words := tells(replicas[i%len(replicas)].ask(tb, document, "", nil))
			mu.Lock()
			defer mu.Unlock()
			counts[words]++
		})
	}
	wait.Wait()
	return counts
}

// tally writes counts as text.
func tally(counts map[string]int) string {
	var parts []string
	for _, words := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d × %s", counts[words], words))
	}
	return strings.Join(parts, ", ")
}

// readiness is the status of /readyz and whether it tells of something degraded.
func (r *replica) readiness(tb testing.TB) (status int, degraded bool) {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, r.server.URL+"/readyz", http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	response, err := r.client.RoundTrip(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	var state struct{ Reasons []string }
	text, err := io.ReadAll(response.Body)
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	if err != nil {
		tb.Fatalf("readyz: %v: %s", err, text)
	}
	return response.StatusCode, len(state.Reasons) > 0
}

// recovered waits until no replica tells of something degraded.
func recovered(tb testing.TB, replicas []*replica) time.Duration {
	tb.Helper()
	return testkit.Within(tb, 20*time.Second, "Redis found again", func() bool {
		return !slices.ContainsFunc(replicas, func(r *replica) bool {
			_, degraded := r.readiness(tb)
			return degraded
		})
	})
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

// scarceArrivals are the moments at which calls of the 60 a minute arrived, the earliest first.
func (w *world) scarceArrivals() []time.Time {
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

// mostWithin is the largest number of moments in any span of that length.
func mostWithin(moments []time.Time, span time.Duration) int {
	most, first := 0, 0
	for i, moment := range moments {
		for !moments[first].After(moment.Add(-span)) {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
