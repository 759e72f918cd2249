package clients

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// buildPages builds the pages where their sources have changed.
func buildPages(t *testing.T, programs map[string]string) {
	t.Helper()
	for name, debian := range programs {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("the playground is tested with %s: install the Debian package %s: %v", name, debian, err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), kit.ModuleRoot+"/tools/console").CombinedOutput(); err != nil {
		t.Fatalf("make web: %v\n%s", err, out)
	}
}

// TestPlayground_modules tries what of the playground needs no browser: links, tables, the log of events, and the code
// that it gives out, which is run by a shell, Node.js, Go and Python.
func TestPlayground_modules(t *testing.T) {
	buildPages(t, map[string]string{"node": "nodejs", "npm": "npm", "curl": "curl", "python3": "python3"})
	command := exec.CommandContext(t.Context(), "node", "--test", "test/modules/")
	command.Dir = kit.ModuleRoot + "/web"
	out, err := command.CombinedOutput()
	passed := regexp.MustCompile(`(?m)^# pass (\d+)$`).FindSubmatch(out)
	if err != nil || passed == nil || !bytes.Contains(out, []byte("\n# skipped 0\n")) {
		t.Fatalf("%v\n%s", err, out)
	}
	kit.Report(t, "playground's modules", "%s tests passed", passed[1])
}

// TestPlayground_inChromium uses the playground as a person does, by web/test/playground.mjs. It runs alone: a browser
// beside all other tests would be too slow.
func TestPlayground_inChromium(t *testing.T) {
	buildPages(t, map[string]string{"node": "nodejs", "npm": "npm", "chromium": "chromium", "curl": "curl"})
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 200}) // more rows than a table shows at once
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
