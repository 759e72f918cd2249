package capacity_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// figuresIn is a row of a region and zone with what it counts.
func figuresIn(region, zone, metric string, allocated, available float64) string {
	return fmt.Sprintf(`{"region": %q, "zone_type": %q, "metric_type": %q, "timestamp": "1795190400000",
		"allocated": "%g", "available": "%g"}`, region, zone, metric, allocated, available)
}

// listsOf are the latest figures of services, whose rows are all the same.
func listsOf(t *testing.T, rows []string, services ...model.CloudServiceType) []*capacity.List {
	t.Helper()
	made, _ := sourcestest.New(t, map[string]string{"CloudService/capacity": sourcestest.ListOf(rows...)}, knowNorth)
	var lists []*capacity.List
	for _, service := range services {
		held := made.Capacity.Services.One(t.Context(), "", service, 0)
		if held.Err != nil {
			t.Fatal(held.Err)
		}
		lists = append(lists, held.Held.Value)
	}
	return lists
}

// cellLine shows a cell: what it is of, its level and sums, and the services behind it.
func cellLine(cell *model.AllocationCell) string {
	types := make([]string, len(cell.Types))
	for i, kind := range cell.Types {
		types[i] = string(kind)
	}
	return strings.Join([]string{
		sourcestest.Shown(cell.Type), sourcestest.Shown(cell.RegionCode), sourcestest.Shown(cell.Zone),
		sourcestest.Shown(cell.MetricType), sourcestest.Shown(cell.Unit), string(cell.Level),
		sourcestest.Shown(cell.Sum.Allocated), sourcestest.Shown(cell.Sum.Available), strings.Join(types, "+"),
	}, " ")
}

func TestAllocationTable(t *testing.T) {
	const (
		byType, byRegion = model.AllocationDimensionType, model.AllocationDimensionRegion
		byZone, byMetric = model.AllocationDimensionZone, model.AllocationDimensionMetricType
		evs, sfs, vpn    = model.CloudServiceTypeEvs, model.CloudServiceTypeSfs, model.CloudServiceTypeVpn
		dcc              = model.CloudServiceTypeDcc
	)
	rows := []string{
		figuresIn("cn-north-7", "POD", "a", 8, 2), figuresIn("cn-north-7", "manage", "a", 1, 9),
		figuresIn("cn-east-1", "POD", "b", 9, 1), figuresIn("", "", "", 4, 4),
	}
	for name, test := range map[string]struct {
		of       model.AllocationDivision
		services []model.CloudServiceType
		want     []string
	}{
		"by region and type": {
			model.AllocationDivision{By: []model.AllocationDimension{byRegion, byType}},
			[]model.CloudServiceType{evs, sfs},
			[]string{
				"EVS cn-east-1 null null TERABYTES FULL 9 1 EVS", "SFS cn-east-1 null null TERABYTES FULL 9 1 SFS",
				"EVS cn-north-7 null null TERABYTES OK 9 11 EVS", "SFS cn-north-7 null null TERABYTES OK 9 11 SFS",
				"EVS null null null TERABYTES OK 4 4 EVS", "SFS null null null TERABYTES OK 4 4 SFS",
			},
		},
		"in the order of the dimensions": {
			model.AllocationDivision{By: []model.AllocationDimension{byType, byZone}},
			[]model.CloudServiceType{evs, sfs},
			[]string{
				"EVS null MANAGE null TERABYTES OK 1 9 EVS", "EVS null POD null TERABYTES NEARLY_FULL 17 3 EVS",
				"EVS null null null TERABYTES OK 4 4 EVS", "SFS null MANAGE null TERABYTES OK 1 9 SFS",
				"SFS null POD null TERABYTES NEARLY_FULL 17 3 SFS", "SFS null null null TERABYTES OK 4 4 SFS",
			},
		},
		"services of one unit together, and units of unknown ones apart": {
			model.AllocationDivision{By: []model.AllocationDimension{byMetric}},
			[]model.CloudServiceType{evs, sfs, dcc, vpn},
			[]string{
				"null null null a TERABYTES OK 18 22 EVS+SFS", "DCC null null a null OK 9 11 DCC",
				"VPN null null a null OK 9 11 VPN",
				"null null null b TERABYTES FULL 18 2 EVS+SFS", "DCC null null b null FULL 9 1 DCC",
				"VPN null null b null FULL 9 1 VPN",
				"null null null null TERABYTES OK 8 8 EVS+SFS", "DCC null null null null OK 4 4 DCC",
				"VPN null null null null OK 4 4 VPN",
			},
		},
		"some regions and zones": {
			model.AllocationDivision{
				By: []model.AllocationDimension{byRegion}, Regions: []string{"cn-north-7", "cn-west-1"},
				Zones: []model.CapacityZone{model.CapacityZonePod},
			},
			[]model.CloudServiceType{evs},
			[]string{"null cn-north-7 null null TERABYTES NEARLY_FULL 8 2 EVS"},
		},
		"no zone": {
			model.AllocationDivision{By: []model.AllocationDimension{byRegion}, Zones: []model.CapacityZone{}},
			[]model.CloudServiceType{evs},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second one of what is kept
				table, tooLarge := capacity.Table(&test.of, listsOf(t, rows, test.services...), 0.8, 0.9)
				var got []string
				for _, cell := range table.Cells {
					got = append(got, cellLine(cell))
				}
				if diff := cmp.Diff(test.want, got); diff != "" || tooLarge {
					t.Errorf("too large: %t, cells (-want +got):\n%s", tooLarge, diff)
				}
			}
		})
	}
}

