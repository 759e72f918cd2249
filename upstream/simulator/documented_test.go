package simulator_test

import (
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// TestDocumentedExamples compares the documented dataset with the files of the reference, byte by byte.
func TestDocumentedExamples(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Dataset = simulator.DatasetDocumented })
	window := paged(url.Values{"begin_time": {"1"}, "end_time": {"2"}}, 10, 0)
	week := url.Values{"start_time": {"2024-09-01T00:00:00Z"}, "end_time": {"2024-09-08T00:00:00Z"}}
	const job = "/meter/v1/demo-domain/query-jobs"
	project := "/v3/0611f1bd8b00d5d32f17c017f15b599f"
	type asked struct {
		file, method, path string
		query              url.Values
		body               string
		status             int
	}
	get := func(file, path string, query url.Values) asked {
		return asked{file, "GET", path, query, "", http.StatusOK}
	}
	tests := []asked{
		get("listHostPhysicalCapacity", data+"/v1/host-physical/capacity", window),
		get("listHostPhysicalCapacity.ECS", data+"/v1/host-physical/capacity",
			with(window, "device_type", "ECS", "zone_type", "manage")),
		get("listHostPhysicalCapacity.EVS", data+"/v1/host-physical/capacity", with(window, "device_type", "EVS")),
		get("listCloudAuditLogs", data+"/v1/cloudAuditlog", window),
		get("listDeviceAssets", data+"/v1/DeviceAsset/info", window),
		get("listCloudServiceAlarms", data+"/v1/CloudServiceAlarm/info", window),
		get("listDeviceAlarms", data+"/v1/DeviceAlarm/info", window),
		get("listHostMetricData", data+"/v1/host/metricdata", with(window, "host_id", "any")),
		get("listHostPerformanceData", data+"/v1/host/performancedata", window),
		get("listTenantInstanceData.illustrative", data+"/v1/TanentCloudResource/InstanceData/BMS", nil),
		get("listElbv3Capacity", data+"/v1/network/capacity/elbv3", window),
		get("listCloudResourceInstanceData", data+"/v2/cloudresource/instancedata/GAUSS", window),
		get("listNetworkDeviceMetricData", data+"/v1/network-device/metric-data", window),
		get("listHostDetails", data+"/v1/host/detail", with(window, "host_id", "any")),
		get("listEcsPerformance", data+"/v1/ecs/performance", window),
		get("listHostVms", data+"/v1/host/vms", with(window, "host_id", "any")),
		{"getScreenData", "POST", "/rest/dlvapp-engine/v1/screens/data/login-1", nil, "", http.StatusOK},
		{"createMeterQueryJob", "POST", job, nil, "{}", http.StatusCreated},
		get("getMeterQueryJob", job+"/any", nil),
		{"listMeterJobSdrs", "POST", job + "/any/sdr", nil, `{"limit":10}`, http.StatusOK},
		{
			"collectAspReports", "POST", project + "/instances/d04686c6baae4f65a742771186f47b7ain14/asp/collect", nil,
			`{"start_time":"2023-08-01T11:10:31+0800","end_time":"2023-08-02T11:10:31+0800"}`, http.StatusAccepted,
		},
		get("exportUserUsageStatistics.illustrative", project+"/statistics/metrics/users/export", week),
		get("exportDesktopUsageStatistics.illustrative", project+"/statistics/metrics/desktops/export", week),
	}
	for _, service := range capacityServices() {
		tests = append(tests,
			get("listCloudServiceCapacity."+service, data+"/v1/CloudService/capacity", with(window, "service_type", service)))
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			want := example(t, test.file)
			r := u.send(test.method, test.path+"?"+test.query.Encode(), u.credentials(), test.body)
			if r.status != test.status || string(r.body) != want {
				t.Errorf("%d %s\nwant %d %s", r.status, r.body, test.status, want)
			}
		})
	}
	t.Run("listCustomerOnDemandResources", func(t *testing.T) {
		header := map[string]string{"X-Auth-Token": u.token(domainScope)}
		r := u.send("POST", bssPath, header, example(t, "listCustomerOnDemandResources.request"))
		if string(r.body) != example(t, "listCustomerOnDemandResources") {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
}

func example(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("reference/examples/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDocumentedStillChecks(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Dataset = simulator.DatasetDocumented })
	window := url.Values{"begin_time": {"1"}, "end_time": {"2"}}
	tests := []struct {
		name, path string
		query      url.Values
		status     int
		body       string
	}{
		{"second page", "/v1/host/detail", paged(window, 10, 1), 200, `{"total":0,"list":[]}`},
		{"no service", "/v1/CloudService/capacity", paged(window, 10, 0), 200, `{"total":0,"list":[]}`},
		{"page too large", "/v1/DeviceAsset/info", paged(nil, 1001, 0), 400, ""},
		{"no window", "/v1/host/detail", paged(nil, 10, 0), 400, ""},
		{"no host", "/v1/host/vms", paged(nil, 10, 0), 400, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := u.get(data+test.path, test.query)
			if r.status != test.status || test.body != "" && string(r.body) != test.body {
				t.Errorf("%d %s, want %d %s", r.status, r.body, test.status, test.body)
			}
		})
	}
	r := u.send("POST", "/meter/v1/demo-domain/query-jobs/any/sdr", u.credentials(), `{"marker":"xxx"}`)
	if string(r.body) != `{"data":[],"marker":""}` {
		t.Errorf("after the example's marker: %s", r.body)
	}
	if r := u.send("GET", hostsPath, nil, ""); r.status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", r.status)
	}
}
