// Package chaos breaks Redis, the upstream and replicas, and compares the outcome with docs/reliability.md.
package chaos

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

var update = flag.Bool("update", false, "write what was seen into docs/reliability.md")

var measure = flag.Bool("chaos", false,
	"measure load in real minutes; with -update also write the figures into docs/reliability.md")

// reliabilityPage is the page with the outcomes of these tests.
const reliabilityPage = kit.ModuleRoot + "/docs/reliability.md"

// experiment injects one fault, queries gateways, and reports the outcome. It fails its test where a promise is broken.
type experiment struct {
	number string // of the row, as it is spoken of
	fault  string
	run    func(t *testing.T, f *figures) outcome
}

// outcome is the result of an experiment, in words that are the same in every run.
type outcome struct {
	sees  string // what the client gets
	calls string // what arrived upstream
	after string // how it ends
}

// figure is a measured value; it differs from run to run.
type figure struct{ what, value string }

// figures collects what the experiments measure.
type figures struct {
	mu   sync.Mutex
	list []figure
}

func (f *figures) add(t *testing.T, what, format string, args ...any) {
	t.Helper()
	value := fmt.Sprintf(format, args...)
	t.Logf("%s: %s", what, value)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, figure{what, value})
}

func experiments() []experiment {
	return slices.Concat(lossExperiments(), valueExperiments(), sharingExperiments(), upstreamExperiments(),
		pressureExperiments())
}

// atATime is how many experiments run at once. They wait much more than they work, so the number of cores does not
// matter.
const atATime = 6

// TestChaos runs every experiment against real gateways, a real Redis and the simulator over HTTP. docs/reliability.md
// has the outcomes: a promise that changes shows there.
func TestChaos(t *testing.T) {
	all := experiments()
	measured := &figures{}
	var mu sync.Mutex
	outcomes := map[string]outcome{}
	var group errgroup.Group
	group.SetLimit(atATime)
	for _, one := range all {
		group.Go(func() error {
			t.Run(one.number, func(t *testing.T) {
				seen := one.run(t, measured)
				mu.Lock()
				defer mu.Unlock()
				outcomes[one.number] = seen
			})
			return nil // a test reports its faults itself
		})
	}
	_ = group.Wait()
	if t.Failed() || len(outcomes) < len(all) { // not all were asked for
		return
	}
	var table strings.Builder
	table.WriteString(
		"| row | fault | what clients are told | calls upstream | afterwards |\n| --- | --- | --- | --- | --- |\n")
	for _, one := range all {
		seen := outcomes[one.number]
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s |\n", one.number, one.fault, seen.sees, seen.calls, seen.after)
	}
	section(t, "outcomes", table.String(), *update)
	if *measure {
		slices.SortFunc(measured.list, func(a, b figure) int { return strings.Compare(a.what, b.what) })
		writeFigures(t, "times", measured.list)
	}
}

// writeFigures prints what was measured, and with -update writes it into the page.
func writeFigures(t *testing.T, name string, list []figure) {
	t.Helper()
	var table strings.Builder
	fmt.Fprintf(&table, "Go %s, %d cores, %s.\n\n| what | measured |\n| --- | --- |\n",
		strings.TrimPrefix(runtime.Version(), "go"), runtime.NumCPU(), time.Now().UTC().Format(time.DateOnly))
	for _, one := range list {
		fmt.Fprintf(&table, "| %s | %s |\n", one.what, one.value)
	}
	t.Logf("\n%s", table.String())
	if *update {
		section(t, name, table.String(), true)
	}
}

// section compares a part of the page, between its markers, with the text, or writes it.
func section(t *testing.T, name, text string, write bool) {
	t.Helper()
	begin, end := "<!-- measured: "+name+" -->\n", "<!-- end of "+name+" -->"
	raw, err := os.ReadFile(reliabilityPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(raw), begin)
	old, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no markers of %s", reliabilityPage, name)
	}
	if !write {
		if diff := cmp.Diff(strings.Split(old, "\n"), strings.Split(text, "\n")); diff != "" {
			t.Errorf("%s: %s (-written +seen), written anew by -update:\n%s", reliabilityPage, name, diff)
		}
		return
	}
	if err := os.WriteFile(reliabilityPage, []byte(before+begin+text+end+after), 0o600); err != nil {
		t.Fatal(err)
	}
}
