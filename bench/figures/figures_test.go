package figures

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestRounds(t *testing.T) {
	for _, test := range []struct {
		rounds         Rounds
		median, spread float64
	}{
		{Rounds{3, 1, 2}, 2, 1},
		{Rounds{4, 1, 2, 3}, 2.5, 1.2},
		{Rounds{7}, 7, 0},
	} {
		if got := test.rounds.Median(); !near(got, test.median) {
			t.Errorf("median of %v = %v", test.rounds, got)
		}
		if got := test.rounds.Spread(); !near(got, test.spread) {
			t.Errorf("spread of %v = %v", test.rounds, got)
		}
	}
	if got := (Rounds{}).Median(); !math.IsNaN(got) {
		t.Errorf("median of nothing = %v", got)
	}
	// A round that was slow for both counts like the others; one that only one has, or without a divisor, does not.
	if got := (Rounds{10, 1, 5, 3}).Over(Rounds{5, 0.5, 0}); len(got) != 2 || got[0] != 2 || got[1] != 2 {
		t.Errorf("ratios = %v", got)
	}
}

func TestQuantile(t *testing.T) {
	var took []time.Duration
	for i := 100; i > 0; i-- {
		took = append(took, time.Duration(i))
	}
	for q, want := range map[float64]time.Duration{0.5: 50, 0.99: 99, 1: 100, 0.999: 100} {
		if got := Quantile(took, q); got != want {
			t.Errorf("quantile %v = %d, want %d", q, got, want)
		}
	}
	if got := Quantile(nil, 0.5); got != 0 {
		t.Errorf("quantile of nothing = %v", got)
	}
}

func TestTargets(t *testing.T) {
	table := Targets([]Target{
		{Work: "a", Against: "b", Bound: 2, Got: Rounds{1, 3, 2}},
		{Work: "a", Against: "b", Bound: 2, Got: Rounds{1.9}},
		{Work: "a", Against: "b", Bound: 2, Most: true, Got: Rounds{2.5}},
		{Work: "a", Against: "b", Bound: 2, Most: true, Got: Rounds{2}},
		{Work: "a", Against: "b", Bound: 2, Got: Rounds{1}, Aim: true},
		{Work: "a", Against: "b", Bound: 2, Missing: "no commit"},
	})
	want := []string{"met", "not met", "not met", "met", "aim not reached", "not measured: no commit"}
	for i, row := range table.Rows {
		if row[5] != want[i] {
			t.Errorf("row %d: %v, want %q", i, row, want[i])
		}
	}
	if got := table.Rows[0]; got[2] != "≥ 2.00" || got[3] != "2.00" || got[4] != "100 %" {
		t.Errorf("row %v", got)
	}
	if got := table.Rows[2][2]; got != "≤ 2.00" {
		t.Errorf("bound %q", got)
	}
}

func TestTable(t *testing.T) {
	table := Table{
		Title: "T", Columns: []string{"name", "n"}, Rows: [][]string{{"a|b", "1"}, {"华东", "22"}}, Notes: []string{"Note."},
	}
	var out strings.Builder
	if _, err := table.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	const want = "### T\n\n| name | n   |\n| --- | --- |\n| a\\|b | 1   |\n| 华东   | 22  |\n\nNote.\n"
	if got := strings.ReplaceAll(out.String(), "| ---  |", "| --- |"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestResults(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "results")
	for _, scene := range []string{"second", "first"} {
		r := Result{
			Scene: scene, Targets: []Target{{Work: "work of " + scene, Got: Rounds{1}}},
			Tables: []Table{{Title: "table of " + scene, Columns: []string{"a"}}}, Notes: []string{"note of " + scene},
		}
		if err := r.Save(folder); err != nil {
			t.Fatal(err)
		}
	}
	all, err := Load(folder, []string{"first", "never", "second"})
	if err != nil || len(all) != 2 {
		t.Fatalf("%d results, %v", len(all), err)
	}
	text := Text(all)
	at := -1
	for _, part := range []string{
		"### Targets", "work of first", "work of second", "### table of first", "note of first", "### table of second",
	} {
		next := strings.Index(text, part)
		if next <= at {
			t.Errorf("%q is not where it should be in\n%s", part, text)
		}
		at = next
	}
	if err := os.WriteFile(filepath.Join(folder, "broken.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(folder, []string{"broken"}); err == nil {
		t.Error("a broken result is read")
	}
}

func TestReplace(t *testing.T) {
	const document = "before\n<!-- ours: written by x -->\nold\n<!-- end of ours -->\nafter\n"
	got, err := Replace(document, "ours", "new\n")
	const want = "before\n<!-- ours: written by x -->\n\nnew\n\n<!-- end of ours -->\nafter\n"
	if err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if again, err := Replace(got, "ours", "new"); err != nil || again != want {
		t.Errorf("a second time: %q, %v", again, err)
	}
	for _, broken := range []string{"", "<!-- ours: x", "<!-- ours: x -->\n", "<!-- peers: x -->\n<!-- end of peers -->"} {
		if got, err := Replace(broken, "ours", "new"); err == nil {
			t.Errorf("%q becomes %q", broken, got)
		}
	}
	path := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Renew(path, "ours", "new"); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != want {
		t.Errorf("%q, %v", text, err)
	}
}

func TestNumber(t *testing.T) {
	for f, want := range map[float64]string{1234.5: "1234", 12.34: "12.3", 1.234: "1.23", 0.12345: "0.123", 0: "0.000"} {
		if got := Number(f); got != want {
			t.Errorf("%v is written %q, want %q", f, got, want)
		}
	}
	if Number(math.NaN()) != "-" || Percent(math.NaN()) != "-" || Percent(0.254) != "25 %" {
		t.Error("no figure, or a share, is written wrongly")
	}
}
