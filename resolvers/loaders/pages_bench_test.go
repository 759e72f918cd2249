package loaders_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// site is a site of so many hosts, devices and alarms each, from memory.
type site struct {
	new  func() *loaders.Set
	rows int
}

func newSite(tb testing.TB, rows int) *site {
	tb.Helper()
	hosts, devices, alarms := make([]any, rows), make([]any, rows), make([]any, rows)
	for i := range rows {
		region := fmt.Sprintf("cn-r-%d", i%10)
		hosts[i] = sourcestest.Row{
			"HOST_ID": fmt.Sprint("h", i), "HOST_NAME": fmt.Sprintf("r%d-compute-%05d", i%10, i), "SN": fmt.Sprint("s", i),
			"REGION_ID": region, "CLUSTER_NAME": fmt.Sprint("cluster-", i/40), "ZONE_CODE": fmt.Sprint(region, "-", i%3),
		}
		devices[i] = sourcestest.Row{
			"device_id": fmt.Sprint("d", i), "name": fmt.Sprintf("r%d-device-%05d", i%10, i), "region": region,
			"device_type": []string{"server", "switch"}[i%2], "model": fmt.Sprint("model ", i%20),
		}
		alarms[i] = sourcestest.Row{
			"csn": fmt.Sprint(i), "severity": fmt.Sprint(i%4 + 1), "cleared": fmt.Sprint(i % 2), "LogicalRegionId": region,
			"affectedService": "EVS", "alarm_name": fmt.Sprint("alarm ", i%97), "alarm_id": fmt.Sprint(i % 500),
			"latest_occur_utc": sourcestest.Millis(sourcestest.Now().Add(-time.Duration(i) * time.Second)),
			"moi":              fmt.Sprint("h", i),
		}
	}
	all, upstream := sourcestest.NewLists(tb, func(path string, _ url.Values) []any {
		switch {
		case strings.Contains(path, "host/detail"):
			return hosts
		case strings.Contains(path, "Alarm/info"):
			return alarms
		case strings.HasSuffix(path, "/v1/DeviceAsset/info"):
			return devices
		}
		return nil
	}, func(_ *dataset.Config, o *esm.Options) { o.FastPageSize, o.SlowPageSize, o.MaxPages = 500, 1000, 1000 })
	return &site{rows: rows, new: func() *loaders.Set {
		return loaders.New(tb.Context(), all, loaders.Options{Now: upstream.Clock()})
	}}
}

// some fails where a page is empty: nothing would be measured.
func some[T any](page *model.Connection[T], err error) error {
	if err == nil && len(page.Nodes) == 0 {
		return errors.New("an empty page")
	}
	return err
}

