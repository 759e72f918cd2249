package operations

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// scrape is one reading of /metrics: the value of each series by its whole name.
type scrape map[string]float64

func (o *operated) scrape(t *testing.T) scrape {
	t.Helper()
	seen := scrape{}
	for line := range strings.Lines(o.get(t, o.operators+"/metrics")) {
		at := strings.LastIndexByte(line, ' ')
		if strings.HasPrefix(line, "#") || at < 0 {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		seen[line[:at]] = value
	}
	return seen
}

// selector is a metric's name with conditions on its labels, as in an expression.
type selector struct {
	name   string
	labels map[string]*regexp.Regexp
	not    map[string]string
}

var (
	selectorForm  = regexp.MustCompile(`^([a-z_]+)(?:\{(.*)\})?$`)
	conditionForm = regexp.MustCompile(`([a-z]+)(=~|!=|=)"([^"]*)"`)
	labelForm     = regexp.MustCompile(`([a-z_]+)="([^"]*)"`)
	increaseForm  = regexp.MustCompile(`sum\((increase\()?([^\[\]()]+)(?:\[[0-9a-z]+\]\))?\)`)
)

func parseSelector(t *testing.T, text string) selector {
	t.Helper()
	parts := selectorForm.FindStringSubmatch(text)
	if parts == nil {
		t.Fatalf("no selector: %s", text)
	}
	s := selector{name: parts[1], labels: map[string]*regexp.Regexp{}, not: map[string]string{}}
	for _, condition := range conditionForm.FindAllStringSubmatch(parts[2], -1) {
		switch condition[2] {
		case "=":
			s.labels[condition[1]] = regexp.MustCompile("^" + regexp.QuoteMeta(condition[3]) + "$")
		case "=~":
			s.labels[condition[1]] = regexp.MustCompile("^(?:" + condition[3] + ")$")
		case "!=":
			s.not[condition[1]] = condition[3]
		}
	}
	return s
}

func (s selector) matches(series string) bool {
	name, labels, _ := strings.Cut(series, "{")
	if name != s.name {
		return false
	}
	has := map[string]string{}
	for _, label := range labelForm.FindAllStringSubmatch(labels, -1) {
		has[label[1]] = label[2]
	}
	for label, pattern := range s.labels {
		if !pattern.MatchString(has[label]) {
			return false
		}
	}
	for label, value := range s.not {
		if has[label] == value {
			return false
		}
	}
	return true
}

// sum adds the last values of the matching series, or their increases since they were first seen: as with Prometheus a
// series that is new has none.
func (s selector) sum(scrapes []scrape, increase bool) (total float64) {
	for series, value := range scrapes[len(scrapes)-1] {
		if !s.matches(series) {
			continue
		}
		if increase {
			for _, earlier := range scrapes {
				if first, known := earlier[series]; known {
					value -= first
					break
				}
			}
		}
		total += value
	}
	return total
}

// fires evaluates an expression of the form of docs/operations.md: a metric, a sum or a ratio of two, and a threshold.
func fires(t *testing.T, expression string, scrapes []scrape) bool {
	t.Helper()
	left, right, ok := strings.Cut(expression, " > ")
	threshold, err := strconv.ParseFloat(right, 64)
	if !ok || err != nil {
		t.Fatalf("no comparison with a number: %s", expression)
	}
	var terms []float64
	for term := range strings.SplitSeq(left, " / ") {
		parts := increaseForm.FindStringSubmatch(term)
		if parts == nil {
			parts = []string{"", "", term}
		}
		terms = append(terms, parseSelector(t, parts[2]).sum(scrapes, parts[1] != ""))
	}
	switch len(terms) {
	case 1:
		return terms[0] > threshold
	case 2:
		return terms[1] != 0 && terms[0]/terms[1] > threshold
	default:
		t.Fatalf("more than a ratio: %s", expression)
		return false
	}
}

// The evaluation itself: what Prometheus does with these forms.
func TestFound_C9_Expressions(t *testing.T) {
	t.Parallel()
	scrapes := []scrape{
		{`a{k="x"}`: 1, `b`: 10},
		{`a{k="x"}`: 4, `a{k="y"}`: 1, `b`: 12},
		{`a{k="x"}`: 4, `a{k="y"}`: 3, `b`: 14},
	}
	for expression, want := range map[string]bool{
		`b > 13`:                              true,
		`b > 14`:                              false,
		`sum(a) > 6`:                          true,
		`sum(increase(a[5m])) > 4`:            true, // 3 of x, and 2 of y since it was first seen
		`sum(increase(a[5m])) > 5`:            false,
		`sum(increase(a{k="y"}[5m])) > 1`:     true,
		`sum(increase(a{k!="y"}[5m])) > 3`:    false,
		`sum(increase(a{k=~"x|z"}[5m])) > 2`:  true,
		`sum(increase(a{k=~"z"}[5m])) > 0`:    false,
		`sum(increase(a[5m])) / sum(b) > 0.3`: true,
		`sum(increase(a[5m])) / sum(b) > 0.4`: false,
		`sum(increase(a[5m])) / sum(c) > 0`:   false, // nothing to divide by
	} {
		if got := fires(t, expression, scrapes); got != want {
			t.Errorf("%s: %v, want %v", expression, got, want)
		}
	}
}