// TestAllocationTableOfWhatIsKept: a table changes nothing of the cells that the next one is made of.
func TestAllocationTableOfWhatIsKept(t *testing.T) {
	lists := listsOf(t, []string{figuresIn("cn-north-7", "POD", "a", 1, 3)},
		model.CloudServiceTypeEvs, model.CloudServiceTypeSfs)
	of := &model.AllocationDivision{By: []model.AllocationDimension{model.AllocationDimensionRegion}}
	for range 3 {
		table, _ := capacity.Table(of, lists, 0.25, 0.5)
		if got := cellLine(table.Cells[0]); got != "null cn-north-7 null null TERABYTES NEARLY_FULL 2 6 EVS+SFS" {
			t.Error(got)
		}
		other, _ := capacity.Table(of, lists[:1], 0, 0.25)
		if got := cellLine(other.Cells[0]); got != "null cn-north-7 null null TERABYTES FULL 1 3 EVS" {
			t.Error(got)
		}
	}
}

func TestAllocationLevels(t *testing.T) {
	for _, test := range []struct {
		allocation *float64
		want       model.AllocationLevel
	}{
		{nil, model.AllocationLevelUnknown},
		{new(0.0), model.AllocationLevelOk},
		{new(math.Nextafter(0.8, 0)), model.AllocationLevelOk},
		{new(0.8), model.AllocationLevelNearlyFull},
		{new(math.Nextafter(0.9, 0)), model.AllocationLevelNearlyFull},
		{new(0.9), model.AllocationLevelFull},
		{new(1.0), model.AllocationLevelFull},
	} {
		if got := model.LevelOf(test.allocation, 0.8, 0.9); got != test.want {
			t.Errorf("%s is %s, want %s", sourcestest.Shown(test.allocation), got, test.want)
		}
	}
	if got := model.LevelOf(new(0.8), 0.8, 0.8); got != model.AllocationLevelFull {
		t.Errorf("of two equal thresholds the higher level counts: %s", got)
	}
}

func TestAllocationCounts(t *testing.T) {
	rows := []string{
		figuresIn("cn-east-1", "POD", "a", 8, 2), figuresIn("cn-east-1", "POD", "b", 0, 0),
		figuresIn("cn-east-1", "POD", "c", 1, 9), figuresIn("cn-east-1", "POD", "d", -1, 9),
		strings.Replace(figuresIn("cn-east-1", "POD", "e", 9, 1), "1795190400000", "1795104000000", 1),
	}
	of := &model.AllocationDivision{By: []model.AllocationDimension{model.AllocationDimensionMetricType}}
	table, _ := capacity.Table(of, listsOf(t, rows, model.CloudServiceTypeEvs), 0.8, 0.9)
	var got []string
	for _, count := range table.Counts {
		got = append(got, fmt.Sprint(count.Level, " ", count.Count))
	}
	if diff := cmp.Diff([]string{"OK 1", "NEARLY_FULL 1", "FULL 1", "UNKNOWN 2"}, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if want := midnight(1); table.OldestObservedAt == nil || !table.OldestObservedAt.Equal(want) {
		t.Errorf("oldest %v, want %v", table.OldestObservedAt, want)
	}
}

func TestAllocationBeyondAFloat(t *testing.T) {
	rows := []string{figuresIn("cn-east-1", "POD", "a", 1e308, 1), figuresIn("cn-east-1", "POD", "b", 1e308, 1)}
	of := &model.AllocationDivision{By: []model.AllocationDimension{model.AllocationDimensionRegion}}
	table, tooLarge := capacity.Table(of, listsOf(t, rows, model.CloudServiceTypeEvs, model.CloudServiceTypeSfs), 0.8, 0.9)
	if got := cellLine(table.Cells[0]); !tooLarge || got != "null cn-east-1 null null TERABYTES UNKNOWN null 4 EVS+SFS" {
		t.Errorf("too large: %t, %s", tooLarge, got)
	}
}
