package loaders_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// alarmSources are sources of three alarms with times, of some hundred without, and, where broken names a region, of a
// row of it that can't be read.
func alarmSources(t *testing.T, broken string) (*sources.Sources, *sourcestest.Lists) {
	t.Helper()
	return sourcestest.NewLists(t, func(path string, _ url.Values) []any {
		if !strings.HasSuffix(path, "DeviceAlarm/info") {
			return nil
		}
		at := func(ago time.Duration) string { return sourcestest.Now().Add(-ago).Format(time.DateTime) }
		rows := []any{
			sourcestest.Row{"csn": "1", "LogicalRegionId": "cn-r-1", "first_occur_utc": at(2 * time.Hour), "latest_occur_utc": at(time.Hour)},
			sourcestest.Row{"csn": "2", "LogicalRegionId": "cn-r-1", "first_occur_utc": at(time.Hour), "latest_occur_utc": at(time.Hour)},
			sourcestest.Row{"csn": "3", "LogicalRegionId": "cn-r-2", "first_occur_utc": at(time.Minute), "latest_occur_utc": at(0)},
		}
		for i := range 300 { // so many that filters keep what they select
			rows = append(rows, sourcestest.Row{"csn": fmt.Sprint("x", i)})
		}
		if broken != "" {
			rows = append(rows, sourcestest.Row{"csn": []int{}, "LogicalRegionId": broken})
		}
		return rows
	}, func(cfg *dataset.Config, _ *esm.Options) { cfg.Windows.Alarms = window })
}

// window is how far back the lists reach.
const window = 30 * 24 * time.Hour

func summaryOf(
	t *testing.T, set *loaders.Set, region string, filter *model.AlarmFilter,
) *model.AlarmSummary {
	t.Helper()
	summary, err := set.AlarmSummary(t.Context(), loaders.AlarmsOf{Region: region}, filter)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func completeFrom(t *testing.T, summary *model.AlarmSummary) *time.Time {
	t.Helper()
	from, err := summary.CompleteFrom(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return from
}

// TestAlarmsCompleteFrom asks from when on summaries of lists, parts and filters lack no raised alarm.
func TestAlarmsCompleteFrom(t *testing.T) {
	now := sourcestest.Now()
	before := func(ago time.Duration) *time.Time { at := now.Add(-ago); return &at }
	const day, hour = 24 * time.Hour, time.Hour
	begin := before(window).Truncate(time.Minute).Add(time.Minute) // of a window that begins at a whole minute
	last := func(length time.Duration) *model.TimeRange { return &model.TimeRange{Last: &length} }
	span := func(from, to time.Duration) *model.TimeRange {
		return &model.TimeRange{From: before(from), To: before(to)}
	}
	for _, test := range []struct {
		name, region, broken string
		filter               *model.AlarmFilter
		want                 *time.Time
	}{
		{"all", "", "", nil, &begin},
		{"one list", "", "", &model.AlarmFilter{Sources: []model.AlarmSource{model.AlarmSourceDevice}}, &begin},
		{"a filter of no time", "", "", &model.AlarmFilter{Regions: []string{"cn-r-1"}}, &begin},
		{"a span that begins later", "", "", &model.AlarmFilter{LastOccurred: last(hour)}, before(hour)},
		{"one that begins earlier", "", "", &model.AlarmFilter{LastOccurred: last(2 * window)}, &begin},
		{"one that has ended", "", "", &model.AlarmFilter{LastOccurred: span(day, 0)}, nil},
		{"one that ends to come", "", "", &model.AlarmFilter{LastOccurred: &model.TimeRange{To: before(-hour)}}, &begin},
		{"a range of its own", "", "", &model.AlarmFilter{Range: last(31 * day)}, before(31 * day)},
		{"a range in the past", "", "", &model.AlarmFilter{Range: span(90*day, 80*day)}, nil},
		{"a span in a range", "", "", &model.AlarmFilter{Range: last(5 * day), LastOccurred: last(hour)}, before(hour)},
		{"a range to come", "", "", &model.AlarmFilter{Range: span(-40*day, -50*day)}, nil},
		{"a row that can't be read", "", "cn-r-1", nil, nil},
		{"one of another region", "cn-r-2", "cn-r-1", nil, &begin},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, upstream := alarmSources(t, test.broken)
			set := loaders.New(t.Context(), all, loaders.Options{Now: upstream.Clock()})
			got := completeFrom(t, summaryOf(t, set, test.region, test.filter))
			if (got == nil) != (test.want == nil) || got != nil && !got.Equal(*test.want) {
				t.Errorf("complete from %v, want %v", got, test.want)
			}
		})
	}
}

