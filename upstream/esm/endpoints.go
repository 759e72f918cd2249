package esm

import (
	"encoding/json"
	"net/http"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// The quotas that ESM states (QUIRKS 93). Nothing is stated for screens and metering.
const (
	quotaMinute = "esm-minute" // 60 calls a minute, over all operations of the group as far as is known
	quotaSecond = "esm-second" // 4000 calls a second
)

// maxUnpagedBytes bounds the one list that cannot be read in pages (QUIRKS 63).
const maxUnpagedBytes = 16 << 20

// dataAPI is the prefix of the data calls. Paths are case-sensitive and copied as they are spelt (QUIRKS 2, 4).
const dataAPI = "/rest/dataapi/homs/open-api"

// slow is a list whose calls are few: 60 a minute.
func slow[R any](operation, path string) rest.Endpoint[rest.Page[R]] {
	return dataList[R](operation, path, quotaMinute)
}

// fast is a list whose calls are many: 4000 a second.
func fast[R any](operation, path string) rest.Endpoint[rest.Page[R]] {
	return dataList[R](operation, path, quotaSecond)
}

func dataList[R any](operation, path, quota string) rest.Endpoint[rest.Page[R]] {
	return rest.Endpoint[rest.Page[R]]{Spec: rest.Spec{
		System: "esm", Operation: operation, Method: http.MethodGet, Path: dataAPI + path,
		Quota: quota, Reads: true,
	}}
}

// The operations, in the order of the document.
var (
	getScreenData = rest.Endpoint[json.RawMessage]{Spec: rest.Spec{
		System: "esm", Operation: "getScreenData", Method: http.MethodPost,
		Path:  "/rest/dlvapp-engine/v1/screens/data/{share_id}",
		Reads: true, Unauthenticated: true, // a POST that only reads (QUIRKS 77)
		MayBeEmpty: true, // the document has no body at all (QUIRKS 101)
	}}
	listHostPhysicalCapacity = slow[PhysicalCapacity]("listHostPhysicalCapacity", "/v1/host-physical/capacity")
	listCloudServiceCapacity = slow[ServiceCapacity]("listCloudServiceCapacity", "/v1/CloudService/capacity")
	listCloudAuditLogs       = slow[AuditLog]("listCloudAuditLogs", "/v1/cloudAuditlog")
	listDeviceAssets         = slow[DeviceAsset]("listDeviceAssets", "/v1/DeviceAsset/info")
	listCloudServiceAlarms   = slow[Alarm]("listCloudServiceAlarms", "/v1/CloudServiceAlarm/info")
	listDeviceAlarms         = slow[Alarm]("listDeviceAlarms", "/v1/DeviceAlarm/info")
	listHostMetricData       = fast[HostMetric]("listHostMetricData", "/v1/host/metricdata")
	listHostPerformanceData  = fast[HostPerformance]("listHostPerformanceData", "/v1/host/performancedata")
	listTenantInstanceData   = rest.Endpoint[TenantInstances]{Spec: rest.Spec{
		System: "esm", Operation: "listTenantInstanceData", Method: http.MethodGet,
		Path:  dataAPI + "/v1/TanentCloudResource/InstanceData/{resource_type}", // sic
		Quota: quotaSecond, Reads: true, MaxBytes: maxUnpagedBytes,
	}}
	listElbv3Capacity             = fast[LoadBalancerCluster]("listElbv3Capacity", "/v1/network/capacity/elbv3")
	listCloudResourceInstanceData = fast[ResourceInstance]("listCloudResourceInstanceData",
		"/v2/cloudresource/instancedata/{resource_type}")
	listNetworkDeviceMetricData = fast[NetworkDeviceMetric]("listNetworkDeviceMetricData",
		"/v1/network-device/metric-data")
	listHostDetails     = fast[HostDetail]("listHostDetails", "/v1/host/detail")
	listEcsPerformance  = fast[VMPerformance]("listEcsPerformance", "/v1/ecs/performance")
	listHostVMs         = fast[HostVMs]("listHostVms", "/v1/host/vms")
	createMeterQueryJob = rest.Endpoint[meterJobCreated]{Spec: rest.Spec{
		System: "esm", Operation: "createMeterQueryJob", Method: http.MethodPost, Path: "/meter/v1/{domain_id}/query-jobs",
	}}
	getMeterQueryJob = rest.Endpoint[MeterJobState]{Spec: rest.Spec{
		System: "esm", Operation: "getMeterQueryJob", Method: http.MethodGet,
		Path:  "/meter/v1/{domain_id}/query-jobs/{job_id}",
		Reads: true,
	}}
	// The sample line of the document says GET with a body, which many proxies drop (QUIRKS 76).
	listMeterJobSdrs = rest.Endpoint[MeterJobPage]{Spec: rest.Spec{
		System: "esm", Operation: "listMeterJobSdrs", Method: http.MethodPost,
		Path:  "/meter/v1/{domain_id}/query-jobs/{job_id}/sdr",
		Reads: true,
	}}
)

// Endpoints is what is known of every operation of the package, in the order of the document.
func Endpoints() []rest.Spec {
	return []rest.Spec{
		getScreenData.Spec, listHostPhysicalCapacity.Spec, listCloudServiceCapacity.Spec, listCloudAuditLogs.Spec,
		listDeviceAssets.Spec, listCloudServiceAlarms.Spec, listDeviceAlarms.Spec, listHostMetricData.Spec,
		listHostPerformanceData.Spec, listTenantInstanceData.Spec, listElbv3Capacity.Spec,
		listCloudResourceInstanceData.Spec, listNetworkDeviceMetricData.Spec, listHostDetails.Spec,
		listEcsPerformance.Spec, listHostVMs.Spec, createMeterQueryJob.Spec, getMeterQueryJob.Spec, listMeterJobSdrs.Spec,
	}
}
