package metrics_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// boardTime is a time of UTC as the upstream's text, which is of UTC+8.
func boardTime(hour, minute int) string { return fmt.Sprintf("2026-11-21 %d:%02d", hour+8, minute) }

func boardSample(fields sourcestest.Row) sourcestest.Row {
	return sourcestest.Merged(sourcestest.Row{
		"sn": "s1", "metric": "CPUUsagePercent", "Value": "38", "time": boardTime(10, 0), "region_code": "cn-north-7",
	}, fields)
}

func boardsOf(t *testing.T, all *sources.Sources) *metrics.BoardList {
	t.Helper()
	outcome := all.Metrics.Boards.One(t.Context(), "", struct{}{}, 0)
	if outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	return outcome.Held.Value
}

// figures are those of some servers and all metrics, one line each.
func figures(list *metrics.BoardList, serials ...string) []string {
	lines := []string{}
	for _, serial := range serials {
		for _, metric := range model.AllHostUtilizationMetric {
			if f, ok := list.Of(serial, metric); ok {
				lines = append(lines, fmt.Sprintf("%s %s latest %g average %g peak %g of %d at %s", serial, metric, f.Latest,
					f.Average, f.Peak, f.Samples, f.At.UTC().Format("15:04")))
			}
		}
	}
	return lines
}

func TestBoards(t *testing.T) {
	for name, test := range map[string]struct {
		rows []sourcestest.Row
		want []string
	}{
		"all servers and metrics": {
			[]sourcestest.Row{
				boardSample(nil), boardSample(sourcestest.Row{"sn": "s2", "metric": "PowerConsumedWatts", "Value": 410}),
				boardSample(sourcestest.Row{"metric": "MemoryUsagePercent", "Value": "61.5"}),
				boardSample(sourcestest.Row{"metric": "InletTemperatureCelsius", "Value": "-3"}),
			},
			[]string{
				"s1 CPU latest 38 average 38 peak 38 of 1 at 10:00", "s1 MEMORY latest 61.5 average 61.5 peak 61.5 of 1 at 10:00",
				"s1 INLET_TEMPERATURE latest -3 average -3 peak -3 of 1 at 10:00",
				"s2 POWER latest 410 average 410 peak 410 of 1 at 10:00",
			},
		},
		"several samples in any order, each time once": {
			[]sourcestest.Row{
				boardSample(sourcestest.Row{"time": boardTime(9, 30), "Value": "90"}), boardSample(nil),
				boardSample(sourcestest.Row{"time": boardTime(9, 15), "Value": "10"}),
				boardSample(sourcestest.Row{"time": boardTime(9, 30), "Value": "90"}),
			},
			[]string{"s1 CPU latest 38 average 46 peak 90 of 3 at 10:00"},
		},
		"serial numbers and metrics in any case, and other metrics": {
			[]sourcestest.Row{
				boardSample(sourcestest.Row{"sn": " S1 ", "metric": "cpuusagepercent"}), boardSample(sourcestest.Row{"metric": "FanSpeed"}),
			},
			[]string{"s1 CPU latest 38 average 38 peak 38 of 1 at 10:00"},
		},
		"Quirk045 times that are read as UTC+8, and those before the window": {
			[]sourcestest.Row{
				boardSample(sourcestest.Row{"time": boardTime(9, 0), "Value": "5"}),
				boardSample(sourcestest.Row{"time": boardTime(8, 59), "Value": "99"}),
			},
			[]string{"s1 CPU latest 5 average 5 peak 5 of 1 at 09:00"},
		},
		"values and times that can't be read": {
			[]sourcestest.Row{
				boardSample(sourcestest.Row{"Value": "NaN"}), boardSample(sourcestest.Row{"time": "lately"}),
				boardSample(sourcestest.Row{"sn": "s2", "Value": nil}), boardSample(sourcestest.Row{"time": boardTime(9, 45), "Value": "7"}),
			},
			[]string{"s1 CPU latest 7 average 7 peak 7 of 1 at 09:45"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			all, upstream := sourcestest.NewLists(t, sourcestest.Listed(test.rows...), nil)
			if diff := cmp.Diff(test.want, figures(boardsOf(t, all), "s1", "s2", "s3")); diff != "" {
				t.Error(diff)
			}
			if asked := upstream.Asked(); len(asked) != 1 || asked[0].Has("sn") {
				t.Errorf("asked %v, want once and without sn", asked)
			}
		})
	}
}