// TestAlarmTrendOfOneGeneration asks again a little later: the data are the same, and so is what they are worked out
// from, and from when on they are complete.
func TestAlarmTrendOfOneGeneration(t *testing.T) {
	all, upstream := alarmSources(t, "")
	first := loaders.New(t.Context(), all, loaders.Options{Now: upstream.Clock()})
	upstream.Advance(20 * time.Second)
	second := loaders.New(t.Context(), all, loaders.Options{Now: upstream.Clock()})
	device := &model.AlarmFilter{Sources: []model.AlarmSource{model.AlarmSourceDevice}}
	for name, of := range map[string]struct {
		region string
		filter *model.AlarmFilter
	}{"all": {}, "region": {region: "cn-r-1"}, "source": {filter: device}} {
		a, b := summaryOf(t, first, of.region, of.filter), summaryOf(t, second, of.region, of.filter)
		if a.AlarmCounts != b.AlarmCounts {
			t.Errorf("%s: counted twice", name)
		}
		if a, b := completeFrom(t, a), completeFrom(t, b); !a.Equal(*b) {
			t.Errorf("%s: complete from %s, then from %s", name, a, b)
		}
	}
	if calls := len(upstream.Asked()); calls != 2 {
		t.Errorf("%d calls, want one of each list", calls)
	}
}

// TestAlarmTrendStandsUntil asks trends of ranges that move with the moment and of one that does not: an answer with
// the former is given again until the next minute alone.
func TestAlarmTrendStandsUntil(t *testing.T) {
	all, upstream := alarmSources(t, "")
	to := upstream.Clock().Truncate(time.Hour).Add(-time.Hour)
	from := to.Add(-2 * time.Hour)
	hours := 3 * time.Hour
	for _, test := range []struct {
		name   string
		within *model.TimeRange
		moves  bool
		raised int
	}{
		{"none", nil, true, 3},
		{"back from now", &model.TimeRange{Last: &hours}, true, 3},
		{"open", &model.TimeRange{From: &to}, true, 2},
		{"past", &model.TimeRange{From: &from, To: &to}, false, 1},
	} {
		set := loaders.New(t.Context(), all, loaders.Options{Now: upstream.Clock()})
		trend, err := set.AlarmTrend(t.Context(), summaryOf(t, set, "", nil), model.AlarmBucketHour, test.within, 0)
		if err != nil {
			t.Fatal(err)
		}
		raised := 0
		for _, bucket := range trend.Buckets {
			raised += bucket.Raised
		}
		if raised != test.raised {
			t.Errorf("%s: %d raised, want %d", test.name, raised, test.raised)
		}
		if until := set.Basis().Until; until.IsZero() == test.moves {
			t.Errorf("%s: stands until %s", test.name, until)
		}
	}
}

// TestAlarmsOfDevicesAndHosts filters by both at once.
func TestAlarmsOfDevicesAndHosts(t *testing.T) {
	all, upstream := sourcestest.NewLists(t, func(path string, _ url.Values) []any {
		switch {
		case strings.HasSuffix(path, "DeviceAsset/info"):
			return []any{
				sourcestest.Row{"device_id": "device-0001", "region": "cn-r-1"}, sourcestest.Row{"device_id": "device-0002", "region": "cn-r-1"},
			}
		case strings.HasSuffix(path, "host/detail"):
			return []any{sourcestest.Row{"HOST_ID": "h1", "SN": "s1", "REGION_ID": "cn-r-1"}}
		case strings.HasSuffix(path, "DeviceAlarm/info"):
			return []any{
				sourcestest.Row{"csn": "1", "LogicalRegionId": "cn-r-1", "meDn": "device-0001", "additional_information": "sn=s1"},
				sourcestest.Row{"csn": "2", "LogicalRegionId": "cn-r-1", "meDn": "device-0001"},
				sourcestest.Row{"csn": "3", "LogicalRegionId": "cn-r-1", "meDn": "device-0002", "additional_information": "sn=s1"},
				sourcestest.Row{"csn": "4", "LogicalRegionId": "cn-r-1"},
			}
		default:
			return nil
		}
	}, nil)
	for want, filter := range map[string]*model.AlarmFilter{
		"1 2":   {DeviceIds: []string{"device-0001", "device-0001", "none"}},
		"1 2 3": {DeviceIds: []string{"device-0002", "device-0001"}},
		"1":     {DeviceIds: []string{"device-0001"}, HostIds: []string{"h1"}}, "": {DeviceIds: []string{}},
		"1 3": {HostIds: []string{"h1"}},
	} {
		for _, of := range []loaders.AlarmsOf{{}, {Region: "cn-r-1"}} {
			set := loaders.New(t.Context(), all, loaders.Options{Now: upstream.Clock()})
			page, err := set.AlarmPage(t.Context(), of, filter, nil, paging.Args{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, alarm := range page.Nodes {
				got = append(got, alarm.Csn)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%+v in %q: %v, want %s", filter, of.Region, got, want)
			}
		}
	}
	set := loaders.New(t.Context(), all, loaders.Options{Now: upstream.Clock()})
	page, err := set.AlarmPage(t.Context(), loaders.AlarmsOf{DeviceID: "device-0001"},
		&model.AlarmFilter{DeviceIds: []string{"device-0002"}}, nil, paging.Args{})
	if err != nil || len(page.Nodes) != 0 {
		t.Errorf("a device has %d alarms of another, %v", len(page.Nodes), err)
	}
}
