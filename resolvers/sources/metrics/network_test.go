package metrics_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

func networkSample(address, metric string, fields sourcestest.Row) sourcestest.Row {
	return sourcestest.Merged(sourcestest.Row{
		"device_ip": address, "res_type": "2", "metric": metric, "region_id": "cn-north-7", "value": "1",
		"timestamp": sourcestest.Millis(sourcestest.Now().Truncate(time.Minute)),
	}, fields)
}

func networkList(t *testing.T, all *sources.Sources, key metrics.NetworkKey) *metrics.NetworkList {
	t.Helper()
	key.Span = hour(t, all.Metrics.Network.OneDevice)
	outcome := all.Metrics.Network.Windows.Get(t.Context(), "", []metrics.NetworkKey{key}, 0)[key]
	if outcome.Err != nil || !outcome.Found {
		t.Fatalf("outcome: found %t, error %v", outcome.Found, outcome.Err)
	}
	return outcome.Held.Value
}

func TestNetworkMetrics(t *testing.T) {
	all, upstream := sourcestest.NewLists(t, sourcestest.Listed(
		networkSample("10.21.0.21", "101", nil), networkSample("10.21.0.9", "59", nil),
		networkSample("10.21.0.21", "14", nil),
		networkSample("10.21.0.21", "59", sourcestest.Row{"value": "41"}), networkSample("XX.XX.XX.XX", "14", nil),
		networkSample("10.21.0.21", "999", sourcestest.Row{"region_id": "North-7"}),
		networkSample("10.21.0.21", "14", sourcestest.Row{"res_type": "3"}),
	), func(cfg *dataset.Config, _ *esm.Options) { cfg.NetworkMetricNames = map[string]string{"59": "CPU"} })
	list := networkList(t, all, metrics.NetworkKey{})
	var got []string
	for _, m := range list.All {
		known := "-"
		if m.Metric != nil {
			known = string(*m.Metric)
		}
		got = append(got, fmt.Sprintf("%s %s %s %s [%s] %s", m.ManagementIP, known, m.Series.Name, m.Series.Key, m.Address,
			textOr(m.RegionCode, "-")))
	}
	want := []string{ // Quirk040: the code stays, its name is configured; Quirk041: an unknown code is null with its text
		"10.21.0.9 CODE_59 CPU 59 [10.21.0.9] cn-north-7",
		"10.21.0.21 CODE_14 14 14 [10.21.0.21] cn-north-7",
		"10.21.0.21 CODE_14 14 14.3.cn-north-7 [10.21.0.21] cn-north-7",
		"10.21.0.21 CODE_59 CPU 59 [10.21.0.21] cn-north-7",
		"10.21.0.21 CODE_101 101 101 [10.21.0.21] cn-north-7",
		"10.21.0.21 - 999 999 [10.21.0.21] -",
		"XX.XX.XX.XX CODE_14 14 14 [] cn-north-7",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !all.Regions.Known("", "cn-north-7") || all.Regions.Known("", "North-7") {
		t.Error("regions are learned by code alone")
	}
	t.Run("Quirk066 filters are handed to the upstream", func(t *testing.T) {
		networkList(t, all, metrics.NetworkKey{Address: "10.21.0.9", Metric: "59"})
		asked := upstream.Asked()
		if q := asked[len(asked)-1]; q.Get("management_ip") != "10.21.0.9" || q.Get("metric") != "59" {
			t.Errorf("asked %v", q)
		}
		if q := asked[0]; q.Has("management_ip") || q.Has("metric") {
			t.Errorf("asked %v for all", q)
		}
	})
	t.Run("series of a device", func(t *testing.T) {
		for name, test := range map[string]struct {
			address string
			metrics []model.NetworkMetric
			want    int
		}{
			"all":             {"10.21.0.21", nil, 6}, // the one of a masked address too
			"some":            {"10.21.0.21", []model.NetworkMetric{model.NetworkMetricCode59, model.NetworkMetricCode101}, 2},
			"none of them":    {"10.21.0.21", []model.NetworkMetric{}, 0},
			"another device":  {"10.21.0.9", nil, 2},
			"unknown address": {"10.21.0.1", nil, 1},
		} {
			own := networkList(t, all, metrics.NetworkKey{Address: test.address})
			if got := own.SeriesOf(test.metrics); len(got) != test.want || got == nil {
				t.Errorf("%s: got %d series, want %d", name, len(got), test.want)
			}
		}
	})
}

func TestQuirk062NetworkSamplesAreFoldedAndCut(t *testing.T) {
	rows := make([]sourcestest.Row, 0, 2000)
	for i := range 2000 {
		rows = append(rows, networkSample("10.0.0.1", "59", sourcestest.Row{"timestamp": sourcestest.Millis(
			sourcestest.Now().Add(-time.Duration(i) * time.Second)), "value": i}))
	}
	all, upstream := sourcestest.NewLists(t, sourcestest.Listed(rows...),
		func(_ *dataset.Config, o *esm.Options) { o.MaxPages = 2 })
	list := networkList(t, all, metrics.NetworkKey{})
	if len(list.All) != 1 || !list.Truncated || list.Reported != 2000 || list.Rows != 1000 ||
		list.All[0].Series.Count() != 1000 {
		t.Errorf("got %d metrics, %+v", len(list.All), list.Reading)
	}
	if got := len(upstream.Asked()); got != 2 {
		t.Errorf("%d calls", got)
	}
}
