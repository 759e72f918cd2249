package esm_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// row is one row of a list of the reference.
func row[R any](t *testing.T, file string, index int) R {
	t.Helper()
	list := decode[rest.Page[R]](t, example(t, file))
	if len(list.List) <= index {
		t.Fatalf("%s has %d rows", file, len(list.List))
	}
	return list.List[index]
}

func text(s string) loose.Text { return loose.NewText(s) }

// number and instant are values that the wire has as text.
func number(t *testing.T, s string) loose.Number {
	t.Helper()
	return decode[loose.Number](t, quoted(t, s))
}

func instant(t *testing.T, s string) loose.Time {
	t.Helper()
	return decode[loose.Time](t, quoted(t, s))
}

func flag(t *testing.T, s string) loose.Flag { t.Helper(); return decode[loose.Flag](t, quoted(t, s)) }

func quoted(t *testing.T, s string) string {
	t.Helper()
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func equal[T any](t *testing.T, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPhysicalCapacityFields(t *testing.T) {
	equal(t, esm.PhysicalCapacity{
		ServiceType: text("ECS"), Region: text("cn-east-264"), ZoneType: text("KVM_POD"),
		ResourceType: text("M6xLarge"), MetricType: text("vCpu"),
		Total: number(t, "10792"), Used: number(t, "0"), Free: number(t, "10792"),
		Allocated: number(t, "4964"), Available: number(t, "5408"),
		UsedRatio: number(t, "0"), ResourceCount: number(t, "0"), Timestamp: instant(t, "1649865600000"),
	}, row[esm.PhysicalCapacity](t, "listHostPhysicalCapacity.json", 3))
	equal(t, esm.PhysicalCapacity{
		DeviceType: text("EVS"), Region: text("cn-central-229"), ZoneType: text("MANAGE"),
		ResourceType: text("SAS"), MetricType: text("SAS"),
		Allocated: number(t, "112.2265625"), Available: number(t, "94.5693359375"), Timestamp: instant(t, "1649692800000"),
	}, row[esm.PhysicalCapacity](t, "listHostPhysicalCapacity.json", 0))
}

func TestServiceCapacityFields(t *testing.T) {
	equal(t, esm.ServiceCapacity{
		ServiceType: text("dcc"), Region: text("cn-north-7"), ZoneType: text("DCC_POD"), MetricType: text("memory"),
		Total: number(t, "16"), Used: number(t, "10.25"), Free: number(t, "5.75"),
		Allocated: number(t, "11.5"), Available: number(t, "4.5"),
		UsedRatio: number(t, "0.64"), AllocatedRatio: number(t, "0.72"), ResourceCount: number(t, "null"),
		Timestamp: instant(t, "1726761600000"),
	}, row[esm.ServiceCapacity](t, "listCloudServiceCapacity.DCC.json", 1))
	equal(t, esm.ServiceCapacity{
		Region: text("cn-north-7"), ResourceType: text("vm"),
		ZoneID: text("cn-north-7a"), ZoneName: text("七区"), ZoneNameEn: text("Zone 7a"), Used: loose.NewNumber(2.5),
	}, decode[esm.ServiceCapacity](t, `{"region":"cn-north-7","resource_type":"vm","az_id":"cn-north-7a",
		"az_name":"七区","az_name_en":"Zone 7a","used":2.5,"code":"0","msg":"ok"}`))
}

func TestQuirk005AlarmFields(t *testing.T) {
	equal(t, esm.Alarm{
		CSN: text("12346579"), Name: text("EVS pool usage above threshold"), AlarmID: text("1200031"), Severity: text("2"),
		EventType: text("threshold"), OriginSystemType: text("EVS"), OriginSystemName: text("EVS-cn-north-7"),
		ManagedObject: text("service=EVS,pool=SAS-01"), ManagedObjectClass: text("StoragePool"),
		AdditionalInformation: text("usage=86%"),
		FirstOccurrence:       instant(t, "1726729200000"), LatestOccurrence: instant(t, "1726815600000"),
		Count: number(t, "24"), ProbableCause: text("pool nearly full"),
		RegionName: text("North-7"), LogicalRegionID: text("cn-north-7"), DataCenterName: text("WC_WUH_18"),
		ResourcePoolName: text("POD-01"), ZoneName: text("North-7-AZ1"), Tenant: text(""),
		ElementName: text("SAS-01"), ElementDN: text("evs-pool-sas-01"), NativeElementDN: text("NE=evs-pool-sas-01"),
		ElementCategory: text("EVS"), ElementType: text("evs-pool"), ProductName: text("cinder-volume"),
		AffectedService: text("EVS"), AffectedServiceType: text(""),
		Cleared: flag(t, "1"), ClearCategory: text("automatic"), ClearType: text("1"),
		ClearedAt: instant(t, "1726819000000"), ClearedBy: text("system"),
		Acknowledged: flag(t, "1"), AcknowledgedAt: instant(t, "1726816000000"), AcknowledgedBy: text("ops-lee"),
		MergeKey: text("1200031-SAS-01"),
	}, row[esm.Alarm](t, "listCloudServiceAlarms.json", 1))
}

func TestAuditLogFields(t *testing.T) {
	equal(t, esm.AuditLog{
		ID: text("2031"), OperatingName: text("deleteServer"), OperatingSource: text("API"), OperationResult: text("1"),
		OperationDetail: text("quota service unreachable"), ResourceID: text("f0ae18b6-40d2-4162-9d6a-7697b9b7eacc"),
		ResourceName: text("ecs-web-01"), ResourceType: text("ecs"), ResourceRegion: text("cn-north-7"),
		ResourceRegionName: text("North-7"), RegionID: text("cn-north-7"), RegionName: text("North-7"),
		OperatingUser: text("ops-lee"), Department: text("platform-ops"), Severity: text("3"), Type: text("0"),
		StartTime: instant(t, "2024-09-20 08:01:40"), EndTime: instant(t, "2024-09-20 08:02:05"),
		SourceAddress: text("10.0.25.204"),
	}, row[esm.AuditLog](t, "listCloudAuditLogs.json", 1))
}

func TestDeviceAssetFields(t *testing.T) {
	equal(t, esm.DeviceAsset{
		DeviceID: text("1c8f3f0e-77a1-4f0e-8f0c-0b5d3c9a1e04"), Name: text("fw-edge-01"), DeviceType: text("firewall"),
		RunningStatus: text("abnormal"), Model: text("USG9560"), ManagementIP: text("10.21.0.21"), OS: text("V500R005"),
		Region: text("cn-north-7"),
	}, row[esm.DeviceAsset](t, "listDeviceAssets.json", 3))
}

func TestHostMetricFields(t *testing.T) {
	equal(t, esm.HostMetric{
		HostID: text(hostID), MonitorItem: text("cpu"), MetricsName: text("CPU"), DataItem: text("usage"),
		Operator: text("AVG"),
		Value:    number(t, "38.4"), Unit: text(`\%`), Time: instant(t, "1726819320000"),
		RegionID: text("cn-north-7"), RegionName: text("North-7"), RegionNameEn: text("North-7"),
		ZoneID: text("cn-north-7a"), ZoneName: text("North-7-AZ1"), ZoneNameEn: text("North-7-AZ1"),
	}, row[esm.HostMetric](t, "listHostMetricData.joined.json", 2))
}

func TestQuirk006HostPerformanceFields(t *testing.T) {
	equal(t, esm.HostPerformance{
		SerialNumber: text("5b0a7f6d-0d9e-4d0a-8f0b-2a6f3e1c9b77"), Metric: text("CPUUsagePercent"), Value: number(t, "12"),
		Dates: text("2024-09-20"), Time: instant(t, "2024-09-20 8:00"), Model: text("2288X V5"), Usage: text("mgt/mgt-can"),
		RegionCode: text("cn-north-7"), ZoneCode: text("cn-north-7"), DataCenterCode: text("WC_WUH_18"),
		RoomCode: text("wuhd22"), RackCode: text("wuhd22-c-01-7"), SlotNumber: number(t, "5"),
	}, row[esm.HostPerformance](t, "listHostPerformanceData.joined.json", 1))
}

func TestQuirk021LoadBalancerClusterFields(t *testing.T) {
	equal(t, esm.LoadBalancerCluster{
		ClusterID: text("4951ba23-0eb6-4dd5-92fc-22e94dc75a78"), ClusterName: text(""),
		ClusterCode: text("elbv3-cluster01-az1"),
		Type:        text("ELBv3"), RegionID: text("cn-north-7"), RegionName: text(""), Nodes: text(""),
		Time:          instant(t, "1718259970000"),
		LoadBalancers: number(t, "164"), LoadBalancersV5: number(t, "40"), MaxLoadBalancers: number(t, "8000"),
		Layer4Listeners: number(t, "319"), MaxLayer4Listeners: number(t, "10000"),
		Layer7Listeners: number(t, "82"), MaxLayer7Listeners: number(t, "5000"),
		Layer4Members: number(t, ""), MaxLayer4Members: number(t, "30000"),
		Layer7Members: number(t, "182"), MaxLayer7Members: number(t, "20000"),
	}, row[esm.LoadBalancerCluster](t, "listElbv3Capacity.json", 0))
}

func TestResourceInstanceFields(t *testing.T) {
	equal(t, esm.ResourceInstance{
		ResourceID: text("6d2f8b90-1c3e-4a7d-b5f2-0e9a8c7b6d51"), ResourceTypeCode: text("hws.resource.type.volume"),
		ResourceSpecCode: text("SAS"), ServiceTypeCode: text("hws.service.type.ebs"),
		RegionCode: text("cn-north-7"), ZoneCode: text("cn-north-7a"), DomainID: text(domainID), DomainName: text("acme-gov"),
		ProjectID: text("0611f1bd8b00d5d32f17c017f15b599f"), EnterpriseProjectID: text(""),
		FactorName: text("Duration"), FactorValue: number(t, "3600"),
		BeginTime: instant(t, "20240920070000"), RecordedAt: instant(t, "20240920080512"), RecordType: text("20"),
		ServiceParameters: text("::vol-web-01:6d2f8b90-1c3e-4a7d-b5f2-0e9a8c7b6d51:"),
		PartnerInfo:       text(""), Extension: text("2"), Extension2: text(""),
		ParentResource: text("f0ae18b6-40d2-4162-9d6a-7697b9b7eacc"),
		RootResource:   text("f0ae18b6-40d2-4162-9d6a-7697b9b7eacc"),
		SiteCode:       text(""), Tag: text(""), ErrorMessage: text(""),
	}, row[esm.ResourceInstance](t, "listCloudResourceInstanceData.joined.EVS.json", 0))
}

func TestNetworkDeviceMetricFields(t *testing.T) {
	equal(t, esm.NetworkDeviceMetric{
		DeviceIP: text("10.21.0.11"), ResourceType: text("2"), Metric: text("59"), RegionID: text("cn-north-7"),
		Value: number(t, "41"), Timestamp: instant(t, "1726819320000"),
	}, row[esm.NetworkDeviceMetric](t, "listNetworkDeviceMetricData.joined.json", 1))
}

func TestVMPerformanceFields(t *testing.T) {
	equal(t, esm.VMPerformance{
		InstanceID: text("f0ae18b6-40d2-4162-9d6a-7697b9b7eacc"), MetricName: text("mem_usage"),
		MetricValue: number(t, "61.2"),
		MetricUnit:  text("%"), Timestamp: instant(t, "1726819320000"), RegionID: text("cn-north-7"), Service: text("ECS"),
		Namespace: text("ecs"), SourceService: text("CES"), SourceType: text("TenantMon"), SourceTag: text("CN_NORTH_7_ECS"),
		TenantName: text("acme-gov"),
	}, row[esm.VMPerformance](t, "listEcsPerformance.joined.json", 2))
}
