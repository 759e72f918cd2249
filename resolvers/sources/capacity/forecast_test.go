package capacity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// firstDay is when the days of these tests begin.
func firstDay(n int) time.Time { return time.Date(2026, time.November, 1+n, 0, 0, 0, 0, time.UTC) }

// of makes days in a row with a total and what is allocated of it; a negative one is a day that is missing.
func of(total float64, allocated ...float64) []capacity.Day {
	var days []capacity.Day
	for n, a := range allocated {
		if a >= 0 {
			days = append(days, capacity.Day{Number: n, At: firstDay(n), Allocated: a, Available: total - a})
		}
	}
	return days
}

// then appends days with another total.
func then(days []capacity.Day, total float64, allocated ...float64) []capacity.Day {
	days = slices.Clone(days)
	for _, a := range allocated {
		n := days[len(days)-1].Number + 1
		days = append(days, capacity.Day{Number: n, At: firstDay(n), Allocated: a, Available: total - a})
	}
	return days
}

// figuresOf shows a forecast: outlook, growth, when it is full, the bounds of that, and the days that count.
func figuresOf(f *model.CapacityForecast) string {
	if f == nil {
		return "null"
	}
	return fmt.Sprintf("%s %s a day, full in %s (%s to %s), %d days from %s to %s, %d points", f.Outlook,
		sourcestest.Shown(f.PerDay), sourcestest.Shown(f.FullInDays), sourcestest.Shown(f.FullInDaysFrom),
		sourcestest.Shown(f.FullInDaysTo), f.Days, f.From.Format("2"), f.To.Format("2"), len(f.Points))
}

