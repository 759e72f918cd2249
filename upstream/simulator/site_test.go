package simulator_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

func TestNewRefusesBadFields(t *testing.T) {
	tests := []struct {
		field string
		cfg   simulator.Config
	}{
		{"regions", simulator.Config{Regions: -1}},
		{"regions", simulator.Config{Regions: 61}},
		{"hosts", simulator.Config{Hosts: -1}},
		{"hosts", simulator.Config{Hosts: 50_001}},
		{"latency", simulator.Config{Latency: "slow"}},
		{"quota", simulator.Config{Quota: "on"}},
		{"dataset", simulator.Config{Dataset: "real"}},
	}
	for _, test := range tests {
		if _, err := simulator.New(test.cfg); err == nil || !strings.Contains(err.Error(), test.field) {
			t.Errorf("%+v: error %v, want one that names %s", test.cfg, err, test.field)
		}
	}
}

// TestSeedDecides compares what two simulators answer to the same calls in the same order.
func TestSeedDecides(t *testing.T) {
	answers := func(seed uint64) string {
		u := start(t, func(c *simulator.Config) { c.Seed, c.Hosts = seed, 40 })
		var all strings.Builder
		for _, p := range probes(u.ids()) {
			all.Write(u.do(p).body)
		}
		return all.String()
	}
	first := answers(7)
	if answers(7) != first {
		t.Error("one seed gave two sites")
	}
	if answers(8) == first {
		t.Error("two seeds gave one site")
	}
}

// TestSmallSites calls everything on sites of a few hosts: some have no machine with an address, or no disk.
func TestSmallSites(t *testing.T) {
	for seed := range uint64(60) {
		size := int(seed%6) + 1
		u := start(t, func(c *simulator.Config) { c.Seed, c.Hosts, c.Regions = 100+seed, size, min(size, 3) })
		for _, p := range probes(u.ids()) {
			if got := u.do(p); got.status >= 500 {
				t.Errorf("seed %d, %d hosts: %s: %d %.200s", 100+seed, size, p.operation, got.status, got.body)
			}
		}
	}
}

func TestHostsAreCountedAndUneven(t *testing.T) {
	for _, size := range []struct{ regions, hosts int }{{5, 200}, {1, 1}, {3, 2}, {10, 999}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			u := start(t, func(c *simulator.Config) { c.Regions, c.Hosts = size.regions, size.hosts })
			counts := map[string]int{}
			ids := map[string]bool{}
			for _, h := range u.all("/v1/host/detail", lastDays(1), 500) {
				counts[h.text("REGION_ID")]++
				ids[h.text("HOST_ID")] = true
			}
			if len(ids) != size.hosts || len(u.Regions()) != size.regions ||
				len(counts) != min(size.regions, size.hosts) && size.hosts >= size.regions {
				t.Errorf("%d hosts in %d of %d regions", len(ids), len(counts), len(u.Regions()))
			}
			if size.hosts < 200 {
				return
			}
			var parts []int
			for _, n := range counts {
				parts = append(parts, n)
			}
			if slices.Max(parts) < 2*slices.Min(parts) {
				t.Errorf("hosts spread evenly: %v", counts)
			}
		})
	}
}

