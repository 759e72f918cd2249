package gateway_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// worldSettings say what the upstream of a test is like; zero values mean the defaults named here.
type worldSettings struct {
	Dataset string    `yaml:"dataset"` // generated
	Seed    uint64    `yaml:"seed"`    // 1
	Regions int       `yaml:"regions"` // 5
	Hosts   int       `yaml:"hosts"`   // 40
	Clock   time.Time `yaml:"clock"`   // 2026-11-21T10:00:00Z
	Quota   string    `yaml:"quota"`   // documented
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
}

func (s worldSettings) withDefaults() worldSettings {
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

// world is an upstream over HTTP with its clock.
type world struct {
	settings worldSettings
	clock    *testkit.Clock
	sim      *simulator.Simulator
	server   *httptest.Server
	client   *http.Client
	// gatewayNow is the clock of gateways where it is not that of the simulator.
	gatewayNow func() time.Time

	// refuses answers 401 to calls with such a header, whatever the simulator would say; nil refuses none.
	refuses atomic.Pointer[func(http.Header) bool]
	// flying is how many calls are under way, mostFlying the most that ever were.
	flying, mostFlying atomic.Int64

	mu       sync.Mutex
	requests []string      // method, path and query of every call that arrived, credentials aside
	headers  []http.Header // of the same calls
	moments  []time.Time   // when each arrived, by the real clock
}

func newWorld(tb testing.TB, settings worldSettings) *world {
	tb.Helper()
	w := &world{settings: settings.withDefaults()}
	w.clock = testkit.NewClock(w.settings.Clock)
	latency := simulator.LatencyNone
	if w.settings.Running {
		w.clock.Run()
	}
	if w.settings.Latency {
		latency = simulator.LatencyDocumented
	}
	var err error
	w.sim, err = simulator.New(simulator.Config{
		Seed: w.settings.Seed, Regions: w.settings.Regions, Hosts: w.settings.Hosts, Latency: latency,
		Dataset: simulator.Dataset(w.settings.Dataset), Quota: simulator.Quota(w.settings.Quota), Now: w.clock.Now,
		Accounts: w.settings.Accounts,
	})
	if err != nil {
		tb.Fatal(err)
	}
	w.server = httptest.NewServer(http.HandlerFunc(w.record))
	w.client = &http.Client{Transport: &http.Transport{}}
	tb.Cleanup(func() {
		w.client.CloseIdleConnections()
		w.server.Close()
	})
	return w
}

// record notes a call and hands it to the simulator.
func (w *world) record(answer http.ResponseWriter, call *http.Request) {
	if !strings.HasPrefix(call.URL.Path, "/_simulator/") {
		w.mu.Lock()
		w.requests = append(w.requests, call.Method+" "+call.URL.RequestURI())
		w.headers = append(w.headers, call.Header.Clone())
		w.moments = append(w.moments, time.Now())
		w.mu.Unlock()
		if refuses := w.refuses.Load(); refuses != nil && (*refuses)(call.Header) {
			answer.WriteHeader(http.StatusUnauthorized)
			return
		}
		defer w.flying.Add(-1)
		for now, most := w.flying.Add(1), w.mostFlying.Load(); now > most && !w.mostFlying.CompareAndSwap(most, now); {
			most = w.mostFlying.Load()
		}
	}
	w.sim.ServeHTTP(answer, call)
}

// arrived lists the calls so far.
func (w *world) arrived() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.requests...)
}

// steer calls a control path of the simulator with a body as JSON.
func (w *world) steer(tb testing.TB, method, path string, body any) {
	tb.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		tb.Fatal(err)
	}
	request, err := http.NewRequestWithContext(tb.Context(), method, w.server.URL+"/_simulator/"+path, bytes.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	response, err := w.client.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var told bytes.Buffer
		_, _ = told.ReadFrom(response.Body)
		tb.Fatalf("simulator %s %s: %d %s", method, path, response.StatusCode, told.String())
	}
}

