package clients

import (
	"bytes"
	"flag"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

var update = flag.Bool("update", false, "write what the clients print into their files of expected output")

// TestGoClient builds the tool of examples/go as its reader does and runs it against the gateway: with everything
// there, and with the lists of alarms missing.
func TestGoClient(t *testing.T) {
	t.Parallel()
	const example = kit.ModuleRoot + "/examples/go"
	tool := filepath.Join(t.TempDir(), "capacity-report")
	build := exec.CommandContext(t.Context(), "go", "build", "-C", example, "-o", tool, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the example: %v\n%s", err, out)
	}
	w := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12})
	r := w.StartGateway(t, "")
	report := func() (string, string) {
		command := exec.CommandContext(t.Context(), tool, "-endpoint", r.Server.URL+"/graphql", "-alarms", "3")
		var stdout, warnings bytes.Buffer
		command.Stdout, command.Stderr = &stdout, &warnings
		if err := command.Run(); err != nil {
			t.Fatalf("capacity-report: %v\n%s", err, warnings.String())
		}
		return stdout.String(), warnings.String()
	}
	got, complaints := report()
	if complaints != "" {
		t.Errorf("stderr: %s", complaints)
	}
	path := filepath.Join(example, "report.txt")
	if *update {
		kit.WriteText(t, path, got)
	}
	want := kit.ReadText(t, path)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}

	w = kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12})
	w.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listDeviceAlarms", "kind": "status", "status": 400}})
	r = w.StartGateway(t, "")
	got, complaints = report()
	capacity, _, _ := strings.Cut(want, "\nopen critical alarms")
	if !strings.HasPrefix(got, capacity) {
		t.Errorf("report without alarms:\n%s", got)
	}
	if !strings.HasPrefix(complaints, "missing: alarms: UPSTREAM_") {
		t.Errorf("stderr: %q", complaints)
	}
	kit.Report(t, "genqlient", "tool built, 2 reports of it as expected")
}
