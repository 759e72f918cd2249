package esm_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// documentsKey is how most tables of the documents spell the key available.
const documentsKey = "avaliable" // sic

// misspell puts that key where the wire of a test says KEY.
func misspell(wire string) string { return strings.ReplaceAll(wire, "KEY", documentsKey) }

func TestQuirk001AvailableInBothSpellings(t *testing.T) {
	for name, test := range map[string]struct{ wire, want string }{
		"as sent":          {`{"available":"132"}`, "132"},
		"as documented":    {`{"KEY":"132"}`, "132"},
		"both":             {`{"available":"132","KEY":"7"}`, "132"},
		"null beside it":   {`{"available":"null","KEY":"7"}`, "7"},
		"zero is a value":  {`{"available":"0","KEY":"7"}`, "0"},
		"neither":          {`{}`, ""},
		"words are a text": {`{"available":"usable quantity","KEY":"7"}`, "usable quantity"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := decode[esm.ServiceCapacity](t, misspell(test.wire)).AvailableQuantity().Raw(); got != test.want {
				t.Errorf("service: available %q, want %q", got, test.want)
			}
			if got := decode[esm.PhysicalCapacity](t, misspell(test.wire)).AvailableQuantity().Raw(); got != test.want {
				t.Errorf("pool: available %q, want %q", got, test.want)
			}
		})
	}
}

func TestQuirk007TypeKeyChanges(t *testing.T) {
	for index, want := range []string{"EVS", "EVS", "ECS", "ECS"} {
		if got := row[esm.PhysicalCapacity](t, "listHostPhysicalCapacity.json", index).Device().String(); got != want {
			t.Errorf("row %d: device type %q, want %q", index, got, want)
		}
	}
}

// TestQuirk008EveryTimeKey reads the time of each record from the reference, each under its own key.
func TestQuirk008EveryTimeKey(t *testing.T) {
	for name, test := range map[string]struct {
		time loose.Time
		want string
	}{
		"timestamp of capacity": {
			row[esm.ServiceCapacity](t, "listCloudServiceCapacity.EIP.json", 0).Timestamp,
			"2022-04-17T16:00:00Z",
		},
		"timestamp of pools": {
			row[esm.PhysicalCapacity](t, "listHostPhysicalCapacity.json", 0).Timestamp,
			"2022-04-11T16:00:00Z",
		},
		"time_stamp of metrics":  {row[esm.HostMetric](t, "listHostMetricData.joined.json", 1).Time, "2024-09-20T08:02:00Z"},
		"time_stamp of clusters": {row[esm.LoadBalancerCluster](t, "listElbv3Capacity.json", 0).Time, "2024-06-13T06:26:10Z"},
		"time_stamp of records": {
			row[esm.ResourceInstance](t, "listCloudResourceInstanceData.json", 0).RecordedAt,
			"2024-04-09T23:16:57Z",
		},
		"begin_time of records": {
			row[esm.ResourceInstance](t, "listCloudResourceInstanceData.json", 0).BeginTime,
			"2024-03-01T22:00:00Z",
		},
		"TIMESTAMP": {row[esm.VMPerformance](t, "listEcsPerformance.json", 0).Timestamp, "2024-09-20T08:02:00Z"},
		"timestamp of network": {
			row[esm.NetworkDeviceMetric](t, "listNetworkDeviceMetricData.json", 0).Timestamp,
			"2024-09-20T08:02:00Z",
		},
		"last_update_time": {row[esm.HostVMs](t, "listHostVms.json", 0).LastUpdateTime, "2024-09-20T08:02:00Z"},
		"time":             {row[esm.HostPerformance](t, "listHostPerformanceData.json", 0).Time, "2024-01-08T00:00:00Z"},
		"start_time":       {row[esm.AuditLog](t, "listCloudAuditLogs.documented.json", 0).StartTime, "2020-11-01T01:13:59Z"},
		"latest_occur_utc": {row[esm.Alarm](t, "listDeviceAlarms.json", 0).LatestOccurrence, "2024-09-20T08:01:00Z"},
		"clear_utc":        {row[esm.Alarm](t, "listDeviceAlarms.json", 1).ClearedAt, "2024-09-20T06:05:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := test.time.Instant(time.UTC); !ok || got.Format(time.RFC3339) != test.want {
				t.Errorf("%q reads %v, %v, want %s", test.time.Raw(), got, ok, test.want)
			}
		})
	}
}

