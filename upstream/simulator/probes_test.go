package simulator_test

import (
	"encoding/json"
	"net/url"
	"time"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// probe is one call of an operation that gives data.
type probe struct {
	operation, method, path string
	query                   url.Values
	body                    string
	scope                   string // empty: the project
}

// ids are ids of one site, found by asking.
type ids struct{ host, serial, machine, device, database, customer string }

func (u *upstream) ids() ids {
	u.t.Helper()
	var found ids
	for _, host := range u.get(data+"/v1/host/detail", paged(lastDays(1), 1000, 0)).rows(u.t) {
		if host.text("SN") != "" && host.text("SN") != "null" {
			found.host, found.serial = host.text("HOST_ID"), host.text("SN")
		}
	}
	found.machine = u.get(data+"/v2/cloudresource/instancedata/ECS",
		paged(lastDays(1), 1, 0)).rows(u.t)[0].text("resource_id")
	for _, db := range u.usage("GAUSS") {
		if db.text("domain_id") == simulator.DemoHCSODomain {
			found.database = db.text("resource_id")
		}
	}
	found.device = u.get(data+"/v1/DeviceAsset/info",
		paged(url.Values{"device_type": {"switch"}}, 1000, 0)).rows(u.t)[0].text("management_ip")
	found.customer = simulator.DemoHCSODomain
	return found
}

// usage is a day's records of one resource type.
func (u *upstream) usage(kind string) []row {
	u.t.Helper()
	return u.all("/v2/cloudresource/instancedata/"+kind, span(noon.Add(-12*time.Hour), noon), 1000)
}

// all pages through a list by the number of rows received, and drops repeated rows.
func (u *upstream) all(path string, query url.Values, size int) []row {
	u.t.Helper()
	var list []row
	seen := map[string]bool{}
	for offset := 0; ; {
		page := u.get(data+path, paged(query, size, offset)).rows(u.t)
		offset += len(page)
		for _, row := range page {
			text, err := json.Marshal(row)
			if err != nil {
				u.t.Fatal(err)
			}
			if !seen[string(text)] {
				seen[string(text)] = true
				list = append(list, row)
			}
		}
		if len(page) < size {
			return list
		}
	}
}

// probes are calls of every ESM list, and of the other reads that need no job.
func probes(id ids) []probe {
	var list []probe
	esm := func(operation, path string, query url.Values) {
		list = append(list, probe{operation: operation, method: "GET", path: data + path, query: query})
	}
	days, month := paged(lastDays(3), 1000, 0), paged(lastDays(30), 1000, 0)
	hour := paged(span(noon.Add(-time.Hour), noon), 150, 0)
	esm("listHostPhysicalCapacity", "/v1/host-physical/capacity", days)
	esm("listHostPhysicalCapacity", "/v1/host-physical/capacity", with(days, "device_type", "EVS", "zone_type", "pod"))
	for _, service := range capacityServices() {
		esm("listCloudServiceCapacity", "/v1/CloudService/capacity", with(days, "service_type", service))
	}
	esm("listCloudServiceCapacity", "/v1/CloudService/capacity", days)
	esm("listCloudAuditLogs", "/v1/cloudAuditlog", month)
	esm("listDeviceAssets", "/v1/DeviceAsset/info", paged(nil, 1000, 0))
	esm("listCloudServiceAlarms", "/v1/CloudServiceAlarm/info", month)
	esm("listCloudServiceAlarms", "/v1/CloudServiceAlarm/info", with(month, "service_type", "ECS", "cleared", "0"))
	esm("listDeviceAlarms", "/v1/DeviceAlarm/info", month)
	esm("listDeviceAlarms", "/v1/DeviceAlarm/info", with(month, "service_type", "Network", "cleared", "1"))
	esm("listHostMetricData", "/v1/host/metricdata", with(hour, "host_id", id.host))
	esm("listHostPerformanceData", "/v1/host/performancedata", days)
	esm("listHostPerformanceData", "/v1/host/performancedata", with(days, "sn", id.serial))
	for _, kind := range []string{"ECS", "EVS", "OBS", "BMS"} {
		esm("listTenantInstanceData", "/v1/TanentCloudResource/InstanceData/"+kind, nil)
	}
	for _, kind := range instanceKinds() {
		esm("listCloudResourceInstanceData", "/v2/cloudresource/instancedata/"+kind, paged(lastDays(2), 150, 0))
	}
	esm("listElbv3Capacity", "/v1/network/capacity/elbv3", paged(nil, 1000, 0))
	esm("listNetworkDeviceMetricData", "/v1/network-device/metric-data", hour)
	esm("listNetworkDeviceMetricData", "/v1/network-device/metric-data",
		with(hour, "management_ip", id.device, "metric", "59"))
	esm("listHostDetails", "/v1/host/detail", paged(lastDays(7), 500, 0))
	esm("listEcsPerformance", "/v1/ecs/performance", hour)
	esm("listEcsPerformance", "/v1/ecs/performance", with(hour, "vm_id", id.machine))
	esm("listHostVms", "/v1/host/vms", with(paged(nil, 500, 0), "host_id", id.host))
	return append(
		list,
		probe{operation: "getScreenData", method: "POST", path: "/rest/dlvapp-engine/v1/screens/data/abc"},
		probe{
			operation: "listCustomerOnDemandResources", method: "POST",
			path: "/v2/partners/sub-customers/on-demand-resources/query",
			body: `{"customer_id":"` + id.customer + `","limit":100}`, scope: domainScope,
		},
	)
}

// commands are calls of the operations that start work.
func commands(id ids) []probe {
	week := url.Values{"start_time": {"2026-11-14T00:00:00Z"}, "end_time": {"2026-11-21T00:00:00Z"}}
	statistics := "/v3/" + simulator.DemoProjectID + "/statistics/metrics"
	return []probe{
		{
			operation: "createMeterQueryJob", method: "POST", path: "/meter/v1/demo-domain/query-jobs",
			body: `{"hcso_id":"site-1","region_id":"cn-north-7","min_sdr_time":"2026-10-22 00:00:00","max_sdr_time":"2026-11-21 00:00:00"}`,
		},
		{
			operation: "collectAspReports", method: "POST",
			path: "/v3/" + simulator.DemoProjectID + "/instances/" + id.database + "/asp/collect",
			body: `{"start_time":"2026-11-20T20:00:00+0800","end_time":"2026-11-21T09:00:00+0000"}`,
		},
		{operation: "exportUserUsageStatistics", method: "GET", path: statistics + "/users/export", query: week},
		{operation: "exportDesktopUsageStatistics", method: "GET", path: statistics + "/desktops/export", query: week},
	}
}

func capacityServices() []string {
	return []string{"ECS_VM", "BMS", "EVS", "OBS", "EIP", "RDS", "DCC", "DeH", "SFS", "VPN"}
}

func instanceKinds() []string {
	return []string{
		"ECS", "EVS", "EIP", "OBS", "BMS", "ELB", "VPN", "DCS", "DMS", "RDS", "GAUSS",
		"MODEL_ARTS_INF", "MODEL_ARTS_TRAIN", "MODEL_ARTS_MAOS",
	}
}

// do makes the probe's call.
func (u *upstream) do(p probe) reply {
	u.t.Helper()
	path := p.path
	if len(p.query) > 0 {
		path += "?" + p.query.Encode()
	}
	header := u.credentials()
	if p.scope != "" {
		header["X-Auth-Token"] = u.token(p.scope)
	}
	return u.send(p.method, path, header, p.body)
}
