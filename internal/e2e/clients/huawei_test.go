package clients

import (
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// fitting is how many combinations of operation and parameters the provider's SDK tries.
const fitting = 29

// TestHuaweiSDK runs the provider's own SDK, a module of its own, against the simulator: what the SDK sends is
// understood, and what it reads is there.
func TestHuaweiSDK(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "huawei")
	build := exec.CommandContext(t.Context(), "go", "build", "-C", "huawei", "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	w := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12})
	got := w.StartGateway(t, "").Ask(t,
		`{ instances(type: GAUSS, filter: {domainIds: ["demo-domain"]}, first: 1) { nodes { resourceId } } }`, "", nil)
	_, database, _ := strings.Cut(got.Raw, `"resourceId":"`)
	database, _, _ = strings.Cut(database, `"`)
	s, err := simulator.New(simulator.Config{
		Regions: 3, Hosts: 12, Latency: simulator.LatencyNone, Now: w.Clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	run := exec.CommandContext(t.Context(), program, "-address", server.URL, "-now", w.Clock.Now().Format(time.RFC3339),
		"-project", simulator.DemoProjectID, "-customer", simulator.DemoHCSODomain, "-database", database,
		"-region", s.Regions()[0].Code)
	out, err := run.CombinedOutput()
	if n := strings.Count(string(out), "fits "); err != nil || n != fitting {
		t.Errorf("%v, %d combinations fit, want %d:\n%s", err, n, fitting, out)
	}
	kit.Report(t, "huaweicloud-sdk-go-v3", "%d combinations of operation and parameters fit the simulator", fitting)
}
