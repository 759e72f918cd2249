package gateway

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
)

// TestFound_E1_OperatorsAddress: it asks for no credentials in any mode, so that on loopback no page may reach it whose
// name leads there.
func TestFound_E1_OperatorsAddress(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		listen string
		hosts  map[string]int
	}{
		"on loopback": {"127.0.0.1:0", map[string]int{
			"127.0.0.1:8081": http.StatusOK, "localhost": http.StatusOK, "": http.StatusOK, "metrics.example": http.StatusOK,
			"evil.test:8081": http.StatusMisdirectedRequest,
		}},
		"beyond it": {"0.0.0.0:0", map[string]int{"opsgraph-7d9c:8081": http.StatusOK, "10.0.0.7:8081": http.StatusOK}},
	} {
		cfg := config.Defaults()
		cfg.Simulator.Listen, cfg.Admin.Listen, cfg.Admin.Pprof = "127.0.0.1:0", test.listen, true
		cfg.Server.AllowedHosts = []string{"metrics.example"}
		g, err := open(t.Context(), cfg, Dependencies{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		handler := g.newAdminServer().Handler
		for _, path := range []string{"/healthz", "/readyz", "/metrics", "/debug/pprof/symbol"} {
			for host, want := range test.hosts {
				request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
				request.Host = host
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, request)
				// Without metrics there is nothing at /metrics.
				if answer.Code != want && (path != "/metrics" || want != http.StatusOK || answer.Code != http.StatusNotFound) {
					t.Errorf("%s, %s of %q: %d, want %d", name, path, host, answer.Code, want)
				}
			}
		}
	}
}
