package alerts

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What PromQL is made of, as far as names of metrics and labels are concerned. promtool judges the rest.
var (
	quotedForm    = regexp.MustCompile(`"[^"]*"`)
	selectorForm  = regexp.MustCompile(`([a-zA-Z_:][a-zA-Z0-9_:]*)?\{([^}]*)\}`)
	conditionForm = regexp.MustCompile(`([a-zA-Z_]+)\s*(=~|!~|!=|=)\s*"([^"]*)"`)
	rangeForm     = regexp.MustCompile(`\[[^\]]*\]|\boffset\s+\w+`)
	labelsForm    = regexp.MustCompile(`\b(by|without|ignoring|on|group_left|group_right)\s*\(([^)]*)\)`)
	wordForm      = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]*\s*\(?`)
)

// operators are the words of PromQL that are neither functions nor names.
func operators() []string {
	return strings.Fields("and or unless bool group_left group_right by sum min max avg count topk")
}

// metricsOf are the names of metrics in an expression.
func metricsOf(text string) (names []string) {
	text = quotedForm.ReplaceAllString(text, "")
	text = labelsForm.ReplaceAllString(text, " ")
	text = regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(text, " ")
	text = rangeForm.ReplaceAllString(text, " ")
	text = regexp.MustCompile(`\b[0-9][0-9a-zA-Z.]*`).ReplaceAllString(text, " ")
	for _, word := range wordForm.FindAllString(text, -1) {
		name := strings.TrimSpace(word)
		if !strings.HasSuffix(name, "(") && !slices.Contains(operators(), name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// condition is one on a label of a metric; value is empty where only the label is named.
type condition struct{ metric, label, operator, value string }

// conditionsOf are those of an expression. Labels of groupings belong to some metric of it: metric is empty.
func conditionsOf(text string) (found []condition) {
	for _, selector := range selectorForm.FindAllStringSubmatch(text, -1) {
		for _, c := range conditionForm.FindAllStringSubmatch(selector[2], -1) {
			found = append(found, condition{selector[1], c[1], c[2], c[3]})
		}
	}
	for _, labels := range labelsForm.FindAllStringSubmatch(text, -1) {
		for label := range strings.SplitSeq(labels[2], ",") {
			if label = strings.TrimSpace(label); label != "" {
				found = append(found, condition{label: label})
			}
		}
	}
	return found
}

// known are the metrics that gateways gave: their labels, with the values that were seen.
type known map[string]map[string]map[string]bool

var labelForm = regexp.MustCompile(`([a-zA-Z_]+)="((?:[^"\\]|\\.)*)"`)

// add notes the series of a reading.
func (k known) add(seen scrape) {
	for series := range seen {
		name, labels, _ := strings.Cut(series, "{")
		if k[name] == nil {
			k[name] = map[string]map[string]bool{}
		}
		for _, label := range labelForm.FindAllStringSubmatch(labels, -1) {
			if k[name][label[1]] == nil {
				k[name][label[1]] = map[string]bool{}
			}
			k[name][label[1]][label[2]] = true
		}
	}
}

// addRecord notes a series that a rule makes: it has the labels of what it is made of.
func (k known) addRecord(e expression) {
	k[e.record] = map[string]map[string]bool{}
	for _, name := range metricsOf(e.text) {
		for label, values := range k[name] {
			if k[e.record][label] == nil {
				k[e.record][label] = map[string]bool{}
			}
			maps.Copy(k[e.record][label], values)
		}
	}
}

// faults are the names, labels and values of an expression that no gateway gave.
func (k known) faults(text string) (faults []string) {
	names := metricsOf(text)
	if len(names) == 0 {
		faults = append(faults, "it reads no metric")
	}
	for _, name := range names {
		if k[name] == nil {
			faults = append(faults, "no gateway gives "+name)
		}
	}
	for _, c := range conditionsOf(text) {
		of := names
		if c.metric != "" {
			of = []string{c.metric}
		}
		values := map[string]bool{}
		for _, name := range of {
			maps.Copy(values, k[name][c.label])
		}
		if len(values) == 0 {
			faults = append(faults, "no gateway gives "+c.metric+" a label "+c.label)
			continue
		}
		if strings.Contains(c.value, "$") || c.operator != "=" && c.operator != "=~" {
			continue // a variable of a dashboard, or what is left out
		}
		pattern := regexp.MustCompile("^(?:" + c.value + ")$")
		if c.operator == "=" {
			pattern = regexp.MustCompile("^" + regexp.QuoteMeta(c.value) + "$")
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(values)), pattern.MatchString) {
			faults = append(faults, "no gateway gives "+c.metric+" with "+c.label+c.operator+c.value)
		}
	}
	return faults
}

// What is read of PromQL.
func TestExpressionsAreRead(t *testing.T) {
	t.Parallel()
	seen := known{}
	seen.add(scrape{`a_total{k="x",job="j"}`: 1, `b_bucket{le="1",job="j"}`: 1, `up{job="j"}`: 1})
	seen.addRecord(expression{record: "r:a:rate5m", text: `sum by (k) (rate(a_total[5m]))`})
	for text, want := range map[string]string{
		`sum by (k) (rate(a_total{k="x"}[5m] offset 1d)) / ignoring (k) group_left sum(up == 1) > 0.05`: "",
		`histogram_quantile(0.99, sum by (job, le) (rate(b_bucket[$__rate_interval]))) or 0 * up`:       "",
		`r:a:rate5m{k=~"x|z"} > 20 unless a_total{k!="y"} offset 1h`:                                    "",
		`absent(up{job="j"} == 1)`:      "",
		`rate(c_total[5m])`:             "no gateway gives c_total",
		`a_total{l="x"}`:                "no gateway gives a_total a label l",
		`a_total{k="y"}`:                "no gateway gives a_total with k=y",
		`a_total{k=~"y.*"}`:             "no gateway gives a_total with k=~y.*",
		`sum by (m) (a_total)`:          "no gateway gives  a label m",
		`vector(1)`:                     "it reads no metric",
		`a_total{k="$kind"} and c_gone`: "no gateway gives c_gone",
	} {
		if got := strings.Join(seen.faults(text), "; "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
