package simulator_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// TestMandatoryParameters leaves out one parameter after the other (QUIRKS 58, 109).
func TestMandatoryParameters(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 10 })
	window := []string{"begin_time", "end_time"}
	all := []string{"begin_time", "end_time", "page_size", "offset_value"}
	mandatory := map[string][]string{
		"/v1/host-physical/capacity":               all,
		"/v1/CloudService/capacity":                all,
		"/v1/cloudAuditlog":                        all,
		"/v1/DeviceAsset/info":                     {"page_size", "offset_value"},
		"/v1/CloudServiceAlarm/info":               all,
		"/v1/DeviceAlarm/info":                     all,
		"/v1/host/metricdata":                      append([]string{"host_id"}, window...),
		"/v1/host/performancedata":                 window,
		"/v1/network/capacity/elbv3":               {"page_size", "offset_value"},
		"/v2/cloudresource/instancedata/ECS":       window,
		"/v1/network-device/metric-data":           all,
		"/v1/host/detail":                          all,
		"/v1/ecs/performance":                      all,
		"/v1/host/vms":                             {"host_id", "page_size", "offset_value"},
		"/v1/TanentCloudResource/InstanceData/EVS": nil,
	}
	full := with(paged(lastDays(1), 10, 0), "host_id", "x")
	for path, names := range mandatory {
		if r := u.get(data+path, full); r.status != http.StatusOK {
			t.Errorf("%s with everything: %d %s", path, r.status, r.body)
		}
		only := url.Values{}
		for _, name := range names {
			only[name] = full[name]
		}
		if r := u.get(data+path, only); r.status != http.StatusOK {
			t.Errorf("%s with what is mandatory: %d %s", path, r.status, r.body)
		}
		for _, name := range names {
			less := maps.Clone(full)
			delete(less, name)
			if r := u.get(data+path, less); r.status != http.StatusBadRequest || !strings.Contains(string(r.body), `"AS.0001"`) {
				t.Errorf("%s without %s: %d %s", path, name, r.status, r.body)
			}
		}
	}
}

func TestParameterValues(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 10 })
	good := with(paged(lastDays(1), 10, 0), "host_id", "x")
	tests := []struct {
		path, name, value string
		status            int
	}{
		{"/v1/host/detail", "page_size", "100000", 200}, // no maximum is documented
		{"/v1/host/detail", "page_size", "-1", 400},
		{"/v1/host/detail", "page_size", "ten", 400},
		{"/v1/host/detail", "page_size", "99999999999", 400},
		{"/v1/host/detail", "offset_value", "-1", 400},
		{"/v1/host/detail", "begin_time", "2026-11-21", 400},
		{"/v1/host/detail", "begin_time", "-1", 400},
		{"/v1/host/detail", "end_time", "0", 400}, // before the beginning
		{"/v1/cloudAuditlog", "page_size", "1000", 200},
		{"/v1/cloudAuditlog", "page_size", "1001", 400},
		{"/v1/cloudAuditlog", "page_size", "0", 200},
		{"/v1/cloudAuditlog", "log_type", "1", 200},
		{"/v1/cloudAuditlog", "log_type", "2", 400},
		{"/v1/CloudServiceAlarm/info", "end_time", "17637264000000", 400}, // fourteen digits
		{"/v1/CloudServiceAlarm/info", "cleared", "true", 400},
		{"/v1/CloudServiceAlarm/info", "service_type", "EVS", 200},
		{"/v1/CloudServiceAlarm/info", "service_type", "Server", 400},
		{"/v1/DeviceAlarm/info", "service_type", "Server", 200},
		{"/v1/DeviceAlarm/info", "service_type", "ECS", 400},
		{"/v1/host-physical/capacity", "device_type", "ECS", 200},
		{"/v1/host-physical/capacity", "device_type", "BMS", 400},
		{"/v1/host-physical/capacity", "zone_type", "pod", 200},
		{"/v1/host-physical/capacity", "zone_type", "POD", 400},
		{"/v1/CloudService/capacity", "service_type", "DeH", 200},
		{"/v1/CloudService/capacity", "service_type", "DEH", 400},
		{"/v1/CloudService/capacity", "zone_type", "DeH_POD", 200},
		{"/v1/CloudService/capacity", "zone_type", "DEH_POD", 400},
		{"/v1/network-device/metric-data", "metric", "59", 200},
		{"/v1/network-device/metric-data", "metric", "58", 400},
		{"/v1/DeviceAsset/info", "device_type", "anything", 200},
		{"/v1/host/performancedata", "page_size", "1001", 400},
	}
	for _, test := range tests {
		t.Run(test.path+" "+test.name+"="+test.value, func(t *testing.T) {
			if r := u.get(data+test.path, with(good, test.name, test.value)); r.status != test.status {
				t.Errorf("status %d, want %d: %s", r.status, test.status, r.body)
			}
		})
	}
	for service, zone := range map[string]string{"ECS_VM": "BMS_POD", "OBS": "manage", "VPN": "EIP_POD"} {
		if r := u.get(data+"/v1/CloudService/capacity",
			with(good, "service_type", service, "zone_type", zone)); r.status != http.StatusBadRequest {
			t.Errorf("%s with %s: %d", service, zone, r.status)
		}
	}
	if r := u.send("GET", data+"/v1/host/detail?a=%zz", u.credentials(), ""); r.status != http.StatusBadRequest {
		t.Errorf("a query that does not parse: %d", r.status)
	}
}

