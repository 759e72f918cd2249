package capacity_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func physicalList(t *testing.T, rows ...string) *capacity.PhysicalList {
	t.Helper()
	all, _ := sourcestest.New(t, map[string]string{"host-physical/capacity": sourcestest.ListOf(rows...)}, knowNorth)
	held := all.Capacity.Physical.One(t.Context(), "", struct{}{}, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	return held.Held.Value
}

func TestPhysicalCapacityFields(t *testing.T) {
	tests := []struct {
		name, row string // without its region
		show      func(*model.PhysicalCapacity) string
		want      string
	}{
		{
			"Quirk007 compute rows say service_type", `"service_type": "ECS", "metric_type": "vCpu"`,
			func(c *model.PhysicalCapacity) string {
				return sourcestest.Shown(c.DeviceType) + " " + sourcestest.Shown(c.DeviceTypeText)
			}, "COMPUTE ECS",
		},
		{
			"Quirk007 device_type goes first", `"service_type": "ECS", "device_type": "EVS"`,
			func(c *model.PhysicalCapacity) string { return sourcestest.Shown(c.DeviceType) }, "STORAGE",
		},
		{
			"Quirk017 resource and metric stay apart",
			`"service_type": "ECS", "resource_type": "C6xLarge", "metric_type": "memory"`,
			func(c *model.PhysicalCapacity) string {
				return sourcestest.Shown(c.ResourceType) + " " + sourcestest.Shown(c.MetricType)
			}, "C6xLarge memory",
		},
		{
			"Quirk025 cores", `"service_type": "ECS", "metric_type": "vCPU"`,
			func(c *model.PhysicalCapacity) string { return sourcestest.Shown(c.Unit) }, "CORES",
		},
		{
			"Quirk026 memory in terabytes", `"service_type": "ECS", "metric_type": "memory", "total": "44.072265625"`,
			func(c *model.PhysicalCapacity) string {
				return sourcestest.Shown(c.Unit) + " " + sourcestest.Shown(c.Total)
			}, "TERABYTES 44.072265625",
		},
		{
			"Quirk025 storage in terabytes, whatever its class", `"device_type": "EVS", "metric_type": "SAS"`,
			func(c *model.PhysicalCapacity) string { return sourcestest.Shown(c.Unit) }, "TERABYTES",
		},
		{
			"Quirk041 an unknown kind of device", `"device_type": "GPU", "metric_type": "cards"`,
			func(c *model.PhysicalCapacity) string {
				return sourcestest.Shown(c.DeviceType) + " " + sourcestest.Shown(c.DeviceTypeText) + " " + sourcestest.Shown(c.Unit)
			},
			"null GPU null",
		},
		{
			"Quirk001 available in the documents' spelling", `"device_type": "EVS", "avaliable": "3", "allocated": "1"`,
			func(c *model.PhysicalCapacity) string {
				return sourcestest.Shown(c.Available) + " " + sourcestest.Shown(c.Allocation)
			}, "3 0.25",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rows := physicalList(t, `{"region": "cn-north-7", `+test.row+`}`).InRegion("cn-north-7")
			if len(rows) != 1 || test.show(rows[0]) != test.want {
				t.Errorf("%d rows, want one with %s, got %s", len(rows), test.want, test.show(rows[0]))
			}
		})
	}
}

func TestQuirk110APhysicalPoolIsOneHoweverItIsSpelt(t *testing.T) {
	row := func(resource, zone, at, total string) string {
		return `{"region": "cn-north-7", "service_type": "ECS", "metric_type": "vCpu", "resource_type": "` + resource +
			`", "zone_type": "` + zone + `", "timestamp": "` + at + `", "total": "` + total + `"}`
	}
	var got []string
	for _, one := range physicalList(t,
		row("C6xLarge", "pod", "1650124800000", "1"), row("C6XLarge", "POD", "1650211200000", "2"),
		row("M6xLarge", "POD", "1650124800000", "3"),
	).InRegion("cn-north-7") {
		got = append(got, sourcestest.Shown(one.ResourceType)+" "+sourcestest.Shown(one.Total))
	}
	if diff := cmp.Diff([]string{"C6XLarge 2", "M6xLarge 3"}, got); diff != "" {
		t.Errorf("pools (-want +got):\n%s", diff)
	}
}

func TestPhysicalRangesTellGaps(t *testing.T) {
	all, _ := sourcestest.New(t, map[string]string{
		"host-physical/capacity": sourcestest.ListOf(`{"region": "cn-north-7", "total": []}`,
			`{"region": "cn-east-1", "device_type": "EVS"}`),
	}, nil)
	span := dataset.Span{From: sourcestest.Now().AddDate(0, 0, -2), To: sourcestest.Now()}
	list := all.Capacity.PhysicalRanges.Get(t.Context(), "", []dataset.Span{span}, 0)[span].Held.Value
	if !list.GapIn("cn-north-7") || len(list.InRegion("cn-east-1")) != 1 {
		t.Errorf("gaps %+v, %d rows of the other region", list.Gaps, len(list.InRegion("cn-east-1")))
	}
}