// TestBoardsWithoutSerialNumber: such rows are gaps of their region, beside those that can't be read.
func TestBoardsWithoutSerialNumber(t *testing.T) {
	all, upstream := sourcestest.NewLists(t, sourcestest.Listed(
		boardSample(nil), boardSample(sourcestest.Row{"sn": ""}), boardSample(sourcestest.Row{"sn": nil, "time": boardTime(9, 30)}),
		boardSample(sourcestest.Row{"metric": nil}), boardSample(sourcestest.Row{"sn": "", "region_code": "cn-east-1", "time": boardTime(9, 20)}),
	), nil)
	list := boardsOf(t, all)
	gaps := map[string]int{}
	for _, gap := range list.Gaps {
		gaps[gap.Part] += gap.Rows
	}
	want := map[string]int{"cn-north-7": 3, "cn-east-1": 1}
	if diff := cmp.Diff(want, gaps); diff != "" || len(list.Gaps) != 2 || upstream.Unreadable("sn") != 3 {
		t.Errorf("gaps %v, sn unreadable %d times %s", list.Gaps, upstream.Unreadable("sn"), diff)
	}
	if got := list.RegionCodes(); !cmp.Equal(got, []string{"cn-north-7"}) {
		t.Errorf("regions %v", got)
	}
}

// TestBoardsInPages: all pages are read, rows that come twice count once, and a page that fails leaves nothing, so
// that what is held stays.
func TestBoardsInPages(t *testing.T) {
	rows := []any{}
	for i := range 25 {
		rows = append(rows, boardSample(sourcestest.Row{"sn": "s" + strconv.Itoa(i%20), "Value": strconv.Itoa(i % 20)}))
	}
	fails := false
	all, upstream := sourcestest.NewLists(t, func(_ string, query url.Values) []any {
		if fails && query.Get("offset_value") != "0" {
			panic(http.ErrAbortHandler)
		}
		return rows
	}, func(_ *dataset.Config, options *esm.Options) { options.FastPageSize = 10 })
	list := boardsOf(t, all)
	f, ok := list.Of("s19", model.HostUtilizationMetricCPU)
	if calls := len(upstream.Asked()); !ok || f.Latest != 19 || f.Samples != 1 || calls != 3 {
		t.Errorf("figure %v, %t; %d calls", f, ok, calls)
	}
	fails = true
	upstream.Advance(3 * time.Minute)
	after := all.Metrics.Boards.One(t.Context(), "", struct{}{}, 0)
	if after.Err != nil || after.Held.Value != list || rest.KindOf(after.Held.Reason) != rest.Unavailable {
		t.Errorf("after a page failed: error %v, the same %t, reason %v", after.Err, after.Held.Value == list, after.Held.Reason)
	}
}

// TestBoardsRefused: a refusal is that of the upstream, and an answer that is empty once after one with rows is not
// believed at once.
func TestBoardsRefused(t *testing.T) {
	all, _ := sourcestest.New(t, map[string]string{"/host/performancedata": "204"}, nil)
	if err := all.Metrics.Boards.One(t.Context(), "", struct{}{}, 0).Err; rest.KindOf(err) != rest.BadResponse {
		t.Errorf("an answer without a body: %v", err)
	}
	empty := false
	lists, upstream := sourcestest.NewLists(t, func(string, url.Values) []any {
		if empty {
			return nil
		}
		return []any{boardSample(nil)}
	}, nil)
	first := boardsOf(t, lists)
	empty = true
	upstream.Advance(3 * time.Minute)
	second := lists.Metrics.Boards.One(t.Context(), "", struct{}{}, 0)
	if second.Held.Value != first || !errors.Is(second.Held.Reason, cache.ErrEmptyOnce) {
		t.Errorf("after an empty answer: the same %t, reason %v", second.Held.Value == first, second.Held.Reason)
	}
}
