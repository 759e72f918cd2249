package gateway_test

import (
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

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
		Logger: slog.New(slog.DiscardHandler), Version: "test", Now: w.clock.Now, Pages: pages,
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
// It runs alone: a browser beside everything else would be slow beyond its patience.
func TestPlayground_inChromium(t *testing.T) {
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
	command := exec.CommandContext(t.Context(), "node",
		"test/playground.mjs", serve(), "--without-introspection", serve("OPSGRAPH_INTROSPECTION=false"))
	command.Dir = "../../web"
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tell(t, "playground in Chromium", "%s", strings.TrimSpace(string(out)))
}
