package alerts

import (
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// fault is what a gateway meets, and which alerts that raises.
type fault struct {
	world kit.WorldSettings
	// environ are further settings of the gateway, lines takes its log; either may be nil.
	environ func(t *testing.T) []string
	lines   func(t *testing.T, metrics *telemetry.Metrics) *slog.Logger
	// now is the gateway's clock, made of the upstream's; nil: the same.
	now func(clock *testkit.Clock) func() time.Time
	// settled means that the fault is there from the start: in the settings.
	settled bool
	// replicas is how many gateways serve; 0: one.
	replicas int
	// before are asked once, as soon as it serves.
	before []string
	// begin makes the fault; what it returns is done before each reading.
	begin func(t *testing.T, s *stage) (again func())
	// rounds is how many minutes the fault lasts.
	rounds int
	// fire are the alerts that it raises, may those that it may raise besides.
	fire, may []string
}

// stage is where a fault is played: an upstream, its gateways, and what Prometheus has read of them.
type stage struct {
	w        *kit.World
	gateways []*watched
	targets  []func() scrape // of Prometheus
	read     history
}

// healthyRounds are enough for series to begin. That alerts rest for long is shown once, where there is no fault.
const healthyRounds = 4

// knownHosts is what is asked all the time.
const knownHosts = `{ hosts(first: 1) { nodes { hostId } } }`

// play plays a fault and has promtool judge what was read: nothing fires before it, and afterwards what it raises.
func (f fault) play(t *testing.T) history {
	t.Helper()
	settings := f.world
	if settings.Hosts == 0 {
		settings.Hosts, settings.Regions = 2, 1
	}
	s := &stage{w: kit.NewWorld(t, settings)}
	if f.now != nil {
		s.w.GatewayNow = f.now(s.w.Clock)
	}
	var environ []string
	if f.environ != nil {
		environ = f.environ(t)
	}
	var lines func(*telemetry.Metrics) *slog.Logger
	if f.lines != nil {
		lines = func(metrics *telemetry.Metrics) *slog.Logger { return f.lines(t, metrics) }
	}
	for i := range max(1, f.replicas) {
		o := watch(t, s.w, lines, environ)
		s.gateways = append(s.gateways, o)
		instance := string(rune('a' + i))
		s.targets = append(s.targets, func() scrape { return scrapeOf(t, o.client, o.operators, instance) })
	}
	s.gateways[0].ask(t, f.before...)
	var expected []expectation
	if !f.settled {
		for range healthyRounds {
			s.round(func() { s.gateways[0].ask(t, knownHosts) })
		}
		expected = append(expected, expectation{round: healthyRounds - 1})
	}
	again := func() {}
	if f.begin != nil {
		again = f.begin(t, s)
	}
	for range f.rounds {
		s.round(again)
	}
	s.read.judge(t, append(expected, expectation{len(s.read) - 1, f.fire, f.may})...)
	return s.read
}

// round is one minute, at whose end Prometheus reads all targets.
func (s *stage) round(do func()) {
	s.w.Clock.Advance(time.Minute)
	do()
	s.scrape()
}

func (s *stage) scrape() {
	seen := scrape{}
	for _, target := range s.targets {
		maps.Copy(seen, target())
	}
	s.read = append(s.read, seen)
}

// steer has the simulator play a fault.
func (s *stage) steer(t *testing.T, faults ...map[string]any) {
	t.Helper()
	s.w.Steer(t, http.MethodPut, "faults", faults)
}

// follow opens an event stream that ends with the test.
func (o *watched) follow(t *testing.T, document string) {
	t.Helper()
	address := o.users + "/graphql?" + url.Values{"query": {document}}.Encode()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	response, err := o.client.Transport.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", response, err)
	}
	t.Cleanup(func() { _ = response.Body.Close() }) // it ends with the gateway too
}

// seen gathers what all faults showed.
type seen struct {
	mu      sync.Mutex
	metrics known
	grown   map[string]bool // by metric: it counted something, or was above zero
}

// add notes what was read during a fault.
func (s *seen) add(read history) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := scrape{}
	for _, reading := range read {
		s.metrics.add(reading)
		for series, value := range reading {
			if _, known := first[series]; !known {
				first[series] = value
			}
			family := familyOf(metricOf(series))
			gauge := !strings.HasSuffix(metricOf(series), "_total") && family == metricOf(series)
			s.grown[family] = s.grown[family] || value > first[series] || gauge && value > 0
		}
	}
}

// familyOf is the name of a metric without what histograms add to it.
func familyOf(name string) string {
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if family, histogram := strings.CutSuffix(name, suffix); histogram {
			return family
		}
	}
	return name
}

// TestFound_C9_EachAlertFires plays each fault on a gateway that runs, and has promtool evaluate the rules over what it
// gave when it was scraped: each alert fires by its fault, and rests without it. What rules, dashboards and the table
// of docs/operations.md name must be what the gateways gave.
func TestFound_C9_EachAlertFires(t *testing.T) {
	all := &seen{metrics: known{}, grown: map[string]bool{}}
	t.Run("faults", func(t *testing.T) {
		for name, f := range faults() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				all.add(f.play(t))
			})
		}
	})
	raised := map[string]bool{}
	for _, f := range faults() {
		for _, alert := range f.fire {
			raised[alert] = true
		}
	}
	if got, want := slices.Sorted(maps.Keys(raised)), slices.Sorted(slices.Values(alerts(t))); !slices.Equal(got, want) {
		t.Errorf("faults raise %v, and the alerts are %v", got, want)
	}
	if t.Failed() {
		return // what was read is not all
	}
	all.checkRules(t)
	all.checkDashboards(t)
	all.checkTable(t)
}
