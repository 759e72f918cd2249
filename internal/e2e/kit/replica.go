package kit

import (
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// Replica is a gateway on loopback.
type Replica struct {
	Gateway gateway.Gateway
	Config  config.Config // that it began with
	Server  *httptest.Server
	Client  *http.Transport
	Log     *testkit.Log
	Close   func()

	metrics *telemetry.Metrics
}

// Metric is the value of a series by its whole name, 0 where there is none.
func (r *Replica) Metric(tb testing.TB, series string) float64 {
	tb.Helper()
	return valueOf(tb, r.metrics, series)
}

// PlannedObjects is how many objects the answers of plans had: gqlgen's executor counts none, so that it shows which of
// both carried queries out.
func (r *Replica) PlannedObjects(tb testing.TB) float64 {
	tb.Helper()
	return r.Metric(tb, `opsgraph_cost_actual_total{of="objects"}`)
}

// StartGateway runs a gateway on the world's upstream. file is the text of its configuration file; environ is added to
// the environment that points it at the upstream.
func (w *World) StartGateway(tb testing.TB, file string, environ ...string) *Replica {
	tb.Helper()
	return w.start(tb, file, nil, environ)
}

// StartPages runs a gateway that serves the given pages.
func (w *World) StartPages(tb testing.TB, pages fs.FS, environ ...string) *Replica {
	tb.Helper()
	return w.start(tb, "", pages, environ)
}

func (w *World) start(tb testing.TB, file string, pages fs.FS, environ []string) *Replica {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "opsgraph.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		tb.Fatal(err)
	}
	// only where it is what the test is about: machines of tests may be slow
	if !strings.Contains(file, "request_timeout") {
		environ = append(environ, "OPSGRAPH_LIMITS_REQUEST_TIMEOUT=1m")
	}
	if !strings.Contains(strings.Join(environ, " "), "OPSGRAPH_LIMITS_QUEUE") {
		environ = append(environ, "OPSGRAPH_LIMITS_QUEUE=1m") // likewise
	}
	if !strings.Contains(file, "upstream:") && !strings.Contains(strings.Join(environ, " "), "OPSGRAPH_UPSTREAM_TIMEOUT") {
		environ = append(environ, "OPSGRAPH_UPSTREAM_TIMEOUT=20s") // likewise: no attempt is cut, and so made again, by load
	}
	if !strings.Contains(file, "callers:") && !strings.Contains(strings.Join(environ, " "), "OPSGRAPH_CALLERS") {
		// All clients of a test are one caller: only tests about it bound what it may send.
		environ = append(environ, "OPSGRAPH_CALLERS_RATE=100000", "OPSGRAPH_CALLERS_BURST=100000",
			"OPSGRAPH_CALLERS_OPERATIONS=10000", "OPSGRAPH_CALLERS_ALL_OPERATIONS=10000")
	}
	cfg, err := config.Load(path, append(w.Environment(), environ...))
	if err != nil {
		tb.Fatal(err)
	}
	now := w.Clock.Now
	if w.GatewayNow != nil {
		now = w.GatewayNow
	}
	r := &Replica{
		Config: cfg,
		Client: &http.Transport{DisableCompression: true}, Log: &testkit.Log{}, metrics: telemetry.NewMetrics("test"),
	}
	logger := r.Log.Logger()
	if w.LogsJSON {
		if logger, err = telemetry.NewLogger(r.Log, cfg.Log.Level, "json"); err != nil {
			tb.Fatal(err)
		}
	}
	r.Gateway, err = gateway.New(tb.Context(), cfg, gateway.Dependencies{
		Logger: logger, Metrics: r.metrics, Version: "test", Now: now, Rand: w.random(), Pages: pages,
	})
	if err != nil {
		tb.Fatal(err)
	}
	r.Server = httptest.NewServer(r.Gateway.Handler())
	var once sync.Once
	r.Close = func() {
		once.Do(func() {
			r.Client.CloseIdleConnections()
			if err := r.Gateway.Close(); err != nil { // first: the listener waits for event streams
				tb.Errorf("close gateway: %v", err)
			}
			r.Server.Close()
		})
	}
	tb.Cleanup(r.Close)
	return r
}

// Ask sends a document with variables (JSON, or empty) by POST and reads the answer.
func (r *Replica) Ask(tb testing.TB, document, variables string, header http.Header) *Reply {
	tb.Helper()
	return ReadReply(tb, r.Post(tb, RequestBody(tb, document, variables), header)) //nolint:bodyclose // readReply closes it
}

// Post sends a body; the caller reads and closes the answer's.
func (r *Replica) Post(tb testing.TB, body string, header http.Header) *http.Response {
	tb.Helper()
	request,
		err := http.NewRequestWithContext(tb.Context(), http.MethodPost, r.Server.URL+"/graphql", strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/graphql-response+json")
	maps.Copy(request.Header, header)
	response, err := r.Client.RoundTrip(request)
	if err != nil {
		tb.Fatal(err)
	}
	return response
}

// Unlimited lifts the quotas, which would slow a cold benchmark.
func Unlimited() []string {
	return []string{
		"OPSGRAPH_QUOTA_MINUTE_LIMIT=100000000", "OPSGRAPH_QUOTA_SECOND_LIMIT=100000000",
		"OPSGRAPH_LOG_LEVEL=error",
	}
}

// WithRedis is the environment of a gateway on a Redis, which must not count as lost on a busy machine.
func WithRedis(redis *redistest.Server) []string {
	return []string{
		"OPSGRAPH_REDIS_URL=" + redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s",
		"OPSGRAPH_SECRET_KEY=0123456789abcdef0123456789abcdef",
	}
}

// NewPages makes a gateway that serves the given pages, for a server of the caller's own.
func (w *World) NewPages(tb testing.TB, pages fs.FS, environ ...string) gateway.Gateway {
	tb.Helper()
	return w.StartPages(tb, pages, environ...).Gateway
}
