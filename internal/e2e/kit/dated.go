package kit

import (
	"regexp"
	"strconv"
	"testing"
	"time"
)

var (
	daysAgo    = regexp.MustCompile(`\{\{today-(\d+)d\}\}`)
	hoursAgo   = regexp.MustCompile(`\{\{now-(\d+)h\}\}`)
	aDay       = regexp.MustCompile(`\d{4}-\d\d-\d\d`)
	unexpanded = regexp.MustCompile(`\{\{[a-z]`)
)

// Dated puts in the times of variables, as docs/examples/README.md says.
func Dated(t *testing.T, variables string, now time.Time) string {
	t.Helper()
	if day := aDay.FindString(variables); day != "" {
		t.Errorf("%s names the day %s, which grows old", variables, day)
	}
	ago := func(pattern *regexp.Regexp, unit time.Duration, layout string) {
		variables = pattern.ReplaceAllStringFunc(variables, func(text string) string {
			count, err := strconv.Atoi(pattern.FindStringSubmatch(text)[1])
			if err != nil {
				t.Fatal(err)
			}
			return now.Add(-time.Duration(count) * unit).Format(layout)
		})
	}
	ago(daysAgo, 24*time.Hour, time.DateOnly)
	ago(hoursAgo, time.Hour, "2006-01-02T15:00:00Z")
	if unexpanded.MatchString(variables) {
		t.Fatalf("docs/examples/README.md does not say what is meant: %s", variables)
	}
	return variables
}
