package gateway_test

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/gateway"
)

// newPages makes a gateway that serves the given pages.
func (w *world) newPages(t *testing.T, pages fs.FS, environ ...string) *gateway.Gateway {
	t.Helper()
	cfg, err := config.Load("", append(append(w.environment(), "OPSGRAPH_LIMITS_REQUEST_TIMEOUT=1m"), environ...))
	if err != nil {
		t.Fatal(err)
	}
	g, err := gateway.New(t.Context(), cfg, gateway.Dependencies{
		Logger: slog.New(slog.DiscardHandler), Version: "test", Now: w.clock.now, Pages: pages,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Errorf("close gateway: %v", err)
		}
	})
	return g
}

// TestPlayground_inChromium uses the playground as a person does: web/test/playground.mjs says how. It builds the pages where they are
// not built from the sources as they are.
func TestPlayground_inChromium(t *testing.T) {
	t.Parallel()
	for name, debian := range map[string]string{"node": "nodejs", "npm": "npm", "chromium": "chromium"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("the playground is tested in a browser: install the Debian package %s: %v", debian, err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "../../tools/console").CombinedOutput(); err != nil {
		t.Fatalf("make web: %v\n%s", err, out)
	}
	w := newWorld(t, worldSettings{})
	serve := func(environ ...string) string {
		server := httptest.NewServer(w.newPages(t, os.DirFS("../../web/dist"), environ...).Handler())
		t.Cleanup(server.Close)
		return server.URL
	}
	address := serve()
	arguments := []string{"test/playground.mjs", address, "--without-introspection", serve("OPSGRAPH_INTROSPECTION=false")}
	if strings.Contains(graph.SDL(), "\ntype Subscription ") {
		arguments = append(arguments, "--live")
	}
	if plans(t, address) {
		arguments = append(arguments, "--plan")
	}
	command := exec.CommandContext(t.Context(), "node", arguments...)
	command.Dir = "../../web"
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// plans tells whether the gateway answers a request for a plan.
func plans(t *testing.T, address string) bool {
	t.Helper()
	s := &pageSite{url: address, client: &http.Transport{}}
	t.Cleanup(s.client.CloseIdleConnections)
	return s.get(t, http.MethodGet, "/graphql?query={__typename}", map[string]string{"X-Opsgraph-Explain": "plan"}).status == http.StatusOK
}
