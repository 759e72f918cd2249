package capacity_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// midnight is the measurement of the day that is n days before that of the tests, by UTC+8.
func midnight(ago int) time.Time {
	return time.Date(2026, time.November, 20-ago, 16, 0, 0, 0, time.UTC)
}

// measured is a row of a model on a day, with an amount of 100 in all.
func measured(metric string, ago int, allocated float64) string {
	return fmt.Sprintf(`{"region": "cn-north-7", "zone_type": "POD", "metric_type": %q, "timestamp": %q,
		"allocated": "%g", "available": "%g"}`, metric, sourcestest.Millis(midnight(ago)), allocated, 100-allocated)
}

// daily are rows of a model since so many days ago, whose allocated part grows by so much a day.
func daily(metric string, from int, first, growth float64) []string {
	var rows []string
	for ago := from; ago >= 0; ago-- {
		rows = append(rows, measured(metric, ago, first+growth*float64(from-ago)))
	}
	return rows
}

// without leaves out the rows of some days.
func without(rows []string, ago ...int) []string {
	var kept []string
	for _, row := range rows {
		left := true
		for _, day := range ago {
			left = left && !strings.Contains(row, sourcestest.Millis(midnight(day)))
		}
		if left {
			kept = append(kept, row)
		}
	}
	return kept
}