// environment is the environment of a gateway whose upstream is the simulator.
func (w *world) environment() []string {
	values := map[string]string{
		"OPSGRAPH_ESM_URL": w.server.URL, "OPSGRAPH_ESM_APPCODE": simulator.DemoAppCode,
		"OPSGRAPH_ESM_DOMAIN_ID": simulator.DemoHCSODomain, "OPSGRAPH_IAM_URL": w.server.URL,
		"OPSGRAPH_IAM_USERNAME": simulator.DemoUser, "OPSGRAPH_IAM_PASSWORD": simulator.DemoPassword,
		"OPSGRAPH_IAM_DOMAIN_NAME": simulator.DemoDomain, "OPSGRAPH_IAM_PROJECT_ID": simulator.DemoProject,
		"OPSGRAPH_GAUSSDB_URL": w.server.URL, "OPSGRAPH_WORKSPACE_URL": w.server.URL, "OPSGRAPH_BSS_URL": w.server.URL,
		"OPSGRAPH_LISTEN": "127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN": "off",
	}
	if !w.settings.UnknownRegions && w.settings.Dataset != string(simulator.DatasetDocumented) {
		var regions []string
		for _, r := range w.sim.Regions() {
			regions = append(regions, r.Code+"="+r.Name+"="+r.NameEn)
		}
		values["OPSGRAPH_REGIONS"] = strings.Join(regions, ",")
	}
	for _, name := range w.settings.Without {
		delete(values, name)
	}
	for _, system := range w.settings.Unset {
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

// replica is a gateway on loopback.
type replica struct {
	gateway *gateway.Gateway
	server  *httptest.Server
	client  *http.Transport
	log     *testkit.Log
	close   func()
}

// startGateway runs a gateway on the world's upstream. file is the text of its configuration file; environ is added to the
// environment that points it at the upstream.
func (w *world) startGateway(tb testing.TB, file string, environ ...string) *replica {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "opsgraph.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		tb.Fatal(err)
	}
	if !strings.Contains(file, "request_timeout") { // only where it is what the test is about: machines of tests may be slow
		environ = append(environ, "OPSGRAPH_LIMITS_REQUEST_TIMEOUT=1m")
	}
	if !strings.Contains(file, "upstream:") && !strings.Contains(strings.Join(environ, " "), "OPSGRAPH_UPSTREAM_TIMEOUT") {
		environ = append(environ, "OPSGRAPH_UPSTREAM_TIMEOUT=20s") // likewise: no attempt is cut, and so made again, by load
	}
	if !strings.Contains(file, "callers:") && !strings.Contains(strings.Join(environ, " "), "OPSGRAPH_CALLERS") {
		// All clients of a test are one caller: only tests about it bound what it may send.
		environ = append(environ, "OPSGRAPH_CALLERS_RATE=100000", "OPSGRAPH_CALLERS_BURST=100000",
			"OPSGRAPH_CALLERS_OPERATIONS=10000", "OPSGRAPH_CALLERS_ALL_OPERATIONS=10000")
	}
	cfg, err := config.Load(path, append(w.environment(), environ...))
	if err != nil {
		tb.Fatal(err)
	}
	now := w.clock.Now
	if w.gatewayNow != nil {
		now = w.gatewayNow
	}
	r := &replica{client: &http.Transport{DisableCompression: true}, log: &testkit.Log{}}
	r.gateway, err = gateway.New(tb.Context(), cfg, gateway.Dependencies{
		Logger: r.log.Logger(), Version: "test", Now: now,
	})
	if err != nil {
		tb.Fatal(err)
	}
	r.server = httptest.NewServer(r.gateway.Handler())
	var once sync.Once
	r.close = func() {
		once.Do(func() {
			r.client.CloseIdleConnections()
			if err := r.gateway.Close(); err != nil { // first: the listener waits for event streams
				tb.Errorf("close gateway: %v", err)
			}
			r.server.Close()
		})
	}
	tb.Cleanup(r.close)
	return r
}

// ask sends a document with variables (JSON, or empty) by POST and reads the answer.
func (r *replica) ask(tb testing.TB, document, variables string, header http.Header) *reply {
	tb.Helper()
	return readReply(tb, r.post(tb, requestBody(tb, document, variables), header)) //nolint:bodyclose // readReply closes it
}

// post sends a body; the caller reads and closes the answer's.
func (r *replica) post(tb testing.TB, body string, header http.Header) *http.Response {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, r.server.URL+"/graphql", strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/graphql-response+json")
	maps.Copy(request.Header, header)
	response, err := r.client.RoundTrip(request)
	if err != nil {
		tb.Fatal(err)
	}
	return response
}
