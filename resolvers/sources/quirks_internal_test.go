package sources

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// quiet is a configuration that counts what conversions tell.
func quiet(unknown, unreadable *[]string) Config {
	return Config{
		Unknown:    func(enum string) { *unknown = append(*unknown, enum) },
		Unreadable: func(operation, field string) { *unreadable = append(*unreadable, operation+" "+field) },
	}.withDefaults()
}

func read[R any](t *testing.T, wire string) R {
	t.Helper()
	var record R
	if err := json.Unmarshal([]byte(wire), &record); err != nil {
		t.Fatal(err)
	}
	return record
}

func capacityOf(t *testing.T, service model.CloudServiceType, wire string) *model.ServiceCapacity {
	t.Helper()
	var unknown, unreadable []string
	return convertServiceCapacity(quiet(&unknown, &unreadable), service, read[esm.ServiceCapacity](t, wire))
}

func TestQuirk014FieldsThatOnlyTheExampleHasOrOnlyTheTable(t *testing.T) {
	bare := capacityOf(t, model.CloudServiceTypeObs, `{"region":"cn-north-7","timestamp":"1649692800000"}`)
	if bare.Zone != nil || bare.MetricType != nil || bare.Total != nil || bare.ResourceCount != nil || bare.Allocation != nil {
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
	if unknown := capacityOf(t, model.CloudServiceTypeDcc, `{"region":"cn-north-7","metric_type":"GPU"}`); unknown.Unit != nil {
		t.Errorf("a metric that the table lacks has the unit %v", *unknown.Unit)
	}
}

// TestQuirk027RatiosWithoutAScale: ratios pass as sent, whatever their scale; the one that is computed rests on quantities.
func TestQuirk027RatiosWithoutAScale(t *testing.T) {
	row := capacityOf(t, model.CloudServiceTypeEvs,
		`{"region":"cn-north-7","used_ratio":"75.5","allocated_ratio":"0.755","allocated":"1","available":"3"}`)
	if *row.ReportedUsedRatio != 75.5 || *row.ReportedAllocatedRatio != 0.755 || *row.Allocation != 0.25 {
		t.Errorf("used %v, allocated %v, computed %v", *row.ReportedUsedRatio, *row.ReportedAllocatedRatio, *row.Allocation)
	}
}

// TestQuirk029AllocatedIsWhatIsHandedOut: by the field table, with which the samples that have figures agree.
func TestQuirk029AllocatedIsWhatIsHandedOut(t *testing.T) {
	row := capacityOf(t, model.CloudServiceTypeEip, `{"region":"cn-north-7","total":"490","allocated":"358","available":"132","free":"0"}`)
	if *row.Allocation != 358.0/490 || *row.Free != 0 {
		t.Errorf("computed %v, free %v", *row.Allocation, *row.Free)
	}
}

func TestQuirk031UnitsInsideTexts(t *testing.T) {
	var unknown, unreadable []string
	host := convertHost(quiet(&unknown, &unreadable), read[esm.HostDetail](t, `{"HOST_ID":"h",
		"MEMORY":"[{\"size\":\"32 GB\",\"frequency\":\"2666 MHz\"},{\"size\":\"many\",\"frequency\":\"fast\"}]",
		"DISK":"[{\"disk\":\"/dev/sda:599.0GB\"},{\"disk\":\"pci-0000:00:1f:10.5TB\"},{\"disk\":\"/dev/sdb\"}]"}`))
	number := func(f float64) *float64 { return &f }
	frequency := 2666
	wantModules := []*model.MemoryModule{{SizeGib: number(32), FrequencyMhz: &frequency}, {}}
	if diff := cmp.Diff(wantModules, host.MemoryModules); diff != "" {
		t.Errorf("modules (-want +got):\n%s", diff)
	}
	if host.MemoryGib != nil {
		t.Errorf("a sum with an unknown part: %v", *host.MemoryGib)
	}
	wantDisks := []*model.HostDisk{
		{Device: "/dev/sda", SizeGb: number(599)}, {Device: "pci-0000:00:1f", SizeGb: number(10500)}, {Device: "/dev/sdb"},
	}
	if diff := cmp.Diff(wantDisks, host.Disks); diff != "" {
		t.Errorf("disks (-want +got):\n%s", diff)
	}
}

func TestQuirk035SeverityRunsBothWays(t *testing.T) {
	var unknown, unreadable []string
	cfg := quiet(&unknown, &unreadable)
	want := []model.AlarmSeverity{
		model.AlarmSeverityCritical, model.AlarmSeverityMajor, model.AlarmSeverityMinor, model.AlarmSeverityWarning,
	}
	for i, severity := range want {
		alarm := cfg.alarmSeverity(loose.NewText(string(rune('1' + i))))
		event := cfg.auditSeverity(loose.NewText(string(rune('4' - i))))
		if alarm == nil || event == nil || *alarm != severity || *event != severity {
			t.Errorf("alarm %d is %v, audit %d is %v, want %v", i+1, alarm, 4-i, event, severity)
		}
	}
	if cfg.alarmSeverity(loose.NewText("5")) != nil || cfg.auditSeverity(loose.NewText("0")) != nil || len(unknown) != 2 {
		t.Errorf("numbers outside the lists: %v", unknown)
	}
}

func TestQuirk030BackslashInAUnit(t *testing.T) {
	for wire, want := range map[string]string{`"\\%"`: "%", `"\\\\%"`: "%", `"ms"`: "ms"} {
		if got := withoutBackslashes(read[loose.Text](t, wire)); got == nil || *got != want {
			t.Errorf("%s reads %v, want %s", wire, got, want)
		}
	}
}
