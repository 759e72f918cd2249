package kit

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// WorldSettings say what the upstream of a test is like; zero values mean the defaults named here.
type WorldSettings struct {
	Dataset string    `yaml:"dataset"` // generated
	Seed    uint64    `yaml:"seed"`    // 1
	Regions int       `yaml:"regions"` // 5
	Hosts   int       `yaml:"hosts"`   // 40
	Clock   time.Time `yaml:"clock"`   // 2026-11-21T10:00:00Z
	Quota   string    `yaml:"quota"`   // documented
	Life    bool      `yaml:"life"`    // false: the site changes by itself
	// UnknownRegions leaves the site's regions out of the gateway's configuration.
	UnknownRegions bool `yaml:"unknown_regions"`
	// Accounts are further accounts of the upstream beside the demo's.
	Accounts []simulator.Account `yaml:"-"`
	// Unset lists systems without a URL; Without lists variables of the gateway's environment that are not set.
	Unset   []string `yaml:"unset"`
	Without []string `yaml:"without"`
	// Running lets the clock go on by itself; Latency makes the simulator as slow as documented. Neither is for scenarios.
	Running bool `yaml:"-"`
	Latency bool `yaml:"-"`
	// Even takes chance out of ages, retries and refusals of the gateways, so that two equal worlds answer alike.
	Even bool `yaml:"-"`
}

func (s WorldSettings) withDefaults() WorldSettings {
	if s.Seed == 0 {
		s.Seed = 1
	}
	if s.Regions == 0 {
		s.Regions = 5
	}
	if s.Hosts == 0 {
		s.Hosts = 40
	}
	if s.Clock.IsZero() {
		s.Clock = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	}
	return s
}

// World is an upstream over HTTP with its clock.
type World struct {
	Settings WorldSettings
	Clock    *testkit.Clock
	Sim      *simulator.Simulator
	Server   *httptest.Server
	Client   *http.Client
	// gatewayNow is the clock of gateways where it is not that of the simulator.
	GatewayNow func() time.Time
	LogsJSON   bool // gateways log as the program does, in JSON

	// refuses answers 401 to calls with such a header, in place of the simulator; nil refuses none.
	Refuses atomic.Pointer[func(http.Header) bool]
	// Fails answers a call with a status above 0 in place of the simulator; nil lets all through.
	Fails atomic.Pointer[func(*http.Request) int]
	// flying is how many calls are under way, mostFlying the most at any time.
	Flying, MostFlying atomic.Int64

	mu       sync.Mutex
	requests []string      // method, path and query of every call that arrived, credentials aside
	headers  []http.Header // of the same calls
	moments  []time.Time   // when each arrived, by the real clock
}

// NewWorld starts an upstream.
func NewWorld(tb testing.TB, settings WorldSettings) *World {
	tb.Helper()
	w := &World{Settings: settings.withDefaults()}
	w.Clock = testkit.NewClock(w.Settings.Clock)
	latency := simulator.LatencyNone
	if w.Settings.Running {
		w.Clock.Run()
	}
	if w.Settings.Latency {
		latency = simulator.LatencyDocumented
	}
	var err error
	w.Sim, err = simulator.New(simulator.Config{
		Seed: w.Settings.Seed, Regions: w.Settings.Regions, Hosts: w.Settings.Hosts, Latency: latency,
		Dataset: simulator.Dataset(w.Settings.Dataset), Quota: simulator.Quota(w.Settings.Quota), Now: w.Clock.Now,
		Accounts: w.Settings.Accounts, Life: w.Settings.Life,
	})
	if err != nil {
		tb.Fatal(err)
	}
	w.Server = httptest.NewServer(http.HandlerFunc(w.record))
	w.Client = &http.Client{Transport: &http.Transport{}}
	tb.Cleanup(func() {
		w.Client.CloseIdleConnections()
		w.Server.Close()
	})
	return w
}

