package alerts

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// ruleFiles are those of deploy/prometheus.
func ruleFiles(t *testing.T) []string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join(kit.ModuleRoot, "deploy", "prometheus")) // promtool looks from its own file
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	return files
}

// promtool runs it, and shows what it says where it fails.
func promtool(t *testing.T, arguments ...string) {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "promtool", arguments...).CombinedOutput()
	if err != nil {
		t.Errorf("promtool %s: %v (Debian: prometheus)\n%.6000s", strings.Join(arguments[:2], " "), err, output)
	}
}

// history is what Prometheus has read, round by round, a minute apart.
type history []scrape

// expectation is which alerts fire after a round, all of them but those that may.
type expectation struct {
	round     int
	fire, may []string
}

// metricOf is the name of a series' metric.
func metricOf(series string) string {
	name, _, _ := strings.Cut(series, "{")
	return name
}

// judge has promtool evaluate the rules over a history. Only series that the rules read are written, as there are many.
func (h history) judge(t *testing.T, expected ...expectation) {
	t.Helper()
	var file strings.Builder
	file.WriteString("rule_files:\n")
	read := map[string]bool{}
	for _, rules := range ruleFiles(t) {
		fmt.Fprintf(&file, "  - %s\n", rules)
	}
	for _, e := range expressions(t) {
		for _, name := range metricsOf(e.text) {
			read[name] = true
		}
	}
	file.WriteString("evaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n")
	all := map[string]bool{}
	for _, seen := range h {
		for series := range seen {
			all[series] = all[series] || read[metricOf(series)]
		}
	}
	for _, series := range slices.Sorted(maps.Keys(all)) {
		if all[series] {
			fmt.Fprintf(&file, "      - series: '%s'\n        values: '%s'\n", series, h.values(series))
		}
	}
	file.WriteString("    promql_expr_test:\n")
	for _, e := range expected {
		fmt.Fprintf(&file, "      - expr: group by (alertname) (ALERTS{alertstate=\"firing\",alertname!~\"%s\"})\n"+
			"        eval_time: %dm\n        exp_samples:\n", strings.Join(e.may, "|"), e.round)
		for _, alert := range e.fire {
			fmt.Fprintf(&file, "          - labels: '{alertname=\"%s\"}'\n            value: 1\n", alert)
		}
	}
	path := filepath.Join(t.TempDir(), "test.yml")
	if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "test", "rules", path)
}

// values are those of a series in the notation of promtool: a series that goes is stale, as with Prometheus.
func (h history) values(series string) string {
	values, known := make([]string, len(h)), false
	for i, seen := range h {
		value, has := seen[series]
		switch {
		case has:
			values[i] = strconv.FormatFloat(value, 'f', -1, 64)
		case known:
			values[i] = "stale"
		default:
			values[i] = "_"
		}
		known = known || has
	}
	return strings.Join(values, " ")
}

// expression is one of a rule or a panel.
type expression struct {
	// from says where it stands; record is the name of the series that it makes, empty for none.
	from, record, text string
}

var ruleForm = regexp.MustCompile(`(?m)^      - (alert|record): (\S+)\n        expr: (.*(?:\n          .*)*)`)

// expressions are those of all rules.
func expressions(t *testing.T) (found []expression) {
	t.Helper()
	for _, path := range ruleFiles(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rules := ruleForm.FindAllStringSubmatch(string(text), -1)
		if want := strings.Count(string(text), "\n        expr:"); len(rules) != want {
			t.Fatalf("%s: %d of %d rules are read", path, len(rules), want)
		}
		for _, rule := range rules {
			e := expression{from: rule[2], text: strings.TrimPrefix(strings.TrimSpace(rule[3]), "|")}
			if rule[1] == "record" {
				e.record = rule[2]
			}
			found = append(found, e)
		}
	}
	return found
}

// alerts are the names of all alerts.
func alerts(t *testing.T) (names []string) {
	t.Helper()
	for _, e := range expressions(t) {
		if e.record == "" {
			names = append(names, e.from)
		}
	}
	return names
}
