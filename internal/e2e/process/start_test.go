package process

import (
	"encoding/json"
	"flag"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

var starts = flag.Int("starts", 1, "how often TestProcessStarts starts the program")

// TestProcessStarts prints how long the program takes from its start until /readyz says that it serves, beside what it
// takes to start a process at all, and what it holds of memory then. Its times are printed and not judged.
func TestProcessStarts(t *testing.T) {
	upstream := kit.NewWorld(t, kit.WorldSettings{Hosts: 40, Quota: "off"})
	redis := redistest.Start(t)
	built.path(t) // before the first clock
	kinds := []struct {
		name    string
		environ []string
	}{
		{"demo", []string{"OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0"}},
		{"a site", upstream.Environment()},
		{"a site with Redis", append(upstream.Environment(), kit.WithRedis(redis)...)},
	}
	nothing := make([]time.Duration, 0, *starts)
	ready := make([][]time.Duration, len(kinds))
	memory := make([][]int, len(kinds))
	for range *starts { // in turn, so that what disturbs one disturbs all
		began := time.Now()
		if err := exec.Command("true").Run(); err != nil {
			t.Fatal(err)
		}
		nothing = append(nothing, time.Since(began))
		for i, kind := range kinds {
			began := time.Now()
			b := startBinary(t, nil, append([]string{"OPSGRAPH_LOG_LEVEL=info"},
				append(kind.environ, "OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=127.0.0.1:0")...)...)
			b.untilReady(t)
			ready[i] = append(ready[i], time.Since(began))
			memory[i] = append(memory[i], b.memory(t))
			if err := b.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-b.done
		}
	}
	for i, kind := range kinds {
		took, floor := median(ready[i]), median(nothing)
		kit.Report(t, "start of "+kind.name, "ready after %s (the longest of %d: %s), %.0f times as long as true (%s); %.0f MB when idle",
			took.Round(time.Millisecond), *starts, slices.Max(ready[i]).Round(time.Millisecond),
			float64(took)/float64(floor), floor.Round(100*time.Microsecond), float64(median(memory[i]))/1e6)
	}
}

// untilReady waits until the process says that it serves.
func (b *binary) untilReady(t *testing.T) {
	t.Helper()
	status, body := b.operators(t, "/readyz")
	var state struct{ Status string }
	if status != http.StatusOK || json.Unmarshal([]byte(body), &state) != nil || state.Status != "ready" {
		t.Errorf("a gateway that prints its address is not ready: %d %s", status, strings.TrimSpace(body))
	}
}

func median[V int | time.Duration](values []V) V {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// TestProcess_samples: what is allocated is sampled where the profile is served, as often as Go does.
func TestProcess_samples(t *testing.T) {
	t.Parallel()
	const path, simulator = "/debug/pprof/allocs?debug=1", "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0"
	status, body := startBinary(t, nil, simulator, "OPSGRAPH_ADMIN_PPROF=true").operators(t, path)
	head, _, _ := strings.Cut(body, "\n")
	if !strings.HasSuffix(head, "] @ heap/1048576") || !strings.Contains(body, "\n#\t0x") {
		t.Errorf("%d, no samples: %.300s", status, body)
	}
	if status, body := startBinary(t, nil, simulator).operators(t, path); status != http.StatusNotFound {
		t.Errorf("%d: %.300s", status, body)
	}
}
