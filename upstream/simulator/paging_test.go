package simulator_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// keyOf identifies a row of the list.
func keyOf(r row, keys []string) string {
	var parts []string
	for _, key := range keys {
		parts = append(parts, r.text(key))
	}
	return strings.Join(parts, "|")
}

func TestPagingMeetsEveryRow(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts, c.Regions = 150, 4 })
	month := lastDays(30)
	tests := []struct {
		name, path string
		query      url.Values
		size       int
		keys       []string
	}{
		{"hosts", "/v1/host/detail", month, 50, []string{"HOST_ID"}},
		{"hosts in pages too small to repeat", "/v1/host/detail", month, 7, []string{"HOST_ID"}},
		{"alarms of services", "/v1/CloudServiceAlarm/info", month, 100, []string{"csn"}},
		{"alarms of devices", "/v1/DeviceAlarm/info", month, 99, []string{"csn"}},
		{"assets", "/v1/DeviceAsset/info", nil, 25, []string{"device_id"}},
		{"audit", "/v1/cloudAuditlog", month, 40, []string{"id"}},
		{"usage", "/v2/cloudresource/instancedata/ECS", lastDays(1), 1000, []string{"resource_id", "begin_time"}},
	}
	repeated := 0
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			whole := map[string]bool{}
			for _, r := range u.get(data+test.path, paged(test.query, 1000, 0)).rows(t) {
				whole[keyOf(r, test.keys)] = true
			}
			if len(whole) == 1000 { // more than one page of the greatest size
				for _, r := range u.all(test.path, test.query, 500) {
					whole[keyOf(r, test.keys)] = true
				}
			}
			got := map[string]bool{}
			received := 0
			for {
				page := u.get(data+test.path, paged(test.query, test.size, received)).rows(t)
				received += len(page)
				for _, r := range page {
					got[keyOf(r, test.keys)] = true
				}
				if len(page) > test.size {
					t.Fatalf("%d rows on a page of %d", len(page), test.size)
				}
				if len(page) < test.size {
					break
				}
			}
			repeated += received - len(got)
			if diff := compare(whole, got); diff != "" {
				t.Errorf("%d rows met of %d:\n%.1000s", len(got), len(whole), diff)
			}
		})
	}
	if repeated == 0 {
		t.Error("no row came twice in any list; some should")
	}
}

func TestPagesComeInAnotherOrder(t *testing.T) {
	u := start(t, nil)
	order := func() string {
		var names []string
		for _, r := range u.get(data+"/v1/host/detail", paged(lastDays(1), 100, 0)).rows(t) {
			names = append(names, r.text("HOST_ID"))
		}
		return strings.Join(names, " ")
	}
	if first := order(); order() == first {
		t.Error("two calls gave one order")
	}
}

func TestEmptyPages(t *testing.T) {
	u := start(t, nil)
	tests := []struct {
		name  string
		query url.Values
	}{
		{"page size 0", paged(lastDays(1), 0, 0)},
		{"beyond the end", paged(lastDays(1), 100, 100_000)},
		{
			"the sample's window of 0 and 0",
			url.Values{"begin_time": {"0"}, "end_time": {"0"}, "page_size": {"10"}, "offset_value": {"0"}},
		},
		{"unknown host", with(paged(lastDays(1), 10, 0), "host_id", "x")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if rows := u.get(data+"/v1/host/detail", test.query).rows(t); len(rows) != 0 {
				t.Errorf("%d rows", len(rows))
			}
		})
	}
}

// TestDefaultSiteFitsOnePage checks what tests of the default site rely on.
func TestDefaultSiteFitsOnePage(t *testing.T) {
	u := start(t, defaultSite)
	for _, p := range probes(u.ids()) {
		switch p.operation {
		case "listHostDetails":
			if n := len(u.do(p).rows(t)); n != 200 {
				t.Errorf("%d hosts, want 200", n)
			}
		case "listHostPhysicalCapacity", "listCloudServiceCapacity", "listCloudServiceAlarms", "listDeviceAlarms",
			"listDeviceAssets", "listCloudAuditLogs":
			if n := len(u.do(p).rows(t)); n == 0 || n >= 1000 {
				t.Errorf("%s?%s: %d rows, want 1 to 999", p.operation, p.query.Encode(), n)
			}
		}
	}
	for _, path := range []string{"/v1/CloudServiceAlarm/info", "/v1/DeviceAlarm/info"} {
		if n := len(u.get(data+path, paged(lastDays(30), 1000, 0)).rows(t)); n < 150 {
			t.Errorf("%s: %d alarms in 30 days, want some hundreds", path, n)
		}
	}
}
