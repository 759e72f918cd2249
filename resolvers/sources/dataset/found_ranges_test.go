package dataset_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// TestFound_A1_AskedIsExact: what is asked is a span to the moment; what is read is more of it.
func TestFound_A1_AskedIsExact(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 30, 0, time.UTC)
	limit := dataset.RangeLimit{Of: "samples", Default: time.Hour, Most: 24 * time.Hour, Step: time.Minute}
	from, to, length := now.Add(-2*time.Hour), now.Add(-time.Hour), 10*time.Minute
	for name, test := range map[string]struct {
		within *model.TimeRange
		want   dataset.Span
	}{
		"left out":  {nil, dataset.Span{From: now.Add(-time.Hour), To: now}},
		"last":      {&model.TimeRange{Last: &length}, dataset.Span{From: now.Add(-length), To: now}},
		"both ends": {&model.TimeRange{From: &from, To: &to}, dataset.Span{From: from, To: to}},
		"open end":  {&model.TimeRange{From: &from}, dataset.Span{From: from, To: now}},
	} {
		t.Run(name, func(t *testing.T) {
			asked := limit.Asked(test.within, now)
			if asked != test.want {
				t.Errorf("asked %v, want %v", asked, test.want)
			}
			read, err := limit.Window(test.within, now)
			if err != nil || read.From.After(asked.From) || read.To.Before(asked.To) {
				t.Errorf("read %v of %v, %v", read, asked, err)
			}
			if !asked.Holds(&asked.From) || asked.Holds(&asked.To) {
				t.Error("the start is in a span, its end is not")
			}
		})
	}
}