// record notes a call and hands it to the simulator.
func (w *World) record(answer http.ResponseWriter, call *http.Request) {
	if !strings.HasPrefix(call.URL.Path, "/_simulator/") {
		w.mu.Lock()
		w.requests = append(w.requests, call.Method+" "+call.URL.RequestURI())
		w.headers = append(w.headers, call.Header.Clone())
		w.moments = append(w.moments, time.Now())
		w.mu.Unlock()
		if refuses := w.Refuses.Load(); refuses != nil && (*refuses)(call.Header) {
			answer.WriteHeader(http.StatusUnauthorized)
			return
		}
		if fails := w.Fails.Load(); fails != nil {
			if status := (*fails)(call); status > 0 {
				answer.WriteHeader(status)
				return
			}
		}
		defer w.Flying.Add(-1)
		for now, most := w.Flying.Add(1), w.MostFlying.Load(); now > most && !w.MostFlying.CompareAndSwap(most, now); {
			most = w.MostFlying.Load()
		}
	}
	w.Sim.ServeHTTP(answer, call)
}

// Arrived lists the calls so far.
func (w *World) Arrived() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.requests...)
}

// Count is how many calls have arrived so far.
func (w *World) Count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.requests)
}

// Steer calls a control path of the simulator with a body as JSON.
func (w *World) Steer(tb testing.TB, method, path string, body any) {
	tb.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		tb.Fatal(err)
	}
	request,
		err := http.NewRequestWithContext(tb.Context(), method, w.Server.URL+"/_simulator/"+path, bytes.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	response, err := w.Client.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var refusal bytes.Buffer
		_, _ = refusal.ReadFrom(response.Body)
		tb.Fatalf("simulator %s %s: %d %s", method, path, response.StatusCode, refusal.String())
	}
}

// Environment is the environment of a gateway whose upstream is the simulator.
func (w *World) Environment() []string {
	values := map[string]string{
		"OPSGRAPH_ESM_URL": w.Server.URL, "OPSGRAPH_ESM_APPCODE": simulator.DemoAppCode,
		"OPSGRAPH_ESM_DOMAIN_ID": simulator.DemoHCSODomain, "OPSGRAPH_IAM_URL": w.Server.URL,
		"OPSGRAPH_IAM_USERNAME": simulator.DemoUser, "OPSGRAPH_IAM_PASSWORD": simulator.DemoPassword,
		"OPSGRAPH_IAM_DOMAIN_NAME": simulator.DemoDomain, "OPSGRAPH_IAM_PROJECT_ID": simulator.DemoProject,
		"OPSGRAPH_GAUSSDB_URL": w.Server.URL, "OPSGRAPH_WORKSPACE_URL": w.Server.URL, "OPSGRAPH_BSS_URL": w.Server.URL,
		"OPSGRAPH_LISTEN": "127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN": "off",
	}
	if !w.Settings.UnknownRegions && w.Settings.Dataset != string(simulator.DatasetDocumented) {
		var regions []string
		for _, r := range w.Sim.Regions() {
			regions = append(regions, r.Code+"="+r.Name+"="+r.NameEn)
		}
		values["OPSGRAPH_REGIONS"] = strings.Join(regions, ",")
	}
	for _, name := range w.Settings.Without {
		delete(values, name)
	}
	for _, system := range w.Settings.Unset {
		for name := range values {
			if strings.HasPrefix(name, "OPSGRAPH_"+strings.ToUpper(system)+"_") {
				delete(values, name)
			}
		}
	}
	environ := make([]string, 0, len(values))
	for name, value := range values {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// random is what spreads ages and retries of gateways; nil means chance.
func (w *World) random() func() float64 {
	if !w.Settings.Even {
		return nil
	}
	return func() float64 { return 0 }
}

// DocumentedOperations is how many operations the upstream's documents have.
const DocumentedOperations = 24

// minuteOperations are those of which the upstream allows 60 a minute, all together.
func minuteOperations() []string {
	return []string{
		"listHostPhysicalCapacity", "listCloudServiceCapacity", "listCloudAuditLogs", "listDeviceAssets",
		"listCloudServiceAlarms", "listDeviceAlarms",
	}
}

// MinuteCalls counts the calls of the 60-a-minute operations so far.
func (w *World) MinuteCalls() int {
	calls, sum := w.Sim.Calls(), 0
	for _, operation := range minuteOperations() {
		sum += calls[operation]
	}
	return sum
}

// Settle waits until no call has arrived for a while, so that refreshes in the background have ended.
func (w *World) Settle(t *testing.T) {
	t.Helper()
	last, quiet := -1, 0
	testkit.Eventually(t, "calls still arrive", func() bool {
		if count := len(w.Arrived()); count != last {
			last, quiet = count, 0
		}
		quiet++
		return quiet > 5
	})
}
