package simulator_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// index maps the rows by one of their keys.
func index(rows []row, key string) map[string]row {
	byKey := make(map[string]row, len(rows))
	for _, r := range rows {
		byKey[r.text(key)] = r
	}
	return byKey
}

// machineIDs finds the ids in a vm_list, in whichever notation it is.
func machineIDs(text string) []string {
	var found []string
	for _, match := range regexp.MustCompile(`\[['"]([0-9a-f-]{36})['"]`).FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	return found
}

func TestMachinesAreOneThingEverywhere(t *testing.T) {
	u := start(t, nil)
	metered := index(u.usage("ECS"), "resource_id")
	if len(metered) < 350 || len(metered) > 650 {
		t.Errorf("%d machines on 50 hosts, want some ten a host", len(metered))
	}
	hosted := map[string]string{}
	for _, host := range u.all("/v1/host/detail", lastDays(1), 500) {
		vms := u.get(data+"/v1/host/vms", with(paged(nil, 500, 0), "host_id", host.text("HOST_ID"))).rows(t)
		if len(vms) != 1 {
			t.Fatalf("%d rows for host %s", len(vms), host.text("HOST_ID"))
		}
		if vms[0].text("region_id") != host.text("REGION_ID") {
			t.Errorf("host %s is in two regions", host.text("HOST_ID"))
		}
		for _, id := range machineIDs(vms[0].text("vm_list")) {
			hosted[id] = host.text("REGION_ID")
			if metered[id] == nil || metered[id].text("region_code") != host.text("REGION_ID") {
				t.Errorf("machine %s of host %s is not metered in its region", id, host.text("HOST_ID"))
			}
		}
	}
	if len(hosted) < len(metered)*8/10 { // some have no id in vm_list
		t.Errorf("%d of %d machines are on a host by id", len(hosted), len(metered))
	}
	hour := span(noon.Add(-10*time.Minute), noon)
	measured := map[string]bool{}
	for _, sample := range u.all("/v1/ecs/performance", hour, 5000) {
		id := sample.text("INSTANCE_ID")
		measured[id] = true
		if metered[id] == nil || metered[id].text("domain_name") != sample.text("TENANT_NAME") {
			t.Fatalf("machine %s is measured for a tenant that it is not metered for", id)
		}
	}
	if len(measured) != len(metered) {
		t.Errorf("%d machines measured, %d metered", len(measured), len(metered))
	}
}

func TestEveryUseIsBilled(t *testing.T) {
	u := start(t, nil)
	billed := map[string]row{}
	customers := map[string]bool{}
	for _, kind := range instanceKinds() {
		for _, use := range u.usage(kind) {
			customers[use.text("domain_id")] = true
		}
	}
	if !customers[simulator.DemoHCSODomain] || len(customers) < 5 {
		t.Fatalf("customers %v", customers)
	}
	for customer := range customers {
		for offset := 0; ; {
			page := u.bill(fmt.Sprintf(`{"customer_id":%q,"limit":100,"offset":%d}`, customer, offset))
			for _, r := range page {
				billed[r.text("resource_id")] = r
			}
			if offset += len(page); len(page) < 100 {
				break
			}
		}
	}
	for _, kind := range instanceKinds() {
		for _, use := range u.usage(kind) {
			bill := billed[use.text("resource_id")]
			for used, paid := range map[string]string{
				"domain_id": "customer_id", "region_code": "region_code", "az_code": "availability_zone_code",
				"cloud_service_type_code": "service_type_code", "resource_spec_code": "resource_spec_code",
			} {
				if bill.text(paid) != use.text(used) {
					t.Fatalf("%s %s: %s %q used, %q billed", kind, use.text("resource_id"), used, use.text(used), bill.text(paid))
				}
			}
		}
	}
}

// bill asks for resources of a customer.
func (u *upstream) bill(body string) []row {
	u.t.Helper()
	return u.send("POST", bssPath, map[string]string{"X-Auth-Token": u.token(domainScope)}, body).rows(u.t)
}

