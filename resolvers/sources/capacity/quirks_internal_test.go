package capacity

import (
	"encoding/json"
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

func capacityOf(t *testing.T, service model.CloudServiceType, wire string) *model.ServiceCapacity {
	t.Helper()
	var record esm.ServiceCapacity
	if err := json.Unmarshal([]byte(wire), &record); err != nil {
		t.Fatal(err)
	}
	return convertServiceCapacity(dataset.Config{}.WithDefaults(), service, record)
}

func TestQuirk014FieldsThatOnlyTheExampleHasOrOnlyTheTable(t *testing.T) {
	bare := capacityOf(t, model.CloudServiceTypeObs, `{"region":"cn-north-7","timestamp":"1649692800000"}`)
	if bare.Zone != nil || bare.MetricType != nil || bare.Total != nil || bare.ResourceCount != nil ||
		bare.Allocation != nil {
		t.Errorf("what is left out is not null: %+v", bare)
	}
	more := capacityOf(t, model.CloudServiceTypeEip,
		`{"region":"cn-north-7","timestamp":"1649692800000","metric_type":"EIP","used":"3","resource_count":"4","newField":{"a":1}}`)
	if *more.Used != 3 || *more.ResourceCount != 4 || *more.MetricType != "eip" {
		t.Errorf("fields that only the example has: %+v", more)
	}
}

func TestQuirk025UnitsChangeWithTheRow(t *testing.T) {
	for name, test := range map[string]struct {
		service model.CloudServiceType
		metric  string
		want    model.CapacityUnit
	}{
		"DCC cores":                    {model.CloudServiceTypeDcc, "vCPU", model.CapacityUnitCores},
		"DCC cores in another word":    {model.CloudServiceTypeDcc, "CPU", model.CapacityUnitCores},
		"Quirk026 DCC memory in TB":    {model.CloudServiceTypeDcc, "memory", model.CapacityUnitTerabytes},
		"DCC hosts":                    {model.CloudServiceTypeDcc, "host", model.CapacityUnitHosts},
		"VPN connections":              {model.CloudServiceTypeVpn, "Connetion", model.CapacityUnitConnections},
		"VPN gateways":                 {model.CloudServiceTypeVpn, "Gateway", model.CapacityUnitGateways},
		"Quirk026 SFS, documented Tb":  {model.CloudServiceTypeSfs, "SFS", model.CapacityUnitTerabytes},
		"ECS counts machines, not GiB": {model.CloudServiceTypeEcsVM, "C6xLarge", model.CapacityUnitVMS},
	} {
		t.Run(name, func(t *testing.T) {
			row := capacityOf(t, test.service, `{"region":"cn-north-7","metric_type":"`+test.metric+`","total":"2.5"}`)
			if row.Unit == nil || *row.Unit != test.want || *row.Total != 2.5 {
				t.Errorf("unit %v, total %v, want %v and 2.5: nothing is converted", row.Unit, *row.Total, test.want)
			}
		})
	}
	if unknown := capacityOf(t, model.CloudServiceTypeDcc,
		`{"region":"cn-north-7","metric_type":"GPU"}`); unknown.Unit != nil {
		t.Errorf("a metric that the table lacks has the unit %v", *unknown.Unit)
	}
}

// TestQuirk027RatiosWithoutAScale: ratios pass as sent, whatever their scale; the one that is computed rests on
// quantities.
func TestQuirk027RatiosWithoutAScale(t *testing.T) {
	row := capacityOf(t, model.CloudServiceTypeEvs,
		`{"region":"cn-north-7","used_ratio":"75.5","allocated_ratio":"0.755","allocated":"1","available":"3"}`)
	if *row.ReportedUsedRatio != 75.5 || *row.ReportedAllocatedRatio != 0.755 || *row.Allocation != 0.25 {
		t.Errorf("used %v, allocated %v, computed %v", *row.ReportedUsedRatio, *row.ReportedAllocatedRatio, *row.Allocation)
	}
}

// TestQuirk029AllocatedIsWhatIsHandedOut: by the field table, with which the samples that have figures agree.
func TestQuirk029AllocatedIsWhatIsHandedOut(t *testing.T) {
	row := capacityOf(t, model.CloudServiceTypeEip,
		`{"region":"cn-north-7","total":"490","allocated":"358","available":"132","free":"0"}`)
	if *row.Allocation != 358.0/490 || *row.Free != 0 {
		t.Errorf("computed %v, free %v", *row.Allocation, *row.Free)
	}
}
