package machine

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestProcessEnds makes sure that nothing outlives a measurement: what a process started goes with it.
func TestProcessEnds(t *testing.T) {
	t.Setenv("OPSGRAPH_LISTEN", "not for those that are measured")
	p, err := Start(Spec{
		Name: "a shell", Core: ServerCore, Logs: t.TempDir(), Env: []string{"WORD=ready"},
		Argv: []string{"sh", "-c", `trap "" TERM; sleep 600 & echo "$WORD$OPSGRAPH_LISTEN $!"; wait; wait; sleep 600`},
	})
	if err != nil {
		t.Skipf("no taskset here: %v", err)
	}
	child, err := p.WaitFor(time.Minute, func(log string) (string, bool) {
		pid, found := strings.CutPrefix(strings.TrimSpace(log), "ready ")
		return pid, found
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.CPU(); err != nil {
		t.Error(err)
	}
	if m, err := p.Memory(); err != nil || m.Now == 0 || m.Peak < m.Now {
		t.Errorf("memory %+v, %v", m, err)
	}
	p.Stop()
	if _, err := p.CPU(); err == nil {
		t.Error("the process is there after its end")
	}
	testkit.Eventually(t, "the child is there after the end", func() bool {
		stat, err := os.ReadFile("/proc/" + child + "/stat")
		return err != nil || strings.Contains(string(stat), ") Z ") // ended, though nobody has asked how
	})
	if _, err := p.WaitFor(time.Minute, func(string) (string, bool) { return "", false }); err == nil {
		t.Error("an ended process was waited for without an error")
	}
}