func TestDefaultSiteIsMadeFast(t *testing.T) {
	began := time.Now()
	if _, err := simulator.New(simulator.Config{}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 2*time.Second { // some 5 ms alone; the limit allows for a busy machine
		t.Errorf("it took %v", took)
	}
}

// TestCapacityIsMeasuredDaily looks for a measurement at each 16:00 UTC of the window and nowhere else (QUIRKS 53).
func TestCapacityIsMeasuredDaily(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 20 })
	begin := time.Date(2026, time.November, 18, 16, 0, 0, 0, time.UTC)
	query := with(paged(span(begin, noon), 1000, 0), "service_type", "EIP")
	got := map[string]bool{}
	for _, r := range u.get(data+"/v1/CloudService/capacity", query).rows(t) {
		got[r.text("timestamp")] = true
	}
	want := map[string]bool{}
	for i := range 3 {
		want[strconv.FormatInt(begin.AddDate(0, 0, i).UnixMilli(), 10)] = true
	}
	if diff := compare(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCapacityDiffersByRegion(t *testing.T) {
	u := start(t, defaultSite)
	dedicated := map[string]bool{}
	allocated := map[string]bool{}
	parameters := with(paged(lastDays(1), 1000, 0), "service_type", "DCC")
	for _, r := range u.get(data+"/v1/CloudService/capacity", parameters).rows(t) {
		dedicated[u.regionCode(r.text("region"))] = true
		allocated[r.text("allocated")] = true
	}
	if len(dedicated) != len(u.Regions())-1 || len(allocated) < 8 {
		t.Errorf("dedicated computing in %v, with %d figures; want it missing in one region", dedicated, len(allocated))
	}
}

// TestAlarmsFollowTheClock checks that alarms begin and end as time passes.
func TestAlarmsFollowTheClock(t *testing.T) {
	u := start(t, defaultSite)
	state := func(now time.Time) (raised, cleared int) {
		t.Helper()
		u.control("PUT", "clock", `{"now":"`+now.Format(time.RFC3339)+`"}`)
		u.tokens = map[string]string{}
		window := paged(span(noon.AddDate(0, 0, -30), noon.AddDate(0, 0, 3)), 1000, 0)
		for _, a := range u.get(data+"/v1/CloudServiceAlarm/info", window).rows(t) {
			raised++
			if a.text("cleared") == "1" {
				cleared++
			}
		}
		return raised, cleared
	}
	raised, cleared := state(noon)
	laterRaised, laterCleared := state(noon.AddDate(0, 0, 3))
	if laterRaised <= raised || laterCleared <= cleared {
		t.Errorf("%d raised, %d cleared; three days later %d, %d", raised, cleared, laterRaised, laterCleared)
	}
	if again, _ := state(noon); again != raised {
		t.Errorf("%d raised when the clock was set back, %d before", again, raised)
	}
}

// TestIrregularities looks for each oddity of the wire format in some answers and for its absence in others.
func TestIrregularities(t *testing.T) {
	u := start(t, defaultSite)
	all := map[string]string{}
	id := u.ids()
	for _, p := range probes(id) {
		r := u.do(p)
		all[p.operation] += string(r.body)
		if strings.HasPrefix(p.path, data) && r.header.Get("Content-Type") != "application/json;charset=UTF8" {
			t.Errorf("%s: content type %q", p.operation, r.header.Get("Content-Type"))
		}
	}
	for _, host := range u.all("/v1/host/detail", lastDays(1), 500) {
		all["listHostVms"] += string(
			u.get(data+"/v1/host/vms", with(paged(nil, 500, 0), "host_id", host.text("HOST_ID"))).body)
	}
	tests := []struct{ quirk, operation, pattern string }{
		{"1 misspelt", "listCloudServiceCapacity", `"` + misspelt + `":`},
		{"1 available", "listCloudServiceCapacity", `"available":`},
		{"1 misspelt for hosts", "listHostPhysicalCapacity", `"` + misspelt + `":`},
		{"7 device type", "listHostPhysicalCapacity", `"device_type":"EVS"`},
		{"7 service type", "listHostPhysicalCapacity", `"service_type":"ECS"`},
		{"13 code and message", "listCloudServiceCapacity|listHostPhysicalCapacity", `"msg":"success"`},
		{"14 unknown key", "listHostDetails", `"ext_info":`},
		{"15 name for a region", "listCloudServiceCapacity", `"region":"(华|西|CN )`},
		{"18 number as text", "listCloudServiceCapacity", `"allocated":"\d`},
		{"18 number as number", "listCloudServiceCapacity", `"allocated":\d`},
		{"19 total as text", "listDeviceAlarms", `"total":"\d+"`},
		{"20 null as text", "listCloudServiceCapacity", `"used":"null"`},
		{"20 null in capitals", "listCloudServiceCapacity", `"used":"NULL"`},
		{"20 null as null", "listCloudServiceCapacity", `"used":null`},
		{"20 null as empty", "listCloudServiceCapacity", `"used":""`},
		{"20 model null", "listCloudServiceCapacity", `"metric_type":"null"`},
		{"21 empty number", "listElbv3Capacity", `_count":""`},
		{"22 alarm id as number", "listCloudServiceAlarms", `"alarm_id":\d`},
		{"22 alarm id as text", "listCloudServiceAlarms", `"alarm_id":"\d`},
		{"22 source as number", "listCloudAuditLogs", `"operating_source":\d`},
		{"23 later edition", "listCloudServiceCapacity", `"az_name_en":`},
		{"30 backslash", "listHostMetricData", `"unit":"\\\\%"`},
		{"32 region for a maker", "listHostDetails", `"MANUFACTURER":"cn-`},
		{"32 masked address", "listHostDetails", `XX\.XX\.XX\.XX`},
		{"33 service type", "listCloudServiceCapacity", `"service_type":"ecs-vm"`},
		{"34 zone", "listCloudServiceCapacity", `"zone_type":"KVM_POD"`},
		{"34 zone of dedicated hosts", "listCloudServiceCapacity", `"zone_type":"DEH_POD"`},
		{"41 unknown severity", "listCloudServiceAlarms|listDeviceAlarms", `"severity":"5"`},
		{"43 time as text", "listCloudServiceCapacity", `"timestamp":"\d{13}"`},
		{"43 time as number", "listCloudServiceCapacity", `"timestamp":\d{13}[,}]`},
		{"44 local time", "listCloudAuditLogs", `"start_time":"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"`},
		{"45 hour without zero", "listHostPerformanceData", `"time":"\d{4}-\d\d-\d\d \d:00"`},
		{"46 fourteen digits", "listCloudResourceInstanceData", `"begin_time":"\d{14}"`},
		{"47 milliseconds", "listDeviceAlarms", `"latest_occur_utc":"\d{13}"`},
		{"47 seconds", "listDeviceAlarms", `"latest_occur_utc":"\d{10}"`},
		{"47 date and time", "listDeviceAlarms", `"latest_occur_utc":"\d{4}-\d\d-\d\d \d`},
		{"47 RFC 3339", "listDeviceAlarms", `"latest_occur_utc":"\d{4}-\d\d-\d\dT[\d:]+Z"`},
		{"65 list first", "listCloudResourceInstanceData", `^\{"list":\[`},
		{"69 missing comma", "listHostDetails", `GB\\"\} \{\\"disk`},
		{"72 Python literal", "listHostVms", `"vm_list":"\[\['`},
		{"72 None", "listHostVms", `, None, `},
		{"72 escape", "listHostVms", `ops\\\\'s box`},
		{"72 JSON", "listHostVms", `"vm_list":"\[\[\\"`},
		{"72 nothing", "listHostVms", `"vm_list":"\[\]"`},
		{"73 empty positions", "listHostVms", `\['', '', '`},
		{"92 Chinese text", "listCloudServiceAlarms", `\p{Han}`},
		{"98 tag for a name", "listHostVms", `"host_name":"CN_`},
		{"99 id that is no UUID", "listCloudResourceInstanceData", `"resource_id":"batch-volume-`},
		{"110 model word", "listCloudServiceCapacity", `"metric_type":"(Connetion|Gateway|vCpu|SQLServer)"`},
		{"110 model word of hosts", "listHostPhysicalCapacity", `"resource_type":"C6xLarge"`},
	}
	for _, test := range tests {
		t.Run(test.quirk, func(t *testing.T) {
			pattern := regexp.MustCompile(test.pattern)
			if !slices.ContainsFunc(strings.Split(test.operation, "|"), func(operation string) bool {
				return pattern.MatchString(all[operation])
			}) {
				t.Errorf("no answer of %s matches %s", test.operation, test.pattern)
			}
		})
	}
	var page struct {
		Total any   `json:"total"`
		List  []row `json:"list"`
	}
	decode(t, u.get(data+"/v1/host-physical/capacity", paged(lastDays(3), 1000, 0)).body, &page)
	if fmt.Sprint(page.Total) == strconv.Itoa(len(page.List)) {
		t.Errorf("61: total of physical capacity is right: %v", page.Total)
	}
}
