package kit

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// Served is a gateway on an address of its own, with the server that users have: it drains when it is stopped.
type Served struct {
	Address string
	Log     *testkit.Log

	metrics *telemetry.Metrics

	tb    testing.TB
	end   context.CancelFunc
	ended chan struct{}
	err   error // once ended
}

// FreeAddress is a free address of the loopback; another process may take it.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// Serve runs a gateway at an address until the test ends.
func (w *World) Serve(tb testing.TB, address string, environ ...string) *Served {
	tb.Helper()
	cfg, err := config.Load("", append(append(w.Environment(), environ...), "OPSGRAPH_LISTEN="+address))
	if err != nil {
		tb.Fatal(err)
	}
	s := &Served{Log: &testkit.Log{}, metrics: telemetry.NewMetrics("test"), tb: tb, ended: make(chan struct{})}
	bound := make(chan string, 1)
	now := w.Clock.Now
	if w.GatewayNow != nil {
		now = w.GatewayNow
	}
	g, err := gateway.New(tb.Context(), cfg, gateway.Dependencies{
		Logger: s.Log.Logger(), Metrics: s.metrics, Version: "test", Now: now,
		Listening: func(address string) { bound <- address },
	})
	if err != nil {
		tb.Fatal(err)
	}
	var life context.Context
	life, s.end = context.WithCancel(context.WithoutCancel(tb.Context()))
	go func() {
		defer close(s.ended)
		s.err = g.Serve(life)
	}()
	tb.Cleanup(s.Stop)
	select {
	case s.Address = <-bound:
	case <-s.ended:
		tb.Fatalf("serve at %s: %v", address, s.err)
	}
	return s
}

// Stop ends it as SIGTERM does, and waits for the end.
func (s *Served) Stop() {
	s.tb.Helper()
	s.end()
	<-s.ended
	if s.err != nil {
		s.tb.Errorf("end of the gateway at %s: %v", s.Address, s.err)
	}
}

// valueOf is the value of a series of metrics by its whole name, 0 where there is none.
func valueOf(tb testing.TB, metrics *telemetry.Metrics, series string) float64 {
	tb.Helper()
	recorder := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, "/metrics", nil)
	metrics.Handler().ServeHTTP(recorder, request)
	for line := range strings.Lines(recorder.Body.String()) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			number, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				tb.Fatal(err)
			}
			return number
		}
	}
	return 0
}

// HasAnswered reports whether it has answered a request for /graphql.
func (s *Served) HasAnswered() bool {
	recorder := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(s.tb.Context(), http.MethodGet, "/metrics", nil)
	s.metrics.Handler().ServeHTTP(recorder, request)
	for line := range strings.Lines(recorder.Body.String()) {
		if strings.HasPrefix(line, "opsgraph_http_requests_total{") && strings.Contains(line, `route="/graphql"`) {
			return true
		}
	}
	return false
}
