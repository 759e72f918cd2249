package capacity_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func capacityRow(region, metric string, zone model.CapacityZone, unit model.CapacityUnit, allocated,
	available *float64,
) *model.ServiceCapacity {
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
			"TERABYTES 0.50 1 of 1 cn-north-7 POD memory",
			"CORES 0.50 2 of 3 cn-north-7 cn-south-1 null MANAGE POD null vcpu null",
			"null null 0 of 1 null null null",
		}},
		"one region":    {regions: []string{"cn-south-1"}, want: []string{"CORES 0.25 1 of 1 cn-south-1 MANAGE vcpu"}},
		"one zone":      {zones: []model.CapacityZone{manage}, want: []string{"CORES 0.25 1 of 1 cn-south-1 MANAGE vcpu"}},
		"no zone":       {zones: []model.CapacityZone{}, want: nil},
		"unknown place": {regions: []string{"cn-east-2"}, want: nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			totals, tooLarge := capacity.Totals(model.CloudServiceTypeDcc, rows, test.regions, test.zones)
			if tooLarge {
				t.Error("small figures are too large")
			}
			for _, total := range totals {
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
	line := fmt.Sprintf("%s %s %d of %d", sourcestest.Shown(total.Unit), share, total.Sum.Rows-total.Sum.RowsLeftOut,
		total.Sum.Rows)
	for _, region := range total.ByRegion {
		line += " " + sourcestest.Shown(region.RegionCode)
	}
	for _, zone := range total.ByZone {
		line += " " + sourcestest.Shown(zone.Zone)
	}
	for _, metric := range total.ByMetricType {
		line += " " + sourcestest.Shown(metric.MetricType)
	}
	return line
}

func TestQuirk015CapacityOfARegionNameCountsUnderTheText(t *testing.T) {
	made, _ := sourcestest.New(t, map[string]string{"/CloudService/capacity": sourcestest.ListOf(
		`{"region":"cn-north-7","timestamp":"1763568000000","allocated":"1","available":"1"}`,
		`{"region":"North Seven","timestamp":"1763568000000","allocated":"2","available":"1"}`,
		`{"region":"South One","timestamp":"1763568000000","allocated":"4","available":"1"}`,
	)}, nil)
	held := made.Capacity.Services.One(t.Context(), "", model.CloudServiceTypeEvs, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	rows, late := held.Held.Value.Counted()
	totals, _ := capacity.Totals(model.CloudServiceTypeEvs, rows, nil, nil)
	if len(totals) != 1 || *totals[0].Sum.Allocated != 7 || len(totals[0].ByRegion) != 3 || late != nil ||
		*totals[0].ByRegion[1].RegionCode != "South One" || *totals[0].ByRegion[1].Sum.Allocated != 4 {
		t.Errorf("%+v, late %v", totals, late)
	}
	if len(held.Held.Value.InRegion("cn-north-7")) != 1 || len(held.Held.Value.RegionCodes()) != 1 {
		t.Errorf("regions %v", held.Held.Value.RegionCodes())
	}
}
