package clients

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestPlayground_inChromium uses the playground as a person does, by web/test/playground.mjs. It builds the pages where
// their sources have changed. It runs alone: a browser beside all other tests would be too slow.
func TestPlayground_inChromium(t *testing.T) {
	for name, debian := range map[string]string{"node": "nodejs", "npm": "npm", "chromium": "chromium"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("the playground is tested in a browser: install the Debian package %s: %v", debian, err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), kit.ModuleRoot+"/tools/console").CombinedOutput(); err != nil {
		t.Fatalf("make web: %v\n%s", err, out)
	}
	w := kit.NewWorld(t, kit.WorldSettings{})
	serve := func(environ ...string) string {
		server := httptest.NewServer(w.NewPages(t, os.DirFS(kit.ModuleRoot+"/web/dist"), environ...).Handler())
		t.Cleanup(server.Close)
		return server.URL
	}
	command := exec.CommandContext(t.Context(), "node",
		"test/playground.mjs", serve(), "--without-introspection", serve("OPSGRAPH_INTROSPECTION=false"))
	command.Dir = kit.ModuleRoot + "/web"
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	kit.Report(t, "playground in Chromium", "%s", strings.TrimSpace(string(out)))
}