func TestForecast(t *testing.T) {
	for name, test := range map[string]struct {
		days []capacity.Day
		want string
	}{
		"nothing known": {nil, "null"},
		"two a day": {
			of(38, 10, 12, 14, 16, 18, 20, 22),
			"GROWING 2 a day, full in 8 (8 to 8), 7 days from 1 to 7, 7 points",
		},
		// Slopes: three of 0, two of 1/3, 0.4, nine of 0.5, 0.6, two of 2/3, three of 1: the third, eleventh and nineteenth.
		"ties": {
			of(10, 1, 1, 2, 2, 3, 3, 4),
			"GROWING 0.5 a day, full in 12 (6 to null), 7 days from 1 to 7, 7 points",
		},
		// 28 slopes: twelve of 0, 1/7, two of 1/6, three of 1/5, four of 1/4, three of 1/3, two of 1/2, 1. The median is
		// between both of 1/6; the upper bound lies 3/10 of the way from 1/3 to 1/2, which is 23/60.
		"one step": {
			of(10, 1, 1, 1, 1, 2, 2, 2, 2),
			"GROWING 0.16666666666666666 a day, full in 48 (20.8695652173913 to null), 8 days from 1 to 8, 8 points",
		},
		"constant": {
			of(10, 5, 5, 5, 5, 5, 5, 5), "STEADY 0 a day, full in null (null to null), 7 days from 1 to 7, 7 points",
		},
		// Fifteen slopes of 1 without the odd day; with it -45, -22, -43/3, 49/3, 24 and 47.
		"an odd day": {
			of(100, 1, 2, 3, 50, 5, 6, 7),
			"GROWING 1 a day, full in 93 (5.6938775510204085 to null), 7 days from 1 to 7, 7 points",
		},
		"missing days": {
			of(54, 3, 6, 9, -1, -1, 18, 21, 24, 27),
			"GROWING 3 a day, full in 9 (9 to 9), 7 days from 1 to 9, 7 points",
		},
		"six days": {
			of(20, 1, 2, 3, 4, 5, 6),
			"TOO_LITTLE_HISTORY null a day, full in null (null to null), 6 days from 1 to 6, 6 points",
		},
		"one day": {
			of(20, 1), "TOO_LITTLE_HISTORY null a day, full in null (null to null), 1 days from 1 to 1, 1 points",
		},
		"shrinking": {
			of(20, 20, 19, 18, 17, 16, 15, 14),
			"SHRINKING -1 a day, full in null (null to null), 7 days from 1 to 7, 7 points",
		},
		"shrinking for more than a year": {
			of(5000, 4006, 4005, 4004, 4003, 4002, 4001, 4000),
			"STEADY -1 a day, full in null (null to null), 7 days from 1 to 7, 7 points",
		},
		"full in a year": {
			of(372, 1, 2, 3, 4, 5, 6, 7),
			"GROWING 1 a day, full in 365 (365 to 365), 7 days from 1 to 7, 7 points",
		},
		"full in more than a year": {
			of(373, 1, 2, 3, 4, 5, 6, 7),
			"STEADY 1 a day, full in 366 (366 to 366), 7 days from 1 to 7, 7 points",
		},
		"full": {
			of(10, 10, 10, 10, 10, 10, 10, 10), "STEADY 0 a day, full in 0 (0 to 0), 7 days from 1 to 7, 7 points",
		},
		"full now": {
			of(16, 10, 11, 12, 13, 14, 15, 16), "GROWING 1 a day, full in 0 (0 to 0), 7 days from 1 to 7, 7 points",
		},
		"nothing that can be allocated": {
			of(0, 0, 0, 0, 0, 0, 0, 0), "STEADY 0 a day, full in null (null to null), 7 days from 1 to 7, 7 points",
		},
		"growth too small to divide by": {
			of(1e308, 0, 1e-10, 2e-10, 3e-10, 4e-10, 5e-10, 6e-10),
			"STEADY 1e-10 a day, full in null (null to null), 7 days from 1 to 7, 7 points",
		},
		"resized": {
			then(of(20, 18, 12, 6), 30, 10, 11, 12, 13, 14, 15, 16, 17),
			"RESIZED 1 a day, full in 13 (13 to 13), 8 days from 4 to 11, 11 points",
		},
		"resized twice": {
			then(then(of(20, 1, 1, 1, 1), 30, 1, 1, 1, 1), 15, 1, 2, 3, 4, 5, 6, 7),
			"RESIZED 1 a day, full in 8 (8 to 8), 7 days from 9 to 15, 15 points",
		},
		"resized a moment ago": {
			then(of(20, 1, 2, 3, 4, 5, 6, 7, 8), 30, 9, 10),
			"RESIZED null a day, full in null (null to null), 2 days from 9 to 10, 10 points",
		},
		"by five per cent": {
			then(of(20, 1, 2, 3, 4), 21, 5, 6, 7),
			"GROWING 1 a day, full in 14 (14 to 14), 7 days from 1 to 7, 7 points",
		},
		"out of nothing": {
			then(of(0, 0, 0), 10, 1, 2, 3, 4, 5, 6, 7),
			"RESIZED 1 a day, full in 3 (3 to 3), 7 days from 3 to 9, 9 points",
		},
		"another total for a day": {
			then(then(of(20, 1, 2, 3), 30, 4), 20, 5, 6, 7),
			"GROWING 1 a day, full in 13 (13 to 13), 7 days from 1 to 7, 7 points",
		},
		"another total for three days": {
			then(then(of(20, 1, 2, 3), 30, 4, 5, 6), 20, 7, 8, 9),
			"GROWING 1 a day, full in 11 (11 to 11), 9 days from 1 to 9, 9 points",
		},
		"another total for four days": {
			then(then(of(20, 1, 2, 3), 30, 4, 5, 6, 7), 20, 8, 9, 10, 11, 12, 13, 14),
			"RESIZED 1 a day, full in 6 (6 to 6), 7 days from 8 to 14, 14 points",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := figuresOf(capacity.Forecast(test.days)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestForecastPoints(t *testing.T) {
	f := capacity.Forecast(then(of(20, 18, -1, 6), 40, 10))
	want := []string{"1 18", "3 6", "4 10"}
	var got []string
	for _, point := range f.Points {
		got = append(got, strings.TrimSpace(fmt.Sprint(point.At.Day(), " ", point.Value)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is allocated on each day, also before a change of the total (-want +got):\n%s", diff)
	}
}
