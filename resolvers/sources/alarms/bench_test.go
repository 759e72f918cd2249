package alarms_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// BenchmarkAlarmView is what queries ask of 50,000 alarms beside 1,000 hosts. Building and joining happen once for each
// generation of the data, the rest once for each query.
func BenchmarkAlarmView(b *testing.B) {
	const rows, regions, machines = 50_000, 10, 1_000
	hostRows := make([]string, machines)
	for i := range hostRows {
		hostRows[i] = fmt.Sprintf(
			`{"HOST_ID": "h%d", "HOST_NAME": "n%d", "SN": "s%d", "REGION_ID": "cn-r-%d", "MAC_IP": "10.0.%d.%d"}`,
			i, i, i, i%regions, i/250, i%250+1)
	}
	alarmRows := make([]string, rows)
	for i := range alarmRows {
		alarmRows[i] = fmt.Sprintf(`{"csn": "%d", "severity": "%d", "cleared": "%d", "LogicalRegionId": "cn-r-%d", "affectedService": "EVS",
			"latest_occur_utc": "%d", "first_occur_utc": "%d", "additional_information": "sn=s%d", "alarm_name": "alarm %d"}`,
			i, i%4+1, i%2, i%regions, 1_726_000_000_000+int64(i)*7919%rows*1000,
			1_726_000_000_000-int64(i)*7907%rows*100, i%(3*machines), i%97)
	}
	all, _ := sourcestest.New(b, map[string]string{
		"DeviceAlarm/info":       sourcestest.ListOf(alarmRows...),
		"CloudServiceAlarm/info": sourcestest.ListOf(alarmRows[:rows/10]...),
		"host/detail":            sourcestest.ListOf(hostRows...),
	}, nil)
	list := func(source model.AlarmSource) *alarms.List {
		held := all.Alarms.Lists[source].One(b.Context(), "", dataset.Span{}, 0)
		if held.Err != nil {
			b.Fatal(held.Err)
		}
		return held.Held.Value
	}
	device, service := list(model.AlarmSourceDevice), list(model.AlarmSourceCloudService)
	hosts := all.Hosts.List.One(b.Context(), "", struct{}{}, 0)
	if hosts.Err != nil {
		b.Fatal(hosts.Err)
	}
	view := alarms.NewView(service, device)
	run := func(name string, one func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				one()
			}
		})
	}
	run("build", func() { alarms.NewView(service, device) })
	run("build and join", func() { sources.JoinAlarms(alarms.NewView(service, device), hosts.Held.Value) })
	run("alarms of a host", func() { _ = sources.JoinAlarms(view, hosts.Held.Value).ByID["h1"] })
	no := false
	active := alarms.Matches(&model.AlarmFilter{Cleared: &no}, sourcestest.Now(), nil, nil)
	run("active ones of a region", func() { dataset.Select(view.InRegion("cn-r-3"), active) })
	run("active ones of all", func() { dataset.Select(view.All, active) })
	run("summary of a region", func() { alarms.Summarise(view.InRegion("cn-r-3")) })
	begin := view.All[len(view.All)-1].LastOccurredAt.Truncate(24 * time.Hour)
	trend := func(of *model.AlarmCounts, length time.Duration, buckets int) {
		of.TrendOver(begin, length, buckets, &begin)
	}
	counted := &model.AlarmCounts{Counted: view.All}
	run("trend, the first time", func() { trend(&model.AlarmCounts{Counted: view.All}, 24*time.Hour, 31) })
	run("trend of 31 days, kept", func() { trend(counted, 24*time.Hour, 31) })
	run("trend of 1500 minutes, kept", func() { trend(counted, time.Minute, 1500) })
	text := "S2999"
	ofText := alarms.Filter(&model.AlarmFilter{TextContains: &text}, sourcestest.Now())
	run("build, and look for a text", func() {
		fresh := alarms.NewView(service, device)
		fresh.Selected(fresh.Whole(), ofText, alarms.OrderOf(nil))
	})
	run("text, looked for in each", func() { dataset.Select(view.All, dataset.Matches(ofText)) })
	order := alarms.OrderOf(&model.AlarmOrder{Field: model.AlarmOrderFieldName})
	run("another order, sorted", func() { dataset.Sorted(order, view.All) })
	run("another order, kept", func() { view.InOrder(order) })
}
