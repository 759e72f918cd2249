// Package scenarios compares answers and upstream calls with files, and the plan of a query with its calls.
package scenarios

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

var update = flag.Bool("update", false, "write the answers and calls that are seen into the scenario files")

// TestScenarios runs every scenario against a real gateway with a real simulator over HTTP, once with each executor:
// the whole answer and the number of upstream calls must be those of the file, no more and no less. A changed calls.txt
// is a changed cost: the commit message names it.
func TestScenarios(t *testing.T) {
	paths, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		for _, executor := range executors() {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+executor, func(t *testing.T) {
				t.Parallel()
				readScenario(t, path).run(t, executor)
			})
		}
	}
}

// executors are those that every scenario runs with: both, or one that writes what it sees.
func executors() []string {
	if *update {
		return []string{config.ExecutorGqlgen}
	}
	return []string{config.ExecutorGqlgen, config.ExecutorPlan}
}

// run plays the steps in order, with a gateway that carries queries out by an executor.
func (s *scenario) run(t *testing.T, executor string) {
	t.Helper()
	w := kit.NewWorld(t, s.settings)
	r := w.StartGateway(t, s.gateway, "OPSGRAPH_EXECUTOR="+executor)
	kept := map[string]string{}
	before := map[string]int{}
	faulty := false // from this step on calls are repeated, or left out
	for _, one := range s.steps {
		name := fmt.Sprintf("step %d", one.number)
		if one.settings.Proves != "" {
			name += " " + one.settings.Proves
		}
		raw, planned := one.play(t, w, r, name, kept)
		got, want := golden(t, raw, kept), one.want
		after := callsWhen(t, w, before, one.calls)
		calls := callLines(before, after)
		faulty = faulty || one.settings.Faults != nil || one.settings.Revoke
		planned.check(t, name, before, after, faulty || strings.Contains(raw, `"errors"`))
		if *update {
			one.want, one.calls = got, calls
		} else {
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s: answer (-want +got):\n%s", name, diff)
			}
			if diff := cmp.Diff(one.calls, calls); diff != "" {
				t.Errorf("%s: upstream calls (-want +got):\n%s", name, diff)
			}
		}
		before = after
	}
	r.Close()
	if objects := r.PlannedObjects(t); executor == config.ExecutorGqlgen && objects > 0 {
		t.Errorf("plans answered %v objects in place of gqlgen's executor", objects)
	}
	if diff := cmp.Diff(before, w.Sim.Calls()); diff != "" {
		t.Errorf("calls that no step accounts for (-listed +arrived):\n%s", diff)
	}
	s.checkSecrets(t, r)
	if *update && !t.Failed() {
		s.write(t)
	}
}

// play prepares a step, has its query planned, sends it, and returns the answer as it came.
func (one *step) play(t *testing.T, w *kit.World, r *kit.Replica, name string, kept map[string]string) (string,
	*planned,
) {
	t.Helper()
	if one.settings.Advance != "" {
		length, err := time.ParseDuration(one.settings.Advance)
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(length)
	}
	if one.settings.Faults != nil {
		w.Steer(t, "PUT", "faults", withExamples(t, one.settings.Faults))
	}
	withKept := func(text string) string {
		for key, value := range kept {
			text = strings.ReplaceAll(text, "${"+key+"}", value)
		}
		return text
	}
	for _, change := range one.settings.Changes {
		w.Steer(t, "POST", "changes", json.RawMessage(withKept(string(compactJSON(t, change)))))
	}
	if one.settings.Revoke {
		w.Steer(t, "PUT", "tokens", map[string]bool{"revoke": true})
	}
	variables := withKept(one.variables)
	planned := plan(t, r, one.query, variables, one.headers)
	answer := r.Ask(t, one.query, variables, one.headers)
	if answer.Status != one.settings.Status {
		t.Errorf("%s: status %d, want %d", name, answer.Status, one.settings.Status)
	}
	for key, path := range one.settings.Keep {
		kept[key] = pick(t, answer.Raw, path)
	}
	if one.settings.Settle {
		testkit.Eventually(t, name+": data still stale", func() bool {
			settled := r.Ask(t, one.query, variables, one.headers)
			entries, _ := settled.Body.Extensions["freshness"].([]any)
			return !slices.ContainsFunc(entries, func(entry any) bool {
				fields, _ := entry.(map[string]any)
				return fields["stale"] == true && fields["reason"] == nil
			})
		})
	}
	return answer.Raw, planned
}

// callsWhen returns the calls so far once those since before are the wanted ones, or after a while: calls may arrive a
// little after an answer that did not wait for them.
func callsWhen(t *testing.T, w *kit.World, before map[string]int, want string) map[string]int {
	t.Helper()
	patience := testkit.Patience
	if *update {
		patience = 50 * time.Millisecond // what is wanted is not known yet
	}
	deadline := time.After(patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		calls := w.Sim.Calls()
		if !*update && callLines(before, calls) == want {
			return calls
		}
		select {
		case <-tick.C:
		case <-deadline:
			return calls
		}
	}
}

// callLines are the calls of each operation between two counts, one operation a line.
func callLines(before, after map[string]int) string {
	var lines strings.Builder
	for _, operation := range slices.Sorted(maps.Keys(after)) {
		if n := after[operation] - before[operation]; n != 0 {
			fmt.Fprintf(&lines, "%s %d\n", operation, n)
		}
	}
	return lines.String()
}

// checkSecrets looks for credentials in what the gateway logged, at the level that logs most.
func (s *scenario) checkSecrets(t *testing.T, r *kit.Replica) {
	t.Helper()
	for _, secret := range []string{"demo-appcode", "MIIF"} { // the latter begins every token of the simulator
		if strings.Contains(r.Log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}
