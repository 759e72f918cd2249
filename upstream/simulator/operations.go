package simulator

import "time"

// rate is the documented limit of an operation.
type rate int

const (
	rateNone   rate = iota
	rateMinute      // 60 calls a minute, taken as shared by all such operations (QUIRKS 93)
	rateSecond      // 4000 calls a second, for each operation
)

// operation is one operation of the upstream.
type operation struct {
	id     string
	method string
	path   string // a net/http pattern
	system system
	rate   rate
	answer func(*call) (answer, error)

	listFirst, textTotal, wrongTotal, codeAndMessage bool // oddities of the list's envelope
}

const (
	esmData    = "/rest/dataapi/homs/open-api"
	meter      = "/meter/v1/{domain_id}/query-jobs"
	database   = "/v3/{project_id}/instances/{instance_id}/asp"
	statistics = "/v3/{project_id}/statistics/metrics"

	exportTasks = "/v2/{project_id}/export-tasks"
)

// operations lists the simulator's operations: the 24 of the documents, and those outside them that read ASP reports
// and usage exports.
func (s *Simulator) operations() []operation {
	slow := func(id, path string, answer func(*call) (answer, error)) operation {
		return operation{id: id, method: "GET", path: esmData + path, rate: rateMinute, answer: answer}
	}
	fast := func(id, path string, answer func(*call) (answer, error)) operation {
		return operation{id: id, method: "GET", path: esmData + path, rate: rateSecond, answer: answer}
	}
	list := []operation{
		slow("listHostPhysicalCapacity", "/v1/host-physical/capacity", s.listHostPhysicalCapacity),
		slow("listCloudServiceCapacity", "/v1/CloudService/capacity", s.listCloudServiceCapacity),
		slow("listCloudAuditLogs", "/v1/cloudAuditlog", s.listCloudAuditLogs),
		slow("listDeviceAssets", "/v1/DeviceAsset/info", s.listDeviceAssets),
		slow("listCloudServiceAlarms", "/v1/CloudServiceAlarm/info", s.listCloudServiceAlarms),
		slow("listDeviceAlarms", "/v1/DeviceAlarm/info", s.listDeviceAlarms),
		fast("listHostMetricData", "/v1/host/metricdata", s.listHostMetricData),
		fast("listHostPerformanceData", "/v1/host/performancedata", s.listHostPerformanceData),
		fast("listTenantInstanceData", "/v1/TanentCloudResource/InstanceData/{resource_type}", s.listTenantInstanceData),
		fast("listElbv3Capacity", "/v1/network/capacity/elbv3", s.listElbv3Capacity),
		fast("listCloudResourceInstanceData", "/v2/cloudresource/instancedata/{resource_type}",
			s.listCloudResourceInstanceData),
		fast("listNetworkDeviceMetricData", "/v1/network-device/metric-data", s.listNetworkDeviceMetricData),
		fast("listHostDetails", "/v1/host/detail", s.listHostDetails),
		fast("listEcsPerformance", "/v1/ecs/performance", s.listEcsPerformance),
		fast("listHostVms", "/v1/host/vms", s.listHostVms),
		{
			id: "getScreenData", method: "POST", path: "/rest/dlvapp-engine/v1/screens/data/{share_id}",
			system: systemScreens, answer: s.getScreenData,
		},
		{
			id: "createMeterQueryJob", method: "POST", path: meter,
			system: systemMetering, answer: s.createMeterQueryJob,
		},
		{
			id: "getMeterQueryJob", method: "GET", path: meter + "/{job_id}",
			system: systemMetering, answer: s.getMeterQueryJob,
		},
		{
			id: "listMeterJobSdrs", method: "POST", path: meter + "/{job_id}/sdr",
			system: systemMetering, answer: s.listMeterJobSdrs,
		},
		{
			id: "collectAspReports", method: "POST", path: database + "/collect",
			system: systemGaussDB, answer: s.collectAspReports,
		},
		{id: "listAspInfos", method: "GET", path: database, system: systemGaussDB, answer: s.listAspInfos},
		{id: "showAspStatus", method: "GET", path: database + "/status", system: systemGaussDB, answer: s.showAspStatus},
		{
			id: "exportUserUsageStatistics", method: "GET", path: statistics + "/users/export",
			system: systemWorkspace, answer: s.exportUserUsageStatistics,
		},
		{
			id: "exportDesktopUsageStatistics", method: "GET", path: statistics + "/desktops/export",
			system: systemWorkspace, answer: s.exportDesktopUsageStatistics,
		},
		{
			id: "listExportTasks", method: "GET", path: exportTasks,
			system: systemWorkspace, answer: s.listExportTasks,
		},
		{
			id: "downloadExportFile", method: "GET", path: exportTasks + "/{task_id}/download",
			system: systemWorkspace, answer: s.downloadExportFile,
		},
		{
			id: "listCustomerOnDemandResources", method: "POST", path: "/v2/partners/sub-customers/on-demand-resources/query",
			system: systemBSS, answer: s.listCustomerOnDemandResources,
		},
		{id: "createToken", method: "POST", path: "/v3/auth/tokens", system: systemIAM, answer: s.createToken},
	}
	for i := range list {
		list[i].oddities()
	}
	return list
}

// oddities sets how the operation's list envelope departs from the usual one.
func (o *operation) oddities() {
	switch o.id {
	case "listCloudResourceInstanceData":
		o.listFirst = true
	case "listCloudServiceAlarms", "listDeviceAlarms", "listDeviceAssets":
		o.textTotal = true
	case "listHostPhysicalCapacity":
		o.wrongTotal, o.codeAndMessage = true, true
	case "listHostPerformanceData":
		o.wrongTotal = true
	case "listCloudServiceCapacity":
		o.codeAndMessage = true
	}
}

// documentedLatency is the median and the 99.9 % quantile of the operation: stated for ESM's lists, a guess elsewhere.
func (o *operation) documentedLatency() (median, tail time.Duration) {
	switch o.rate {
	case rateMinute:
		return 200 * time.Millisecond, 300 * time.Millisecond
	case rateSecond:
		return 2 * time.Millisecond, 5 * time.Millisecond
	case rateNone:
	}
	return 20 * time.Millisecond, 40 * time.Millisecond
}