// forecastOf is that of the one cell of all rows.
func forecastOf(t *testing.T, rows []string) *model.CapacityForecast {
	t.Helper()
	made, _ := sourcestest.New(t, map[string]string{"CloudService/capacity": sourcestest.ListOf(rows...)}, knowNorth)
	held := made.Capacity.Histories.One(t.Context(), "", model.CloudServiceTypeEvs, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	unit, evs := model.CapacityUnitTerabytes, model.CloudServiceTypeEvs
	of := &model.AllocationDivision{By: []model.AllocationDimension{model.AllocationDimensionType}}
	return capacity.ForecastOf(&model.AllocationCell{Type: &evs, Unit: &unit, Of: of}, []*capacity.List{held.Held.Value})
}

func TestForecastOfDaysThatLackRows(t *testing.T) {
	pair := func(other []string) []string { return append(daily("a", 9, 10, 1), other...) }
	steady := daily("b", 9, 50, 0)
	for name, test := range map[string]struct {
		rows []string
		want string
	}{
		"all there": {pair(steady), "GROWING 1 a day, full in 131 (131 to 131), 10 days from 11 to 20, 10 points"},
		"missing on a day in between": {
			pair(without(steady, 5)), "GROWING 1 a day, full in 131 (131 to 131), 9 days from 11 to 20, 9 points",
		},
		"the other one missing on a day in between": {
			append(without(daily("a", 9, 10, 1), 5), steady...),
			"GROWING 1 a day, full in 131 (131 to 131), 9 days from 11 to 20, 9 points",
		},
		"missing on the last two days": {
			pair(without(steady, 1, 0)), "GROWING 1 a day, full in 133 (133 to 133), 8 days from 11 to 18, 8 points",
		},
		"missing on the first two days": {
			pair(without(steady, 9, 8)), "GROWING 1 a day, full in 131 (131 to 131), 8 days from 13 to 20, 8 points",
		},
		"gone for three days": {
			pair(without(steady, 2, 1, 0)),
			"RESIZED null a day, full in null (null to null), 3 days from 18 to 20, 10 points",
		},
		"new since three days": {
			pair(daily("b", 2, 50, 0)),
			"RESIZED null a day, full in null (null to null), 3 days from 18 to 20, 10 points",
		},
		"new since seven days": {
			pair(daily("b", 6, 50, 0)), "RESIZED 1 a day, full in 131 (131 to 131), 7 days from 14 to 20, 10 points",
		},
		"there now and then": {
			pair([]string{measured("b", 8, 50), measured("b", 5, 50), measured("b", 2, 50)}),
			"GROWING 1 a day, full in 81 (81 to 81), 10 days from 11 to 20, 10 points",
		},
		"without one of its figures": {
			pair(append(without(steady, 5), strings.Replace(measured("b", 5, 50), `"available"`, `"other"`, 1))),
			"GROWING 1 a day, full in 131 (131 to 131), 9 days from 11 to 20, 9 points",
		},
		"without a time": {
			pair(append(steady, strings.Replace(measured("b", 5, 90), `"timestamp"`, `"other"`, 1))),
			"GROWING 1 a day, full in 131 (131 to 131), 10 days from 11 to 20, 10 points",
		},
		"in a region by an unknown name": {
			pair(append(without(steady, 5), strings.Replace(measured("b", 5, 50), "cn-north-7", "Atlantis", 1))),
			"GROWING 1 a day, full in 131 (131 to 131), 9 days from 11 to 20, 9 points",
		},
		"always in a region by an unknown name": {
			strings.Split(strings.ReplaceAll(strings.Join(pair(steady), "\n\n"), "cn-north-7", "Atlantis"), "\n\n"),
			"GROWING 1 a day, full in 131 (131 to 131), 10 days from 11 to 20, 10 points",
		},
		"by the name of a region": {
			pair(append(without(steady, 5), strings.Replace(measured("b", 5, 50), "cn-north-7", "华北-廊坊7", 1))),
			"GROWING 1 a day, full in 131 (131 to 131), 10 days from 11 to 20, 10 points",
		},
		"a sum below nothing": {
			pair(append(without(steady, 5), measured("b", 5, -50))),
			"GROWING 1 a day, full in 131 (131 to 131), 9 days from 11 to 20, 9 points",
		},
		// 36 slopes of 1, and those to the last day: 12/9, 11/8, 10/7, 9/6, 8/5 … 4: the bound lies 6/10 of the way from 1.5
		// to 1.6.
		"measured twice a day": {
			pair(append(steady, strings.Replace(measured("b", 0, 53), sourcestest.Millis(midnight(0)),
				sourcestest.Millis(midnight(0).Add(time.Hour)), 1))),
			"GROWING 1 a day, full in 128 (82.05128205128204 to 128), 10 days from 11 to 20, 10 points",
		},
		"no day with both figures": {
			[]string{strings.Replace(measured("b", 5, 50), `"available"`, `"other"`, 1)}, "null",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := forecastOf(t, test.rows)
			if f != nil { // days by UTC+8
				f.From, f.To = f.From.Add(-8*time.Hour), f.To.Add(-8*time.Hour)
			}
			if got := figuresOf(f); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestHistoriesAreReadOverWholeDays(t *testing.T) {
	zone := time.FixedZone("UTC+8", 8*60*60)
	for name, test := range map[string]struct {
		now      time.Time
		from, to time.Time
	}{
		"in the evening": {
			time.Date(2026, 11, 21, 18, 0, 30, 0, zone),
			time.Date(2026, 10, 22, 0, 0, 0, 0, zone), time.Date(2026, 11, 21, 18, 1, 0, 0, zone),
		},
		"just before midnight": {
			time.Date(2026, 11, 21, 23, 59, 59, 0, zone),
			time.Date(2026, 10, 22, 0, 0, 0, 0, zone), time.Date(2026, 11, 22, 0, 0, 0, 0, zone),
		},
		"at midnight": {
			time.Date(2026, 11, 22, 0, 0, 0, 0, zone),
			time.Date(2026, 10, 23, 0, 0, 0, 0, zone), time.Date(2026, 11, 22, 0, 0, 0, 0, zone),
		},
	} {
		t.Run(name, func(t *testing.T) {
			var now time.Time
			made, upstream := sourcestest.NewLists(t, sourcestest.Listed(), func(cfg *dataset.Config, _ *esm.Options) {
				cfg.Now = func() time.Time { return now }
			})
			now = test.now
			if held := made.Capacity.Histories.One(t.Context(), "", model.CloudServiceTypeDeh, 0); held.Err != nil {
				t.Fatal(held.Err)
			}
			asked := upstream.Asked()[0]
			if got := spanOf(t, asked); !got.From.Equal(test.from) || !got.To.Equal(test.to) {
				t.Errorf("asked from %s to %s, want %s to %s", got.From.In(zone), got.To.In(zone), test.from, test.to)
			}
			if word := asked.Get("service_type"); word != "DeH" {
				t.Errorf("asked for %s", word)
			}
		})
	}
}

func spanOf(t *testing.T, asked url.Values) dataset.Span {
	t.Helper()
	end := func(name string) time.Time {
		millis, err := strconv.ParseInt(asked.Get(name), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return time.UnixMilli(millis)
	}
	return dataset.Span{From: end("begin_time"), To: end("end_time")}
}

// TestHistoriesAreOnes: a history is no list of latest figures, and one reading answers until it is stale.
func TestHistoriesAreOnes(t *testing.T) {
	made, upstream := sourcestest.New(t, map[string]string{
		"CloudService/capacity": sourcestest.ListOf(daily("a", 3, 1, 1)...),
	}, nil)
	for range 2 {
		latest := made.Capacity.Services.One(t.Context(), "", model.CloudServiceTypeEvs, 0)
		history := made.Capacity.Histories.One(t.Context(), "", model.CloudServiceTypeEvs, 0)
		if len(latest.Held.Value.All()) != 1 || len(history.Held.Value.All()) != 4 {
			t.Errorf("%d latest figures, %d of all", len(latest.Held.Value.All()), len(history.Held.Value.All()))
		}
	}
	if asked := upstream.Asked(); len(asked) != 2 {
		t.Errorf("%d calls: %v", len(asked), asked)
	}
}
