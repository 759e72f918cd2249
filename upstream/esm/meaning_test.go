package esm_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/esm"
)

// The tests of this file check that a record keeps what only a caller can judge.

func TestQuirk010OnePlaceUnderManyKeys(t *testing.T) {
	host := row[esm.HostDetail](t, "listHostDetails.joined.json", 0)
	performance := row[esm.HostPerformance](t, "listHostPerformanceData.joined.json", 0)
	equal(t, host.SerialNumber, performance.SerialNumber)
	equal(t, host.RackCode, performance.RackCode)
	equal(t, host.RoomCode, performance.RoomCode)
	equal(t, host.DataCenterCode, performance.DataCenterCode)
	equal(t, host.ManagementIP, row[esm.HostVMs](t, "listHostVms.joined.json", 0).HostIP)
	equal(t, host.ManagementIP, row[esm.DeviceAsset](t, "listDeviceAssets.json", 0).ManagementIP)
	equal(t, row[esm.DeviceAsset](t, "listDeviceAssets.json", 2).ManagementIP,
		row[esm.NetworkDeviceMetric](t, "listNetworkDeviceMetricData.joined.json", 0).DeviceIP)
	equal(t, host.ZoneCode, row[esm.HostMetric](t, "listHostMetricData.joined.json", 0).ZoneID)
	equal(t, host.ZoneCode, row[esm.ResourceInstance](t, "listCloudResourceInstanceData.joined.ECS.json", 0).ZoneCode)
}

func TestQuirk015RegionMayBeACodeOrAName(t *testing.T) {
	for _, region := range []string{"cn-east-264", "华东二六四"} {
		wire := `{"region":` + quoted(t, region) + `}`
		equal(t, text(region), decode[esm.ServiceCapacity](t, wire).Region)
		equal(t, text(region), decode[esm.PhysicalCapacity](t, wire).Region)
	}
}

func TestQuirk017ModelAndMetricAreBothKept(t *testing.T) {
	storage := row[esm.PhysicalCapacity](t, "listHostPhysicalCapacity.json", 0)
	equal(t, text("SAS"), storage.ResourceType)
	equal(t, text("SAS"), storage.MetricType)
	compute := row[esm.PhysicalCapacity](t, "listHostPhysicalCapacity.json", 2)
	equal(t, text("C6xLarge"), compute.ResourceType)
	equal(t, text("memory"), compute.MetricType)
}

func TestQuirk037DeviceTypeIsOpen(t *testing.T) {
	for wire, want := range map[string]string{
		`{"device_type":"server"}`: "server", `{"device_type":7}`: "7", `{"device_type":"刀片服务器"}`: "刀片服务器",
	} {
		equal(t, want, decode[esm.DeviceAsset](t, wire).DeviceType.String())
	}
}

func TestQuirk039ValuesWithoutAListStayText(t *testing.T) {
	asset := decode[esm.DeviceAsset](t, `{"running_status":"half asleep"}`)
	equal(t, text("half asleep"), asset.RunningStatus)
	alarm := decode[esm.Alarm](t, `{"event_type":"x","clear_category":"自动","clear_type":"9"}`)
	equal(t, text("x"), alarm.EventType)
	equal(t, text("自动"), alarm.ClearCategory)
	equal(t, text("9"), alarm.ClearType)
	equal(t, text("20"), row[esm.ResourceInstance](t, "listCloudResourceInstanceData.json", 0).RecordType)
	equal(t, text("2"), row[esm.NetworkDeviceMetric](t, "listNetworkDeviceMetricData.json", 0).ResourceType)
}

func TestQuirk071ProductWrittenAsTextIsLeftOut(t *testing.T) {
	processor := decode[esm.Processor](t,
		`{"cpu":"9 * 9 * 9 * other","sockets":"2","cores":"22","threads":"2","model":"m"}`)
	equal(t, esm.Processor{
		Sockets: number(t, "2"), Cores: number(t, "22"), Threads: number(t, "2"), Model: text("m"),
	}, processor)
}

func TestQuirk075SeparatedTextsAsSent(t *testing.T) {
	equal(t, text("::DBSS-9bae:d8c249f201b34ad4eb7f739f3471d1532:"),
		row[esm.ResourceInstance](t, "listCloudResourceInstanceData.json", 0).ServiceParameters)
	equal(t, text("mgt/mgt-can"), row[esm.HostPerformance](t, "listHostPerformanceData.json", 0).Usage)
}

func TestQuirk098HostNameIsNoKey(t *testing.T) {
	vms := row[esm.HostVMs](t, "listHostVms.json", 0)
	equal(t, text("CN_NORTH_7_ECS"), vms.HostName)
	equal(t, vms.HostName, row[esm.VMPerformance](t, "listEcsPerformance.json", 0).SourceTag)
}

func TestQuirk111RecordWrittenWeeksAfterTheUse(t *testing.T) {
	record := row[esm.ResourceInstance](t, "listCloudResourceInstanceData.json", 0)
	used, known := record.BeginTime.Instant(time.UTC)
	written, readable := record.RecordedAt.Instant(time.UTC)
	if late := written.Sub(used); !known || !readable || late < 38*24*time.Hour {
		t.Errorf("used %v, written %v: %v late", used, written, late)
	}
}
