package metrics_test

import (
	"errors"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func hostSample(fields sourcestest.Row) sourcestest.Row {
	return sourcestest.Merged(sourcestest.Row{
		"host_id": "h1", "metrics_name": "CPU", "monitor_item": "cpu", "data_item": "usage", "operator": "AVG", "unit": `\%`,
		"value": "10", "time_stamp": sourcestest.Millis(sourcestest.Now().Add(-10 * time.Minute)),
	}, fields)
}

// hour is the window of the last hour.
func hour(t *testing.T, limit dataset.RangeLimit) dataset.Span {
	t.Helper()
	span, err := limit.Window(nil, sourcestest.Now())
	if err != nil {
		t.Fatal(err)
	}
	return span
}

// seriesOf reads the default window of one thing.
func seriesOf(t *testing.T, source *metrics.Kind, id string) *metrics.List {
	t.Helper()
	key := metrics.Key{ID: id, Span: hour(t, source.Limit)}
	outcome := source.Windows.Get(t.Context(), "", []metrics.Key{key}, 0)[key]
	if outcome.Err != nil || !outcome.Found {
		t.Fatalf("outcome: found %t, error %v", outcome.Found, outcome.Err)
	}
	return outcome.Held.Value
}

// outline is a series in one line.
func outline(s *model.MetricSeries) string {
	line := fmt.Sprintf("%s %s [%s]", s.Name, s.Key, textOr(s.Unit, "-"))
	for _, sample := range s.Samples {
		line += fmt.Sprintf(" %s=%g", sample.At.Format("15:04"), sample.Value)
	}
	return line
}

func textOr(text *string, otherwise string) string {
	if text == nil {
		return otherwise
	}
	return *text
}

func outlines(all []*model.MetricSeries) []string {
	lines := []string{}
	for _, series := range all {
		lines = append(lines, outline(series))
	}
	return lines
}

func TestHostMetrics(t *testing.T) {
	before := func(minutes int) string {
		return sourcestest.Millis(sourcestest.Now().Truncate(time.Minute).Add(-time.Duration(minutes) * time.Minute))
	}
	tests := map[string]struct {
		rows []sourcestest.Row
		want []string
	}{
		"Quirk030 backslash in the unit": {
			[]sourcestest.Row{hostSample(sourcestest.Row{"time_stamp": before(1)})},
			[]string{"CPU cpu.usage.avg [%] 09:59=10"},
		},
		"Quirk018 numbers as text or number, Quirk020 null as text": {
			[]sourcestest.Row{
				hostSample(sourcestest.Row{"time_stamp": before(4), "value": 4.5}),
				hostSample(sourcestest.Row{"time_stamp": before(3), "value": "null"}),
				hostSample(sourcestest.Row{"time_stamp": before(2), "value": ""}),
				hostSample(sourcestest.Row{"time_stamp": before(1), "value": "79.81"}),
			},
			[]string{"CPU cpu.usage.avg [%] 09:56=4.5 09:59=79.81"},
		},
		"Quirk060 no order and repeated rows": {
			[]sourcestest.Row{
				hostSample(sourcestest.Row{"time_stamp": before(1)}), hostSample(sourcestest.Row{"time_stamp": before(3)}),
				hostSample(sourcestest.Row{"time_stamp": before(1)}), hostSample(sourcestest.Row{"time_stamp": before(2)}),
			},
			[]string{"CPU cpu.usage.avg [%] 09:57=10 09:58=10 09:59=10"},
		},
		"several series of one name": {
			[]sourcestest.Row{
				hostSample(sourcestest.Row{"time_stamp": before(1), "operator": "MAX"}),
				hostSample(sourcestest.Row{"time_stamp": before(1)}),
				hostSample(sourcestest.Row{"time_stamp": before(1), "data_item": "iowait"}),
			},
			[]string{"CPU cpu.iowait.avg [%] 09:59=10", "CPU cpu.usage.avg [%] 09:59=10", "CPU cpu.usage.max [%] 09:59=10"},
		},
		"a unit that changed": {
			[]sourcestest.Row{
				hostSample(sourcestest.Row{"time_stamp": before(2)}),
				hostSample(sourcestest.Row{"time_stamp": before(1), "unit": "GHz"}),
			},
			[]string{"CPU cpu.usage.avg [%] 09:58=10", "CPU cpu.usage.avg.cpu [GHz] 09:59=10"},
		},
		"no name but an item": {
			[]sourcestest.Row{hostSample(sourcestest.Row{"time_stamp": before(1), "metrics_name": nil})},
			[]string{"cpu cpu.usage.avg [%] 09:59=10"},
		},
		"no readable sample": {
			[]sourcestest.Row{hostSample(sourcestest.Row{"value": "null"})},
			[]string{"CPU cpu.usage.avg [%]"},
		},
		"Quirk032 an id that is masked": {
			[]sourcestest.Row{hostSample(sourcestest.Row{"time_stamp": before(1), "host_id": "00700188-9859-xxx8-8889"})},
			[]string{"CPU cpu.usage.avg [%] 09:59=10"},
		},
		"rows of other hosts are not the asked one's": {
			[]sourcestest.Row{
				hostSample(sourcestest.Row{"time_stamp": before(1)}),
				hostSample(sourcestest.Row{"time_stamp": before(2), "host_id": "h2"}),
			},
			[]string{"CPU cpu.usage.avg [%] 09:59=10"},
		},
		"nothing": {nil, []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all, _ := sourcestest.NewLists(t, sourcestest.Listed(test.rows...), nil)
			if diff := cmp.Diff(test.want, outlines(seriesOf(t, all.Metrics.Hosts, "h1").Series)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestQuirk023UnreadableSamplesAreLeftOutAndCounted(t *testing.T) {
	all, upstream := sourcestest.NewLists(t, sourcestest.Listed(
		hostSample(sourcestest.Row{"value": "NaN"}), hostSample(sourcestest.Row{"value": "1", "time_stamp": "yesterday"}),
		hostSample(sourcestest.Row{"time_stamp": sourcestest.Millis(sourcestest.Now().Add(-time.Minute))}),
	), nil)
	list := seriesOf(t, all.Metrics.Hosts, "h1")
	if got := list.Series[0].Count(); len(list.Series) != 1 || got != 1 {
		t.Errorf("got %d series, %d samples", len(list.Series), got)
	}
	if upstream.Unreadable("value") != 1 || upstream.Unreadable("time_stamp") != 1 {
		t.Error("not counted once each")
	}
}

func TestRowsThatCannotBeDecoded(t *testing.T) {
	t.Run("some", func(t *testing.T) {
		all, _ := sourcestest.NewLists(t, sourcestest.Listed(hostSample(nil), hostSample(sourcestest.Row{"value": []int{1}})),
			nil)
		list := seriesOf(t, all.Metrics.Hosts, "h1")
		if len(list.Series) != 1 || len(list.Gaps) != 1 || list.Gaps[0].Rows != 1 {
			t.Errorf("got %v, gaps %v", outlines(list.Series), list.Gaps)
		}
	})
	t.Run("all", func(t *testing.T) {
		all, _ := sourcestest.NewLists(t, sourcestest.Listed(hostSample(sourcestest.Row{"value": []int{1}})), nil)
		source := all.Metrics.Hosts
		key := metrics.Key{ID: "h1", Span: hour(t, source.Limit)}
		got := source.Windows.Get(t.Context(), "", []metrics.Key{key}, 0)[key]
		failure, ok := errors.AsType[*rest.Error](got.Err)
		if !ok || failure.Kind != rest.BadResponse {
			t.Errorf("got %v", got.Err)
		}
	})
}

func TestServerPerformance(t *testing.T) {
	row := sourcestest.Row{
		"sn": "s1", "metric": "CPUUsagePercent", "Value": "38", "dates": "2026-11-21", "time": "2026-11-21 9:00",
		"model": "2288X V5", "usage": "mgt/mgt-can", "region_code": "cn-north-7", "az_code": "cn-north-7", "dc_code": "d",
		"room_code": "r",
		"pack_code": "p", "slot_number": "4",
	}
	rows := []sourcestest.Row{sourcestest.Merged(row, sourcestest.Row{
		"time": "2026-11-21 11:30", "slot_number": 5,
		"model": "new",
	}), row, sourcestest.Merged(row, sourcestest.Row{"metric": "Watts", "Value": 120})}
	tests := map[string]struct {
		zone *time.Location
		want []string
		at   string
	}{
		"Quirk006 capital Value, Quirk045 hour without a zero in UTC+8": {nil, []string{
			"CPUUsagePercent CPUUsagePercent [-] 01:00=38 03:30=38", "Watts Watts [-] 01:00=120",
		}, "2026-11-21T03:30:00Z"},
		"Quirk045 the zone is a setting": {time.UTC, []string{
			"CPUUsagePercent CPUUsagePercent [-] 09:00=38 11:30=38", "Watts Watts [-] 09:00=120",
		}, "2026-11-21T11:30:00Z"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all, upstream := sourcestest.NewLists(t, sourcestest.Listed(rows...),
				func(cfg *dataset.Config, _ *esm.Options) { cfg.TextZone = test.zone })
			list := seriesOf(t, all.Metrics.Servers, "s1")
			if diff := cmp.Diff(test.want, outlines(list.Series)); diff != "" {
				t.Error(diff)
			}
			p := list.Position
			if p == nil || *p.Model != "new" || *p.Slot != 5 || p.ObservedAt.Format(time.RFC3339) != test.at || *p.Rack != "p" {
				t.Errorf("position is not that of the latest row: %+v", p)
			}
			if got := upstream.Asked()[0].Get("sn"); got != "s1" {
				t.Errorf("asked for the serial number %q", got)
			}
		})
	}
}

func TestQuirk060PositionOfRowsOfOneTime(t *testing.T) {
	row := func(metric, zone string) sourcestest.Row {
		return sourcestest.Row{
			"sn": "s1", "dates": "2026-11-21", "time": "2026-11-21 9:00", "metric": metric, "Value": "1",
			"az_code": zone,
		}
	}
	for name, rows := range map[string][]sourcestest.Row{
		"as sent once": {row("CPU", "a"), row("Watts", "b")}, "as sent again": {row("Watts", "b"), row("CPU", "a")},
	} {
		t.Run(name, func(t *testing.T) {
			all, _ := sourcestest.NewLists(t, sourcestest.Listed(rows...), nil)
			if p := seriesOf(t, all.Metrics.Servers, "s1").Position; p == nil || *p.AvailabilityZone != "a" {
				t.Errorf("position %+v", p)
			}
		})
	}
}

func TestMachineMetrics(t *testing.T) {
	row := sourcestest.Row{
		"INSTANCE_ID": "m1", "METRIC_NAME": "cpu_usage", "METRIC_VALUE": "10", "METRIC_UNIT": "%", "NAMESPACE": "ecs",
		"TIMESTAMP": sourcestest.Millis(sourcestest.Now().Truncate(time.Minute)),
	}
	all, _ := sourcestest.NewLists(t,
		sourcestest.Listed(row, sourcestest.Merged(row, sourcestest.Row{"METRIC_NAME": "Mem"})), nil)
	want := []string{"cpu_usage cpu_usage [%] 10:00=10", "Mem Mem [%] 10:00=10"}
	if diff := cmp.Diff(want, outlines(seriesOf(t, all.Metrics.Machines, "m1").Series)); diff != "" {
		t.Error(diff)
	}
}

func TestSeriesNamed(t *testing.T) {
	word := func(s string) *string { return &s }
	all := []*model.MetricSeries{
		{Name: "CPU", Key: "cpu.usage.avg", Item: word("cpu"), DataItem: word("usage")},
		{Name: "CPU", Key: "cpu.iowait.avg", Item: word("cpu"), DataItem: word("iowait")},
		{Name: "cpu_usage", Key: "cpu_usage"},
	}
	tests := map[string]struct {
		names []string
		want  int
	}{
		"all": {nil, 3}, "none": {[]string{}, 0}, "name or item": {[]string{"CPU"}, 2},
		"item and data item": {[]string{"Cpu.Usage"}, 1},
		"key":                {[]string{"cpu.iowait.avg"}, 1}, "name without item": {[]string{"CPU_USAGE"}, 1},
		"unknown": {[]string{"."}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := metrics.Named(all, test.names); len(got) != test.want || got == nil {
				t.Errorf("got %d (nil: %t), want %d", len(got), got == nil, test.want)
			}
		})
	}
}

func TestQuirk066OneCallForEachHost(t *testing.T) {
	all, upstream := sourcestest.NewLists(t, func(_ string, query url.Values) []any {
		return []any{hostSample(sourcestest.Row{"host_id": query.Get("host_id")})}
	}, nil)
	source := all.Metrics.Hosts
	var keys []metrics.Key
	for i := range 50 {
		keys = append(keys, metrics.Key{ID: fmt.Sprint("h", i), Span: hour(t, source.Limit)})
	}
	for key, outcome := range source.Windows.Get(t.Context(), "", keys, 0) {
		if outcome.Err != nil || len(outcome.Held.Value.Series) != 1 {
			t.Errorf("%s: %v", key.ID, outcome.Err)
		}
	}
	asked := upstream.Asked()
	if len(asked) != 50 {
		t.Errorf("%d calls for 50 hosts", len(asked))
	}
	source.Windows.Get(t.Context(), "", keys, 0)
	if again := len(upstream.Asked()); again != 50 {
		t.Errorf("%d calls after the second question", again)
	}
	t.Run("Quirk051 milliseconds, never 0", func(t *testing.T) {
		from, to := asked[0].Get("begin_time"), asked[0].Get("end_time")
		if from != sourcestest.Millis(keys[0].From) || to != sourcestest.Millis(keys[0].To) {
			t.Errorf("asked from %s to %s", from, to)
		}
	})
}

func TestQuirk062PagesAreBounded(t *testing.T) {
	all, upstream := sourcestest.NewLists(t, func(string, url.Values) []any {
		rows := make([]any, 1800)
		for i := range rows {
			rows[i] = hostSample(sourcestest.Row{
				"value":      i,
				"time_stamp": sourcestest.Millis(sourcestest.Now().Add(-time.Duration(i) * time.Second)),
			})
		}
		return rows
	}, func(_ *dataset.Config, o *esm.Options) { o.MaxPages = 3 })
	list := seriesOf(t, all.Metrics.Hosts, "h1")
	if !list.Truncated || !list.Series[0].Truncated || list.Rows != 1500 || list.Pages != 3 || list.Reported != 1800 {
		t.Errorf("got %+v, series truncated %t", list.Reading, list.Series[0].Truncated)
	}
	if list.Series[0].Count() != 1500 || len(upstream.Asked()) != 3 {
		t.Errorf("%d samples, %d calls", list.Series[0].Count(), len(upstream.Asked()))
	}
}

func TestQuirk095WindowsThatNoLongerChangeAreKeptLonger(t *testing.T) {
	all, upstream := sourcestest.NewLists(t, sourcestest.Listed(hostSample(nil)), nil)
	source := all.Metrics.Hosts
	now := sourcestest.Now().Truncate(time.Minute)
	settled := metrics.Key{ID: "h1", Span: dataset.Span{From: now.Add(-time.Hour), To: now.Add(-11 * time.Minute)}}
	moving := metrics.Key{ID: "h1", Span: dataset.Span{From: now.Add(-time.Hour), To: now}}
	keys := []metrics.Key{settled, moving}
	source.Windows.Get(t.Context(), "", keys, 0)
	upstream.Advance(5 * time.Minute) // past stale of plain metrics
	source.Windows.Get(t.Context(), "", keys, 0)
	if got := len(upstream.Asked()); got != 3 {
		t.Errorf("%d calls, want 2 and the moving window again", got)
	}
}
