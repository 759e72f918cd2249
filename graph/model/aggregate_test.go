package model_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
)

func TestAlarmsByDay(t *testing.T) {
	late := time.Date(2024, 9, 20, 17, 30, 0, 0, time.UTC)
	early := time.Date(2024, 9, 18, 3, 0, 0, 0, time.UTC)
	yes := true
	critical := model.AlarmSeverityCritical
	summary := &model.AlarmCounts{Counted: []*model.Alarm{
		{LastOccurredAt: &late, Severity: &critical},
		{LastOccurredAt: &late, Cleared: &yes},
		{LastOccurredAt: &early, Severity: &critical},
		{Severity: &critical},
	}}
	type day struct {
		Day                              string
		Total, Active, Critical, Unknown int
	}
	tests := []struct {
		name   string
		offset int
		want   []day
	}{
		{"utc", 0, []day{{"2024-09-18", 1, 1, 1, 0}, {"2024-09-20", 2, 1, 1, 1}}},
		{"east", 480, []day{{"2024-09-18", 1, 1, 1, 0}, {"2024-09-21", 2, 1, 1, 1}}},
		{"west", -240, []day{{"2024-09-17", 1, 1, 1, 0}, {"2024-09-20", 2, 1, 1, 1}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []day
			for _, count := range summary.ByDay(test.offset) {
				row := day{count.Day.Format(time.DateOnly), count.Total, count.Active, count.BySeverity[0].Count, 0}
				if last := count.TotalBySeverity[len(count.TotalBySeverity)-1]; last.Severity == nil {
					row.Unknown = last.Count // the cleared one
				}
				if last := count.BySeverity[len(count.BySeverity)-1]; last.Severity == nil {
					t.Errorf("%s: a cleared alarm counts as active", row.Day)
				}
				got = append(got, row)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("days (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAlarmsByDayAreBounded(t *testing.T) {
	summary := &model.AlarmCounts{}
	for i := range 1000 {
		day := time.Unix(int64(i)*86400, 0).UTC()
		summary.Counted = append(summary.Counted, &model.Alarm{LastOccurredAt: &day})
	}
	days := summary.ByDay(0)
	if len(days) != 366 || !days[365].Day.Equal(time.Unix(999*86400, 0)) {
		t.Errorf("%d days up to %v, want the latest 366", len(days), days[len(days)-1].Day)
	}
}

func TestCapacitySumLeavesOutWhatIsUnknown(t *testing.T) {
	number := func(f float64) *float64 { return &f }
	old, recent := at(0), at(60)
	var sum model.CapacitySum
	if sum.Allocation() != nil {
		t.Error("the sum of no row has an allocation")
	}
	sum.Add(&model.ServiceCapacity{
		Quantities: model.Quantities{Allocated: number(358), Available: number(132), Total: number(490)}, ObservedAt: &recent,
	})
	sum.Add(
		&model.ServiceCapacity{Quantities: model.Quantities{Allocated: number(42), Available: number(268)}, ObservedAt: &old})
	sum.Add(&model.ServiceCapacity{Quantities: model.Quantities{Allocated: number(1000)}})
	want := model.CapacitySum{
		Allocated: number(400), Available: number(400), Total: number(490), Rows: 3, RowsLeftOut: 1, OldestObservedAt: &old,
	}
	if diff := cmp.Diff(want, sum); diff != "" {
		t.Errorf("sum (-want +got):\n%s", diff)
	}
	if got := sum.Allocation(); got == nil || *got != 0.5 {
		t.Errorf("allocation = %v, want 0.5", got)
	}
}

func TestCapacitySumDoesNotTouchItsRows(t *testing.T) {
	one, two := 1.0, 2.0
	first := &model.ServiceCapacity{Quantities: model.Quantities{Total: &one}}
	var sum model.CapacitySum
	sum.Add(first)
	sum.Add(&model.ServiceCapacity{Quantities: model.Quantities{Total: &two}})
	if *first.Total != 1 || *sum.Total != 3 {
		t.Errorf("row total %v, sum %v", *first.Total, *sum.Total)
	}
}

func TestHostCounts(t *testing.T) {
	text := func(s string) *string { return &s }
	counts := []*model.HostCount{
		{Value: nil, Count: 90},
		{Value: text("b"), RegionCode: text("cn-north-7"), Count: 3},
		{Value: text("a"), RegionCode: text("cn-north-7"), Count: 3},
		{Value: text("z"), RegionCode: text("cn-east-2"), Count: 3},
		{Value: text("c"), Count: 8},
	}
	model.SortHostCounts(counts)
	summary := &model.HostSummary{Clusters: counts}
	var got []string
	for _, count := range summary.ByCluster(4) {
		got = append(got, *count.Value)
	}
	if diff := cmp.Diff([]string{"c", "z", "a", "b"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if all := summary.ByCluster(500); len(all) != 5 || all[4].Value != nil {
		t.Errorf("hosts without a value do not stand last among %d", len(all))
	}
}