func TestFiltersHold(t *testing.T) {
	u := start(t, nil)
	id := u.ids()
	hour := paged(lastDays(1), 1000, 0)
	tests := []struct {
		path  string
		query url.Values
		key   string
		want  string
	}{
		{"/v1/host/detail", with(hour, "host_id", id.host), "HOST_ID", id.host},
		{"/v1/host/performancedata", with(hour, "sn", id.serial), "sn", id.serial},
		{"/v1/ecs/performance", with(hour, "vm_id", id.machine), "INSTANCE_ID", id.machine},
		{"/v1/network-device/metric-data", with(hour, "management_ip", id.device), "device_ip", id.device},
		{"/v1/network-device/metric-data", with(hour, "metric", "102"), "metric", "102"},
		{"/v1/CloudServiceAlarm/info", with(hour, "service_type", "ECS"), "me_category", "ECS"},
		{"/v1/DeviceAlarm/info", with(paged(lastDays(30), 1000, 0), "service_type", "Network"), "me_category", "Network"},
		{"/v1/CloudServiceAlarm/info", with(paged(lastDays(30), 1000, 0), "cleared", "1"), "cleared", "1"},
		{"/v1/cloudAuditlog", with(paged(lastDays(30), 1000, 0), "log_type", "1"), "type", "1"},
		{"/v1/DeviceAsset/info", with(hour, "device_type", "firewall"), "device_type", "firewall"},
	}
	for _, test := range tests {
		rows := u.get(data+test.path, test.query).rows(t)
		if len(rows) == 0 {
			t.Errorf("%s %s=%s finds nothing", test.path, test.key, test.want)
		}
		for _, r := range rows {
			if r.text(test.key) != test.want {
				t.Errorf("%s: %s is %s, want %s", test.path, test.key, r.text(test.key), test.want)
				break
			}
		}
	}
}

func TestPathsThatAreNotThere(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 1 })
	query := "?" + paged(lastDays(1), 10, 0).Encode()
	for _, call := range [][2]string{
		{"GET", "/"},
		{"GET", data + "/v1/Host/detail" + query},
		{"GET", data + "/v1/host/detail/" + query},
		{"GET", data + "/v1//host/detail" + query},
		{"POST", data + "/v1/host/detail" + query},
		{"GET", data + "/v1/TenantCloudResource/InstanceData/ECS"},
		{"GET", data + "/v1/TanentCloudResource/InstanceData/EIP"},
		{"GET", data + "/v1/TanentCloudResource/InstanceData/RDS"},
		{"GET", data + "/v2/cloudresource/instancedata/SFS" + query},
		{"GET", data + "/v1/cloudresource/elbv3" + query},
		{"GET", "/v3/auth/tokens"},
	} {
		r := u.send(call[0], call[1], u.credentials(), "")
		if r.status != http.StatusNotFound || !strings.Contains(string(r.body), "rest interface not found") {
			t.Errorf("%v: %d %s", call, r.status, r.body)
		}
	}
	if r := u.send("HEAD", hostsPath, u.credentials(), ""); r.status != http.StatusNotFound {
		t.Errorf("HEAD: %d", r.status)
	}
}