// TestCapacityCountsInstances adds up machines, disks and addresses by region and model, and finds the sums in the
// newest measurements.
func TestCapacityCountsInstances(t *testing.T) {
	u := start(t, nil)
	tests := []struct {
		service, kind string
		model         func(spec string) string
	}{
		{"ECS_VM", "ECS", func(spec string) string { // c6.xlarge.2.linux is counted as kvm/C6-2
			part := strings.Split(spec, ".")
			return strings.ToLower("kvm/" + part[0] + "-" + part[2])
		}},
		{"EIP", "EIP", func(spec string) string { return spec }},
		{"BMS", "BMS", func(spec string) string { return spec }},
	}
	for _, test := range tests {
		t.Run(test.service, func(t *testing.T) {
			counted := map[string]int{}
			for _, use := range u.usage(test.kind) {
				counted[use.text("region_code")+" "+test.model(use.text("resource_spec_code"))]++
			}
			measured := map[string]int{}
			query := paged(span(noon.Add(-24*time.Hour), noon), 1000, 0)
			for _, r := range u.get(data+"/v1/CloudService/capacity", with(query, "service_type", test.service)).rows(t) {
				zone := strings.ToUpper(r.text("zone_type"))
				if n, err := strconv.Atoi(r.text("allocated")); err == nil && n > 0 && zone != "MANAGE" {
					measured[u.regionCode(r.text("region"))+" "+strings.ToLower(r.text("metric_type"))] = n
				}
			}
			if diff := compare(counted, measured); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// regionCode is the code of a region given by code or name.
func (u *upstream) regionCode(text string) string {
	for _, r := range u.Regions() {
		if text == r.Name || text == r.NameEn {
			return r.Code
		}
	}
	return text
}

func TestAlarmsNameHosts(t *testing.T) {
	u := start(t, defaultSite)
	hosts := u.all("/v1/host/detail", lastDays(1), 500)
	serials, assets := index(hosts, "SN"), index(u.all("/v1/DeviceAsset/info", nil, 1000), "management_ip")
	names := map[string]bool{}
	for _, h := range hosts {
		names[h.text("REGION_ID")+h.text("HOST_NAME")] = true
	}
	serial, address := regexp.MustCompile(`sn=([^;]+)`), regexp.MustCompile(`\d+\.\d+\.\d+\.\d+`)
	ways := map[string]int{}
	for _, a := range u.all("/v1/DeviceAlarm/info", lastDays(30), 1000) {
		bySerial := serial.FindStringSubmatch(a.text("additional_information"))
		byAddress := address.FindString(a.text("nativeMeDn"))
		switch {
		case bySerial != nil && serials[bySerial[1]] != nil:
			ways["serial"]++
		case byAddress != "" && assets[byAddress] != nil:
			ways["address in nativeMeDn"]++
		case address.MatchString(a.text("meDn")) && assets[a.text("meDn")] != nil:
			ways["address in meDn"]++
		case names[a.text("LogicalRegionId")+a.text("meName")]:
			ways["name"]++
		default:
			ways["none"]++
		}
		ways["cleared "+a.text("cleared")]++
		ways["acked "+a.text("acked")]++
	}
	for _, way := range []string{
		"serial", "address in nativeMeDn", "address in meDn", "name", "none",
		"cleared 0", "cleared 1", "acked 0", "acked 1",
	} {
		if ways[way] < 5 {
			t.Errorf("%d alarms by %s, want some: %v", ways[way], way, ways)
		}
	}
}

func TestServersAndDevicesJoin(t *testing.T) {
	u := start(t, nil)
	hosts := u.all("/v1/host/detail", lastDays(1), 500)
	serials, ids := index(hosts, "SN"), index(hosts, "HOST_ID")
	for _, sample := range u.all("/v1/host/performancedata", span(noon.Add(-2*time.Hour), noon), 1000) {
		host := serials[sample.text("sn")]
		if host == nil || host.text("REGION_ID") != sample.text("region_code") ||
			host.text("RACK_CODE") != sample.text("pack_code") {
			t.Fatalf("performance of %s does not fit host %v", sample.text("sn"), host)
		}
	}
	metrics := u.get(data+"/v1/host/metricdata",
		with(span(noon.Add(-time.Hour), noon), "host_id", hosts[0].text("HOST_ID"), "page_size", "1000")).rows(t)
	names := map[string]bool{}
	for _, m := range metrics {
		names[m.text("metrics_name")+m.text("data_item")+m.text("operator")] = true
		if ids[m.text("host_id")] == nil {
			t.Fatalf("metric of an unknown host %s", m.text("host_id"))
		}
	}
	if len(names) != 19 || len(metrics) != 19*12 {
		t.Errorf("%d samples of %d metrics, want 12 in an hour of each of 19", len(metrics), len(names))
	}
	assets := index(u.all("/v1/DeviceAsset/info", nil, 1000), "management_ip")
	for _, m := range u.all("/v1/network-device/metric-data", span(noon.Add(-10*time.Minute), noon), 1000) {
		if a := assets[m.text("device_ip")]; a == nil && assets["XX.XX.XX.XX"] == nil ||
			a != nil && a.text("region") != m.text("region_id") {
			t.Fatalf("metric of a device that is no asset: %v", m)
		}
	}
}

// TestEveryRegionIsKnown checks that Regions has the region of every row of every answer.
func TestEveryRegionIsKnown(t *testing.T) {
	u := start(t, nil)
	var known []string
	for _, r := range u.Regions() {
		known = append(known, r.Code, r.Name, r.NameEn)
	}
	if !slices.IsSorted([]string{known[0], known[3], known[6], known[9], known[12]}) ||
		!slices.Contains(known, "cn-north-7") {
		t.Errorf("regions %v, want them in code order with cn-north-7", known)
	}
	for _, p := range probes(u.ids()) {
		if p.operation == "getScreenData" {
			continue
		}
		for _, r := range u.do(p).rows(t) {
			for _, key := range []string{"region", "region_id", "REGION_ID", "region_code", "LogicalRegionId"} {
				if text, sent := r[key]; sent && !slices.Contains(known, r.text(key)) {
					t.Fatalf("%s: %s is %v", p.operation, key, text)
				}
			}
		}
	}
}

// TestMeteringRecordsAreUse compares a job's records with the instance data of the same day.
func TestMeteringRecordsAreUse(t *testing.T) {
	u := start(t, nil)
	records := u.records(`{"min_sdr_time":"2026-11-20 00:00:00","max_sdr_time":"2026-11-21 00:00:00"}`)
	day := time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC)
	found := 0
	for _, kind := range instanceKinds() {
		uses := index(u.all("/v2/cloudresource/instancedata/"+kind, span(day, day.Add(time.Hour)), 1000), "resource_id")
		for id, use := range uses {
			record := index(records, "resource_id")[id]
			if (record != nil) != (use.text("domain_id") == simulator.DemoHCSODomain) {
				t.Fatalf("%s: metered %v, used by %s", id, record != nil, use.text("domain_id"))
			}
			if record == nil {
				continue
			}
			found++
			if end := record.text("end_time"); end != "20261121000000" {
				t.Errorf("end_time %s", end)
			}
			delete(record, "end_time")
			if diff := compare(use, record); diff != "" {
				t.Error(diff)
			}
		}
	}
	if found != len(records) || found == 0 {
		t.Errorf("%d of %d records found among the uses", found, len(records))
	}
}

// records runs a metering job to its end and reads all its records.
func (u *upstream) records(body string) []row {
	u.t.Helper()
	path := "/meter/v1/demo-domain/query-jobs/" + u.job(body)
	u.control("PUT", "clock", `{"advanceSeconds":6}`)
	var list []row
	for marker, seen := "", map[string]bool{}; ; {
		var page struct {
			Data   []row
			Marker string
		}
		r := u.send("POST", path+"/sdr", u.credentials(), `{"limit":200,"marker":"`+marker+`"}`)
		if r.status != 200 || !json.Valid(r.body) {
			u.t.Fatalf("status %d: %s", r.status, r.body)
		}
		decode(u.t, r.body, &page)
		list = append(list, page.Data...)
		if marker = page.Marker; marker == "" || seen[marker] {
			return list
		}
		seen[marker] = true
	}
}