// TestQuirk009EveryRegionKey reads the region's code of each record, each under its own key.
func TestQuirk009EveryRegionKey(t *testing.T) {
	for name, got := range map[string]loose.Text{
		"region of capacity": row[esm.ServiceCapacity](t, "listCloudServiceCapacity.DCC.json",
			0).Region,
		"region of assets":     row[esm.DeviceAsset](t, "listDeviceAssets.json", 0).Region,
		"region_id of audit":   row[esm.AuditLog](t, "listCloudAuditLogs.json", 0).RegionID,
		"region_id of metrics": row[esm.HostMetric](t, "listHostMetricData.joined.json", 0).RegionID,
		"region_id of network": row[esm.NetworkDeviceMetric](t, "listNetworkDeviceMetricData.json",
			0).RegionID,
		"region_id of ELB":   row[esm.LoadBalancerCluster](t, "listElbv3Capacity.json", 0).RegionID,
		"region_id of VMs":   row[esm.HostVMs](t, "listHostVms.json", 0).RegionID,
		"REGION_ID of hosts": row[esm.HostDetail](t, "listHostDetails.json", 0).RegionID,
		"REGION_ID of VMs":   row[esm.VMPerformance](t, "listEcsPerformance.json", 0).RegionID,
		"region_code": row[esm.HostPerformance](t, "listHostPerformanceData.json",
			0).RegionCode,
		"region_code of rows": row[esm.ResourceInstance](t,
			"listCloudResourceInstanceData.joined.ECS.json", 0).RegionCode,
		"Quirk016 LogicalRegionId and not the name": row[esm.Alarm](t, "listCloudServiceAlarms.json", 0).LogicalRegionID,
	} {
		t.Run(name, func(t *testing.T) {
			if got.String() != "cn-north-7" {
				t.Errorf("region %q, want cn-north-7", got)
			}
		})
	}
}

// TestQuirk018DescriptionsInThePlaceOfValues reads the documents' own samples, where descriptions stand
// for values: every row is read, and no description becomes a number, a time or a flag.
func TestQuirk018DescriptionsInThePlaceOfValues(t *testing.T) {
	for _, service := range []string{"ECS_VM", "RDS", "DCC", "DeH", "SFS"} {
		t.Run(service, func(t *testing.T) {
			capacity := row[esm.ServiceCapacity](t, "listCloudServiceCapacity."+service+".documented.json", 0)
			for name, n := range map[string]loose.Number{
				"total": capacity.Total, "used": capacity.Used, "free": capacity.Free, "allocated": capacity.Allocated,
				"available": capacity.Available, "used_ratio": capacity.UsedRatio, "allocated_ratio": capacity.AllocatedRatio,
				"resource_count": capacity.ResourceCount,
			} {
				if value, ok := n.Float(); ok {
					t.Errorf("%s %q reads %v", name, n.Raw(), value)
				}
			}
			if _, ok := capacity.Timestamp.Instant(time.UTC); ok {
				t.Errorf("timestamp %q reads as a time", capacity.Timestamp.Raw())
			}
			if !capacity.ResourceCount.IsAbsent() {
				t.Errorf("Quirk020: resource_count %q is not absent", capacity.ResourceCount.Raw())
			}
		})
	}
	for _, file := range []string{"listCloudServiceAlarms.documented.json", "listDeviceAlarms.documented.json"} {
		alarm := row[esm.Alarm](t, file, 0)
		if !alarm.LatestOccurrence.Unreadable(nil) || !alarm.Cleared.Unreadable() || !alarm.Count.Unreadable() {
			t.Errorf("%s: %q, %q, %q are not unreadable", file, alarm.LatestOccurrence.Raw(), alarm.Cleared.Raw(),
				alarm.Count.Raw())
		}
	}
}

func TestQuirk019TotalInEveryForm(t *testing.T) {
	for file, want := range map[string]int64{
		"listDeviceAssets.documented.json":             33,
		"listDeviceAssets.json":                        4,
		"listCloudServiceAlarms.json":                  2,
		"listCloudServiceAlarms.documented.json":       -1,
		"listNetworkDeviceMetricData.json":             1698669,
		"listCloudResourceInstanceData.json":           31416,
		"listCloudServiceCapacity.DCC.documented.json": 33,
	} {
		if got := decode[rest.Page[any]](t, example(t, file)).Total; got != want {
			t.Errorf("%s: total %d, want %d", file, got, want)
		}
	}
}

