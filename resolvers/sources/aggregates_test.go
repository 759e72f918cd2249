package sources_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func capacityRow(region, metric string, zone model.CapacityZone, unit model.CapacityUnit, allocated, available *float64) *model.ServiceCapacity {
	row := &model.ServiceCapacity{Quantities: model.Quantities{Allocated: allocated, Available: available}, Unit: &unit}
	if region != "" {
		row.RegionCode = &region
	}
	if metric != "" {
		row.MetricType = &metric
	}
	if zone != "" {
		row.Zone = &zone
	}
	return row
}

func TestTotalCapacity(t *testing.T) {
	pod, manage := model.CapacityZonePod, model.CapacityZoneManage
	rows := []*model.ServiceCapacity{
		capacityRow("cn-north-7", "vcpu", pod, model.CapacityUnitCores, new(30.0), new(10.0)),
		capacityRow("cn-south-1", "vcpu", manage, model.CapacityUnitCores, new(10.0), new(30.0)),
		capacityRow("", "", "", model.CapacityUnitCores, new(5.0), nil),
		capacityRow("cn-north-7", "memory", pod, model.CapacityUnitTerabytes, new(1.0), new(1.0)),
		{},
	}
	for name, test := range map[string]struct {
		regions []string
		zones   []model.CapacityZone
		want    []string
	}{
		"all, by unit": {want: []string{
			"TERABYTES 0.50 1 of 1 cn-north-7 POD memory", "CORES 0.50 2 of 3 cn-north-7 cn-south-1 null MANAGE POD null vcpu null",
			"null null 0 of 1 null null null",
		}},
		"one region":    {regions: []string{"cn-south-1"}, want: []string{"CORES 0.25 1 of 1 cn-south-1 MANAGE vcpu"}},
		"one zone":      {zones: []model.CapacityZone{manage}, want: []string{"CORES 0.25 1 of 1 cn-south-1 MANAGE vcpu"}},
		"no zone":       {zones: []model.CapacityZone{}, want: nil},
		"unknown place": {regions: []string{"cn-east-2"}, want: nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, total := range sources.TotalCapacity(model.CloudServiceTypeDcc, rows, test.regions, test.zones) {
				got = append(got, totalLine(total))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func totalLine(total *model.CapacityTotal) string {
	share := "null"
	if allocation := total.Sum.Allocation(); allocation != nil {
		share = fmt.Sprintf("%.2f", *allocation)
	}
	line := fmt.Sprintf("%s %s %d of %d", shown(total.Unit), share, total.Sum.Rows-total.Sum.RowsLeftOut, total.Sum.Rows)
	for _, region := range total.ByRegion {
		line += " " + shown(region.RegionCode)
	}
	for _, zone := range total.ByZone {
		line += " " + shown(zone.Zone)
	}
	for _, metric := range total.ByMetricType {
		line += " " + shown(metric.MetricType)
	}
	return line
}

func TestQuirk015CapacityOfARegionNameCountsUnderNone(t *testing.T) {
	made, _ := newInventory(t, map[string]string{"/CloudService/capacity": listOf(
		`{"region":"cn-north-7","timestamp":"1763568000000","allocated":"1","available":"1"}`,
		`{"region":"North Seven","timestamp":"1763568000000","allocated":"2","available":"1"}`,
		`{"region":"South One","timestamp":"1763568000000","allocated":"4","available":"1"}`,
	)}, nil)
	held, err := made.Capacity.Load(t.Context(), "", model.CloudServiceTypeEvs, 0)
	if err != nil {
		t.Fatal(err)
	}
	totals := sources.TotalCapacity(model.CloudServiceTypeEvs, held.Value.All, nil, nil)
	if len(totals) != 1 || *totals[0].Sum.Allocated != 7 || len(totals[0].ByRegion) != 2 || *totals[0].ByRegion[1].Sum.Allocated != 6 {
		t.Errorf("%+v", totals)
	}
	if len(held.Value.InRegion("cn-north-7")) != 1 || len(held.Value.RegionCodes()) != 1 {
		t.Errorf("regions %v", held.Value.RegionCodes())
	}
}

func TestSummariseHosts(t *testing.T) {
	xeon, kunpeng := &model.Processor{Model: new("Xeon")}, &model.Processor{Model: new("Kunpeng")}
	summary := sources.SummariseHosts([]*model.Host{
		{RegionCode: new("cn-south-1"), AvailabilityZone: new("a"), MemoryGib: new(64.0), Processors: []*model.Processor{xeon, xeon, kunpeng}},
		{RegionCode: new("cn-north-7"), AvailabilityZone: new("a"), MemoryGib: new(32.0), Processors: []*model.Processor{xeon}},
		{RegionCode: new("cn-north-7"), AvailabilityZone: new("a"), Cluster: new("c")},
		{Processors: []*model.Processor{{}}},
	})
	got := fmt.Sprintf("%d %g %d", summary.Total, summary.MemoryGib, summary.HostsWithoutMemory)
	for _, counts := range [][]*model.HostCount{summary.ByRegion, summary.Clusters, summary.Models, summary.AvailabilityZones} {
		got += " |"
		for _, count := range counts {
			got += fmt.Sprintf(" %s/%s:%d,%g", shown(count.RegionCode), shown(count.Value), count.Count, count.MemoryGib)
		}
	}
	want := "4 96 2 | null/cn-north-7:2,32 null/cn-south-1:1,64 null/null:1,0 | null/c:1,0 null/null:3,96" +
		" | null/Xeon:2,96 null/Kunpeng:1,64 null/null:2,0 | cn-north-7/a:2,32 cn-south-1/a:1,64 null/null:1,0"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAlarmSummaryByRegionAndService(t *testing.T) {
	critical, minor, evs := model.AlarmSeverityCritical, model.AlarmSeverityMinor, model.CloudServiceTypeEvs
	at := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	alarms := []*model.Alarm{
		{Csn: "1", RegionCode: new("cn-south-1"), Severity: &critical, Service: &evs, LastOccurredAt: &at},
		{Csn: "2", RegionCode: new("cn-north-7"), Severity: &minor, Service: &evs, Cleared: new(true)},
		{Csn: "3", RegionCode: new("cn-north-7"), Severity: &minor, Acknowledged: new(true), Cleared: new(true)},
		{Csn: "4", Severity: &minor},
		{Csn: "5"},
	}
	summary := sources.SummariseAlarms(alarms)
	got := fmt.Sprint(summary.Total, summary.Active, summary.Acknowledged, " ", summary.Latest.Csn, " ", severities(summary.BySeverity))
	for _, region := range summary.ByRegion {
		got += fmt.Sprint(" | ", shown(region.RegionCode), " ", region.Total, region.Active, " ", severities(region.BySeverity))
	}
	for _, service := range summary.ByService {
		got += fmt.Sprint(" | ", service.Service, " ", service.Count, " ", severities(service.BySeverity))
	}
	want := "5 3 1 1 [1 0 1 0 1] | cn-south-1 1 1 [1 0 0 0] | cn-north-7 2 0 [0 0 0 0] | null 2 2 [0 0 1 0 1] | EVS 1 [1 0 0 0]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if days := summary.ByDay(0); len(days) != 1 || days[0].Total != 1 {
		t.Errorf("by day %+v", days)
	}
}

func severities(counts []*model.AlarmSeverityCount) []int {
	var numbers []int
	for _, count := range counts {
		numbers = append(numbers, count.Count)
	}
	return numbers
}
