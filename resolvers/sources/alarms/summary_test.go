package alarms_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func TestAlarmSummaryByRegionAndService(t *testing.T) {
	critical, minor, evs := model.AlarmSeverityCritical, model.AlarmSeverityMinor, model.CloudServiceTypeEvs
	at := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	all := []*model.Alarm{
		{Csn: "1", RegionCode: new("cn-south-1"), Severity: &critical, Service: &evs, LastOccurredAt: &at},
		{Csn: "2", RegionCode: new("cn-north-7"), Severity: &minor, Service: &evs, Cleared: new(true)},
		{Csn: "3", RegionCode: new("cn-north-7"), Severity: &minor, Acknowledged: new(true), Cleared: new(true)},
		{Csn: "4", Severity: &minor},
		{Csn: "5"},
	}
	summary := alarms.Summarise(all)
	got := fmt.Sprint(summary.Total, summary.Active, summary.Acknowledged, " ", summary.Latest.Csn, " ",
		severities(summary.BySeverity))
	for _, region := range summary.ByRegion {
		got += fmt.Sprint(" | ", sourcestest.Shown(region.RegionCode), " ", region.Total, region.Active, " ",
			severities(region.BySeverity))
	}
	for _, service := range summary.ByService {
		got += fmt.Sprint(" | ", sourcestest.Shown(service.Service), " ", service.Count, " ", severities(service.BySeverity))
	}
	want := "5 3 1 1 [1 0 1 0 1] | cn-south-1 1 1 [1 0 0 0] | cn-north-7 2 0 [0 0 0 0] | null 2 2 [0 0 1 0 1] | EVS 1 [1 0 0 0]" +
		" | null 2 [0 0 1 0 1]"
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