func TestQuirk065TotalAfterTheList(t *testing.T) {
	body := example(t, "listCloudResourceInstanceData.json")
	if strings.Index(body, `"total"`) < strings.Index(body, `"list"`) {
		t.Fatal("the example has total first: the test shows nothing")
	}
	if list := decode[rest.Page[esm.ResourceInstance]](t, body); list.Total != 31416 || len(list.List) != 1 {
		t.Errorf("total %d, %d rows", list.Total, len(list.List))
	}
}

func TestQuirk011TotalsOfListAndRow(t *testing.T) {
	list := decode[rest.Page[esm.ServiceCapacity]](t, example(t, "listCloudServiceCapacity.EIP.json"))
	if total, ok := list.List[0].Total.Int(); list.Total != 1 || !ok || total != 490 {
		t.Errorf("list %d, row %d, want 1 and 490", list.Total, total)
	}
}

func TestQuirk022NumberWhereTextWas(t *testing.T) {
	if got := row[esm.Alarm](t, "listDeviceAlarms.json", 1).AlarmID.String(); got != "2400008" {
		t.Errorf("alarm_id %q, want 2400008", got)
	}
	asset := decode[esm.DeviceAsset](t, `{"device_id":5,"device_type":3}`)
	if asset.DeviceType.String() != "3" || asset.DeviceID.String() != "5" {
		t.Errorf("device %q of type %q", asset.DeviceID, asset.DeviceType)
	}
	if got := decode[esm.AuditLog](t, `{"operating_source":2}`).OperatingSource.String(); got != "2" {
		t.Errorf("operating_source %q, want 2", got)
	}
}

func TestQuirk023LaterEditionsSendNumbers(t *testing.T) {
	capacity := decode[esm.ServiceCapacity](t, `{"used":41.5,"used_ratio":0.5,"az_id":"a","resource_type":"vm"}`)
	if used, ok := capacity.Used.Float(); !ok || used != 41.5 {
		t.Errorf("used %v, %v, want 41.5", used, ok)
	}
	if capacity.ZoneID.String() != "a" || capacity.ResourceType.String() != "vm" {
		t.Errorf("az_id %q, resource_type %q", capacity.ZoneID, capacity.ResourceType)
	}
}

func TestQuirk028QuantitiesThatDoNotAddUpAreKept(t *testing.T) {
	pool := row[esm.PhysicalCapacity](t, "listHostPhysicalCapacity.json", 3)
	free, _ := pool.Free.Int()
	available, _ := pool.Available.Int()
	if free != 10792 || available != 5408 {
		t.Errorf("free %d, available %d, want them as sent", free, available)
	}
}

func TestQuirk013And014FieldsMayBeMissing(t *testing.T) {
	// No example has code and msg; OBS has no zone; EIP has fields that its table lacks.
	files, err := os.ReadDir(examples)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasPrefix(file.Name(), "listCloudServiceCapacity.") && strings.Contains(example(t, file.Name()), `"msg"`) {
			t.Errorf("%s has msg", file.Name())
		}
	}
	if zone := row[esm.ServiceCapacity](t, "listCloudServiceCapacity.OBS.json", 0).ZoneType; !zone.IsAbsent() {
		t.Errorf("zone of OBS %q, want it absent", zone)
	}
	if line := row[esm.ServiceCapacity](t, "listCloudServiceCapacity.EIP.json", 0).MetricType.String(); line != "5_bgp" {
		t.Errorf("line of EIP %q", line)
	}
}

func TestQuirk041UnknownWordsAndKeys(t *testing.T) {
	list := decode[rest.Page[esm.Alarm]](t,
		`{"total":"1","list":[{"csn":"1","severity":"9","cleared":"2","brandNew":{"a":[1]}}]}`)
	if len(list.Bad) != 0 || len(list.List) != 1 || list.List[0].Severity.String() != "9" ||
		!list.List[0].Cleared.Unreadable() {
		t.Errorf("got %+v", list)
	}
}

func TestRowOfTheWrongKindFailsAlone(t *testing.T) {
	list := decode[rest.Page[esm.ServiceCapacity]](t, misspell(`{"total":3,"list":[
		{"region":"a","total":"1"},{"region":"b","total":{"value":1}},{"region":"c","KEY":[1]}]}`))
	if len(list.List) != 1 || len(list.Bad) != 2 {
		t.Fatalf("%d rows and %d bad ones, want 1 and 2", len(list.List), len(list.Bad))
	}
	for i, field := range []string{"total", documentsKey} {
		if message := list.Bad[i].Err.Error(); !strings.Contains(message, "field "+field) {
			t.Errorf("error %q does not name the field %s", message, field)
		}
	}
}
