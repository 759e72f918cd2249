package alerts

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// misconfigured has a process of the gateway read a configuration that it can't take over.
func misconfigured(t *testing.T, s *stage) func() {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s.gateways[0].stop()
	file, operators := filepath.Join(t.TempDir(), "opsgraph.yaml"), kit.FreeAddress(t)
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("limits: {depth: 11}\n")
	process := exec.CommandContext(t.Context(), program)
	process.Env = append(s.w.Environment(), asProcess+"=1", "OPSGRAPH_ADMIN_LISTEN="+operators, "OPSGRAPH_CONFIG="+file)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Wait() }) // it ends with the test
	client := s.gateways[0].client
	read := func() scrape { return scrapeOf(t, client, "http://"+operators, "a") }
	s.targets = []func() scrape{read}
	testkit.Eventually(t, "the process does not serve", func() bool { return len(read()) > 1 })
	s.scrape()
	write("limits: {depth: deep}\n")
	if err := process.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	const refused = `opsgraph_config_reloads_total{outcome="refused",job="opsgraph",instance="a"}`
	testkit.Eventually(t, "nothing was refused", func() bool { return read()[refused] > 0 })
	return func() {}
}

// restarted has a process of the gateway end after each reading.
func restarted(t *testing.T, s *stage) func() {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s.gateways[0].stop()
	return func() {
		operators := kit.FreeAddress(t)
		process := exec.CommandContext(t.Context(), program)
		process.Env = append(s.w.Environment(), asProcess+"=1", "OPSGRAPH_ADMIN_LISTEN="+operators)
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		client := s.gateways[0].client
		s.targets = []func() scrape{func() scrape {
			reading := scrapeOf(t, client, "http://"+operators, "a")
			_ = process.Process.Signal(syscall.SIGKILL) // it runs
			_ = process.Wait()                          // it was killed
			return reading
		}}
		testkit.Eventually(t, "the process does not serve", func() bool {
			return len(scrapeOf(t, client, "http://"+operators, "a")) > 1
		})
	}
}