// BenchmarkPages is a page of 50 of each list by each filter, at 20,000 rows; "of-200" is that time by the one at 200
// rows. What differs from query to query is asked differently each time, so that no selection is kept for it.
func BenchmarkPages(b *testing.B) {
	small, large := newSite(b, 200), newSite(b, 20_000)
	first, no := 50, false
	page := paging.Args{First: &first}
	hosts := func(filter func(s *site, i int) *model.HostFilter, order *model.HostOrder) func(*site, int) error {
		return func(s *site, i int) error {
			return some(s.new().HostPage(context.Background(), "", filter(s, i), order, page))
		}
	}
	devices := func(filter func(s *site, i int) *model.DeviceFilter) func(*site, int) error {
		return func(s *site, i int) error {
			return some(s.new().DevicePage(context.Background(), "", filter(s, i), nil, page))
		}
	}
	alarms := func(
		region string, filter func(s *site, i int) *model.AlarmFilter, order *model.AlarmOrder,
	) func(*site, int) error {
		return func(s *site, i int) error {
			return some(s.new().AlarmPage(context.Background(), loaders.AlarmsOf{Region: region}, filter(s, i), order, page))
		}
	}
	text := func(format string, values ...any) *string { s := fmt.Sprintf(format, values...); return &s }
	for _, list := range []struct {
		name string
		ask  func(s *site, i int) error
	}{
		{"hosts", hosts(func(*site, int) *model.HostFilter { return nil }, nil)},
		{"hosts/by memory", hosts(func(*site, int) *model.HostFilter { return nil },
			&model.HostOrder{Field: model.HostOrderFieldMemory})},
		{"hosts/a name", hosts(func(s *site, i int) *model.HostFilter {
			return &model.HostFilter{NameContains: text("compute-%05d", i%s.rows)}
		}, nil)},
		{"hosts/part of names", hosts(func(s *site, i int) *model.HostFilter {
			return &model.HostFilter{NameContains: text("-%04d", i%(s.rows/10))}
		}, nil)},
		{"hosts/a region", hosts(func(_ *site, i int) *model.HostFilter {
			return &model.HostFilter{Regions: []string{*text("cn-r-%d", i%10)}}
		}, nil)},
		{"hosts/a cluster", hosts(func(s *site, i int) *model.HostFilter {
			return &model.HostFilter{Clusters: []string{*text("cluster-%d", i%(s.rows/40))}}
		}, nil)},
		{"hosts/ids", hosts(func(s *site, i int) *model.HostFilter {
			return &model.HostFilter{HostIds: []string{*text("h%d", i%s.rows), *text("h%d", (i+7)%s.rows)}}
		}, nil)},
		{"devices/a name", devices(func(s *site, i int) *model.DeviceFilter {
			return &model.DeviceFilter{NameContains: text("device-%05d", i%s.rows)}
		})},
		{"devices/a model", devices(func(_ *site, i int) *model.DeviceFilter {
			return &model.DeviceFilter{Models: []string{*text("Model %d", i%20)}}
		})},
		{"alarms/active", alarms("", func(*site, int) *model.AlarmFilter { return &model.AlarmFilter{Cleared: &no} }, nil)},
		{"alarms/a region's active", alarms("cn-r-2", func(*site, int) *model.AlarmFilter {
			return &model.AlarmFilter{Cleared: &no}
		}, nil)},
		{"alarms/a severity by name", alarms("", func(_ *site, i int) *model.AlarmFilter {
			return &model.AlarmFilter{Severities: model.AllAlarmSeverity[i%4 : i%4+1]}
		}, &model.AlarmOrder{Field: model.AlarmOrderFieldName})},
		{"alarms/a kind", alarms("", func(s *site, i int) *model.AlarmFilter {
			return &model.AlarmFilter{DefinitionIds: []string{*text("%d", i%min(500, s.rows))}}
		}, nil)},
		{"alarms/a span of active ones", alarms("", func(_ *site, i int) *model.AlarmFilter {
			last := time.Duration(i%3000+60) * time.Second
			return &model.AlarmFilter{Cleared: &no, LastOccurred: &model.TimeRange{Last: &last}}
		}, nil)},
		{"summary of alarms", func(s *site, _ int) error {
			_, err := s.new().AlarmSummary(context.Background(), loaders.AlarmsOf{}, nil)
			return err
		}},
		{"summary of a region's active alarms", func(s *site, _ int) error {
			active := &model.AlarmFilter{Cleared: &no}
			_, err := s.new().AlarmSummary(context.Background(), loaders.AlarmsOf{Region: "cn-r-2"}, active)
			return err
		}},
		{"summary of a region's hosts", func(s *site, _ int) error {
			_, err := s.new().HostSummary(context.Background(), "cn-r-1", nil)
			return err
		}},
	} {
		times := func(s *site) time.Duration {
			const rounds = 200
			for i := range rounds { // indexes and orders are made
				if err := list.ask(s, i); err != nil {
					b.Fatal(err)
				}
			}
			begun := time.Now()
			for i := range rounds {
				if err := list.ask(s, i); err != nil {
					b.Fatal(err)
				}
			}
			return time.Since(begun) / rounds
		}
		b.Run(list.name, func(b *testing.B) {
			few, many := times(small), times(large)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := list.ask(large, i); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(many)/float64(few), "of-200")
		})
	}
}
