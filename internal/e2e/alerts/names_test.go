package alerts

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// checkRules compares what the rules name with what gateways gave, and adds what they record.
func (s *seen) checkRules(t *testing.T) {
	t.Helper()
	for _, e := range expressions(t) { // recording rules come first: alerts read them
		if e.record != "" {
			s.metrics.addRecord(e)
		}
	}
	for _, e := range expressions(t) {
		for _, fault := range s.metrics.faults(e.text) {
			t.Errorf("%s: %s", e.from, fault)
		}
	}
}

// checkDashboards compares what the panels ask for with what gateways gave.
func (s *seen) checkDashboards(t *testing.T) {
	t.Helper()
	for _, d := range dashboards(t) {
		for _, e := range d.expressions() {
			for _, fault := range s.metrics.faults(e.text) {
				t.Errorf("%s: %s: %s", d.path, e.from, fault)
			}
		}
	}
}

// operationsPage is the text of docs/operations.md.
func operationsPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(kit.ModuleRoot, "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var metricRow = regexp.MustCompile("(?m)^\\| `(opsgraph_[a-z_]+)` \\| ([a-z, ]*)\\|")

// checkTable compares the table of docs/operations.md with what gateways gave: each metric has a row with its labels,
// and each row a metric that some fault or query has driven.
func (s *seen) checkTable(t *testing.T) {
	t.Helper()
	given := map[string]map[string]bool{}
	for name, labels := range s.metrics {
		if !strings.HasPrefix(name, "opsgraph_") {
			continue
		}
		family := familyOf(name)
		if given[family] == nil {
			given[family] = map[string]bool{}
		}
		for label := range labels {
			given[family][label] = label != "le" && label != "job" && label != "instance"
		}
		maps.DeleteFunc(given[family], func(_ string, own bool) bool { return !own })
	}
	for _, row := range metricRow.FindAllStringSubmatch(operationsPage(t), -1) {
		labels := slices.DeleteFunc(strings.Split(strings.ReplaceAll(row[2], " ", ""), ","),
			func(label string) bool { return label == "" })
		switch has, ok := given[row[1]]; {
		case !ok:
			t.Errorf("docs/operations.md has %s, which no gateway gives", row[1])
		case !slices.Equal(slices.Sorted(slices.Values(labels)), slices.Sorted(maps.Keys(has))):
			t.Errorf("docs/operations.md has %s with the labels %v, gateways give %v", row[1], labels,
				slices.Sorted(maps.Keys(has)))
		case !s.grown[row[1]]:
			t.Errorf("nothing that is played drives %s", row[1])
		}
		delete(given, row[1])
	}
	for name := range given {
		t.Errorf("gateways give %s, which docs/operations.md lacks", name)
	}
}

// TestRulesAreValid asks promtool for the form of rules, and for the expressions of the dashboards.
func TestRulesAreValid(t *testing.T) {
	t.Parallel()
	promtool(t, append([]string{"check", "rules", "--lint-fatal"}, ruleFiles(t)...)...)
	var file strings.Builder
	file.WriteString("groups:\n  - name: dashboards\n    rules:\n")
	of := strings.NewReplacer("$__rate_interval", "5m", "$__range", "1h", "$__interval", "1m")
	for i, d := range dashboards(t) {
		for n, e := range d.expressions() {
			fmt.Fprintf(&file, "      - record: dashboard:%d:%d\n        expr: %q\n", i, n, of.Replace(e.text))
		}
	}
	path := filepath.Join(t.TempDir(), "dashboards.yml")
	if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", path)
}

var (
	alertForm = regexp.MustCompile(`(?m)^      - alert: (\w+)\n(?:        .*\n?|          .*\n?)*`)
	fieldForm = regexp.MustCompile(`(?m)^          (severity|summary|description|runbook_url): (.+)$`)
)

// TestEachAlertHasItsPage: an alert has a severity, words, and a page in docs/operations.md with what it means, where
// to look and what to do; and each page is of an alert.
func TestEachAlertHasItsPage(t *testing.T) {
	t.Parallel()
	_, pages, found := strings.Cut(operationsPage(t), "\n## Alerts\n")
	if !found {
		t.Fatal("docs/operations.md has no section Alerts")
	}
	pages, _, _ = strings.Cut(pages, "\n## ")
	written := map[string]string{}
	for page := range strings.SplitSeq(pages, "\n### ") {
		name, text, _ := strings.Cut(page, "\n")
		written[name] = text
	}
	for _, path := range ruleFiles(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, alert := range alertForm.FindAllStringSubmatch(string(text), -1) {
			fields := map[string]string{}
			for _, field := range fieldForm.FindAllStringSubmatch(alert[0], -1) {
				fields[field[1]] = field[2]
			}
			if len(fields) != 4 || fields["severity"] != "critical" && fields["severity"] != "warning" {
				t.Errorf("%s has %v", alert[1], fields)
			}
			const address = "https://github.com/opsgraph/opsgraph/blob/main/docs/operations.md#"
			if want := address + strings.ToLower(alert[1]); fields["runbook_url"] != want {
				t.Errorf("%s leads to %s, want %s", alert[1], fields["runbook_url"], want)
			}
			page := written[alert[1]]
			for _, part := range []string{"**Means**", "**Look**", "**Do**"} {
				if !strings.Contains(page, part) {
					t.Errorf("docs/operations.md has no %s of %s", part, alert[1])
				}
			}
		}
	}
	for name := range written {
		if strings.HasPrefix(name, "Opsgraph") && !slices.Contains(alerts(t), name) {
			t.Errorf("docs/operations.md has a page of %s, and there is no such alert", name)
		}
	}
}

// dashboard is a file of deploy/grafana.
type dashboard struct {
	path string

	UID, Title    string
	SchemaVersion int
	Panels        []panel
	Templating    struct {
		List []struct{ Name, Type, Query string }
	}
}

type panel struct {
	ID          int
	Type, Title string
	Description string
	Datasource  struct{ Type, UID string }
	GridPos     struct{ X, Y, W, H int }
	Targets     []struct{ Expr string }
}

// dashboards are those of deploy/grafana.
func dashboards(t *testing.T) (all []dashboard) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(kit.ModuleRoot, "deploy", "grafana", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d := dashboard{path: filepath.Base(path)}
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, d)
	}
	return all
}

