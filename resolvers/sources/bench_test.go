package sources_test

import (
	"fmt"
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

// BenchmarkAlarmView is what queries ask of 50,000 alarms beside 1,000 hosts. Building and joining happen once for each generation
// of the data, the rest once for each query.
func BenchmarkAlarmView(b *testing.B) {
	const alarms, regions, machines = 50_000, 10, 1_000
	hostRows := make([]string, machines)
	for i := range hostRows {
		hostRows[i] = fmt.Sprintf(`{"HOST_ID": "h%d", "HOST_NAME": "n%d", "SN": "s%d", "REGION_ID": "cn-r-%d", "MAC_IP": "10.0.%d.%d"}`,
			i, i, i, i%regions, i/250, i%250+1)
	}
	alarmRows := make([]string, alarms)
	for i := range alarmRows {
		alarmRows[i] = fmt.Sprintf(`{"csn": "%d", "severity": "%d", "cleared": "%d", "LogicalRegionId": "cn-r-%d", "affectedService": "EVS",
			"latest_occur_utc": "%d", "additional_information": "sn=s%d", "alarm_name": "alarm %d"}`,
			i, i%4+1, i%2, i%regions, 1_726_000_000_000+int64(i)*7919%alarms*1000, i%(3*machines), i%97)
	}
	all, _ := newInventory(b, map[string]string{
		"DeviceAlarm/info": listOf(alarmRows...), "CloudServiceAlarm/info": listOf(alarmRows[:alarms/10]...), "host/detail": listOf(hostRows...),
	}, nil)
	list := func(source model.AlarmSource) *sources.AlarmList {
		held, err := all.Alarms.Load(b.Context(), "", source, 0)
		if err != nil {
			b.Fatal(err)
		}
		return held.Value
	}
	device, service := list(model.AlarmSourceDevice), list(model.AlarmSourceCloudService)
	hosts, err := all.Hosts.Load(b.Context(), "", 0)
	if err != nil {
		b.Fatal(err)
	}
	view := sources.NewAlarmView(service, device)
	run := func(name string, one func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				one()
			}
		})
	}
	run("build", func() { sources.NewAlarmView(service, device) })
	run("build and join", func() { sources.NewAlarmView(service, device).OfHost(hosts.Value, "h1") })
	run("alarms of a host", func() { view.OfHost(hosts.Value, "h1") })
	no := false
	active := sources.AlarmMatches(&model.AlarmFilter{Cleared: &no}, inventoryNow(), nil)
	run("active ones of a region", func() { sources.Select(view.InRegion("cn-r-3"), active) })
	run("active ones of all", func() { sources.Select(view.All, active) })
	run("summary of a region", func() { sources.SummariseAlarms(view.InRegion("cn-r-3")) })
	order := sources.AlarmOrderOf(&model.AlarmOrder{Field: model.AlarmOrderFieldName})
	run("another order, sorted", func() { order.Sorted(view.All) })
	run("another order, kept", func() { view.InOrder(order) })
}
