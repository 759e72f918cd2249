package console

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// times says that the times of the console are to be measured: `make bench-web`.
var times = flag.Bool("times", false, "measure how long the console takes")

// only names the tests of web/test/console that run, such as -only alarms,hosts; all without it.
var only = flag.String("only", "", "names of tests of the console, by comma")

// buildPages builds the pages where their sources have changed.
func buildPages(t *testing.T) {
	t.Helper()
	for name, debian := range map[string]string{"node": "nodejs", "npm": "npm", "chromium": "chromium"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("the console is tested with %s: install the Debian package %s: %v", name, debian, err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), kit.ModuleRoot+"/tools/console").CombinedOutput(); err != nil {
		t.Fatalf("make web: %v\n%s", err, out)
	}
}

// pictures is where pictures of the pages go: beside the reports of `make test`, or into the folder that git ignores.
func pictures(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("TEST_REPORT") //nolint:forbidigo // of the test run, not of a gateway
	if folder == "" {
		folder = kit.ModuleRoot + "/bin/report"
	}
	folder, err := filepath.Abs(filepath.Join(folder, "console"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestConsole_inChromium uses the console as a person does, by the scripts of web/test/console. They ask for gateways
// and upstreams as they need them, and break them.
func TestConsole_inChromium(t *testing.T) {
	buildPages(t)
	w := newWorlds(t)
	arguments := []string{"test/console/run.mjs", "--pictures", pictures(t)}
	if *only != "" {
		arguments = append(arguments, "--only", *only)
	}
	out := w.script(t, arguments...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	kit.Report(t, "console in Chromium", "%s", lines[len(lines)-1])
}

// TestConsole_times prints how long the console takes, beside a page with nothing on it.
func TestConsole_times(t *testing.T) {
	if !*times {
		t.Skip("run by make bench-web")
	}
	buildPages(t)
	newWorlds(t).script(t, "test/console/bench.mjs")
}