// expressions are those of the panels and of the variables.
func (d dashboard) expressions() (found []expression) {
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			found = append(found, expression{from: p.Title, text: target.Expr})
		}
	}
	for _, v := range d.Templating.List {
		if metric, _, ok := strings.Cut(strings.TrimPrefix(v.Query, "label_values("), ","); ok {
			found = append(found, expression{from: "variable " + v.Name, text: metric})
		}
	}
	return found
}

// TestDashboards: the source of data is a variable, panels have a title and words and do not cover each other.
func TestDashboards(t *testing.T) {
	t.Parallel()
	uids := map[string]bool{}
	for _, d := range dashboards(t) {
		if d.UID == "" || uids[d.UID] || d.Title == "" || d.SchemaVersion < 38 {
			t.Errorf("%s: uid %q, title %q, schema %d", d.path, d.UID, d.Title, d.SchemaVersion)
		}
		uids[d.UID] = true
		if len(d.Templating.List) == 0 || d.Templating.List[0].Type != "datasource" ||
			d.Templating.List[0].Query != "prometheus" {
			t.Errorf("%s: the first variable is no source of data: %+v", d.path, d.Templating.List)
		}
		ids, cells := map[int]bool{}, map[[2]int]string{}
		for _, p := range d.Panels {
			if ids[p.ID] || p.Title == "" {
				t.Errorf("%s: panel %d %q", d.path, p.ID, p.Title)
			}
			ids[p.ID] = true
			if p.Type != "row" && (p.Description == "" || len(p.Targets) == 0 || p.Datasource.UID != "${datasource}") {
				t.Errorf("%s: %q has no words, no query or a source of its own: %+v", d.path, p.Title, p)
			}
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other := cells[[2]int{x, y}]; other != "" || x > 23 {
						t.Errorf("%s: %q stands on %q or beyond the edge", d.path, p.Title, other)
						return
					}
					cells[[2]int{x, y}] = p.Title
				}
			}
		}
	}
}
