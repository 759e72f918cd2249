package ours

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/load"
)

// TestScenes holds what a run offers against what its command line and the document name.
func TestScenes(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range sceneNames() {
		if seen[name] {
			t.Errorf("two scenes are called %q", name)
		}
		seen[name] = true
	}
	var told strings.Builder
	flags := flag.NewFlagSet("ours", flag.ContinueOnError)
	flags.SetOutput(&told)
	err := Run(t.Context(), flags, []string{"-scenes", "rates,nothing"}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), `"nothing"`) {
		t.Errorf("an unknown scene: %v", err)
	}
	for _, goal := range rateGoals() {
		if goal.Bound <= 0 || goal.Title == "" {
			t.Errorf("%+v", goal)
		}
	}
}

func TestReport(t *testing.T) {
	root := t.TempDir()
	results := filepath.Join(root, "results")
	for _, name := range []string{"rates", "cold"} {
		r := figures.Result{Scene: name, Targets: []figures.Target{{Work: "work of " + name, Got: figures.Rounds{1}}}}
		if err := r.Save(results); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "docs"), 0o755); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(root, "docs", "performance.md")
	if err := os.WriteFile(page, []byte("<!-- ours: x -->\n<!-- end of ours -->\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := report([]string{"cold"}, sceneNames(), results, root, "ours", true, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "work of cold") || strings.Contains(out.String(), "work of rates") {
		t.Errorf("what was chosen is printed: %s", out.String())
	}
	text, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(text), "work of cold") || !strings.Contains(string(text), "work of rates") {
		t.Errorf("all that is known is written: %s, %v", text, err)
	}
}

func TestCrowdRow(t *testing.T) {
	answers := &load.Answers{Lasted: 2 * time.Second, All: []load.Answered{
		{Status: 200, Took: time.Second},
		{Status: 200, Took: 4 * time.Second},
		{Status: 200, Took: crowdDeadline + time.Second},
		{Status: 503, Took: 20 * time.Millisecond},
		{Status: 504, Took: 5 * time.Second},
		{Took: time.Second},
	}}
	got := strings.Join(crowdRow("now", 300, answers, 200e6), "|")
	// Three with data in two seconds; one of them late; of the rest one 503 and one that never came.
	const want = "now|300|1.50|3, 1 of them none at all, 1 of them 503|1.00|6.00|6.00|1|200"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
