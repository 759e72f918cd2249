package oracle

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// many asks for more and larger sites, as `make oracle` does.
var many = flag.Bool("many", false, "compare more and larger sites, and more random queries")

// at is the time of all sites: neither a whole hour nor a whole minute.
var at = time.Date(2026, time.November, 21, 10, 7, 23, 0, time.UTC)

func worlds() []kit.WorldSettings {
	settings := []kit.WorldSettings{
		{Seed: 1, Hosts: 40, Regions: 5}, {Seed: 7, Hosts: 12, Regions: 3}, {Seed: 23, Hosts: 3, Regions: 2},
	}
	if *many {
		for seed := range uint64(12) {
			settings = append(settings, kit.WorldSettings{Seed: 100 + seed, Hosts: 5 << (seed % 6), Regions: 1 + int(seed%9)})
		}
		settings = append(settings, kit.WorldSettings{Seed: 5, Hosts: 400, Regions: 10})
	}
	for i := range settings {
		settings[i].Quota, settings[i].Clock = "off", at
	}
	return settings
}

// TestAnswers compares whole answers of sites with what the upstream's documents make of their rows.
func TestAnswers(t *testing.T) {
	values, asked, unknowns := 0, 0, map[string]int{}
	for _, settings := range worlds() {
		t.Run(fmt.Sprintf("seed%d-hosts%d", settings.Seed, settings.Hosts), func(t *testing.T) {
			c := newChecker(t, kit.NewWorld(t, settings))
			for _, part := range []struct {
				name string
				ask  func(c *checker)
			}{
				{"names of metrics before any is read", (*checker).metricNames},
				{"inventory", (*checker).inventory},
				{"alarms", (*checker).alarms},
				{"trends of alarms", (*checker).trends},
				{"capacity", (*checker).capacity},
				{"allocation", (*checker).allocation},
				{"metrics", (*checker).metrics},
				{"rankings", (*checker).rankings},
				{"names of metrics", (*checker).metricNames},
				{"instances", (*checker).instances},
				{"audit and billing", (*checker).auditAndBilling},
				{"pages", (*checker).pages},
				{"nodes", (*checker).nodes},
			} {
				t.Run(part.name, func(t *testing.T) {
					c.t, c.seen.tb, c.site.up.tb, c.seen.wrong = t, t, t, 0
					part.ask(c)
				})
			}
			values, asked = values+c.seen.values, asked+c.asked
			for name, count := range c.seen.unknown {
				unknowns[name] += count
			}
		})
	}
	if values < 20_000 {
		t.Errorf("%d values: that proves little", values)
	}
	kit.Report(t, "oracle answers", "%d values of %d queries on %d sites are what the documents say; not known to it: %s",
		values, asked, len(worlds()), listed(unknowns))
}

// TestNamesOfRegions compares the capacity of sites whose regions are not configured: names are learned from the lists
// that show them beside codes, which are read first.
func TestNamesOfRegions(t *testing.T) {
	seeds := []uint64{1, 2, 3, 4}
	if *many {
		seeds = append(seeds, 31, 32, 33, 34, 35, 36)
	}
	values := 0
	for _, seed := range seeds {
		c := newChecker(t, kit.NewWorld(t, kit.WorldSettings{
			Seed: seed, Hosts: 20, Regions: 3 + int(seed%4), Quota: "off", Clock: at, UnknownRegions: true,
		}))
		c.ask(`{ hosts { totalCount } loadBalancerClusters { totalCount } alarms(first: 500) { nodes { csn regionCode region { code name } } }
			auditEvents(filter: {range: {last: "P30D"}}, first: 500) { totalCount } }`, "")
		c.ask(`{ capacityTotals `+c.fields("CapacityTotal")+` }`, "")
		c.ask(`{ allocationTable `+c.fields("AllocationTable")+`
			all: allocationTable(by: [METRIC_TYPE]) `+c.fields("AllocationTable")+` }`, "")
		c.ask(`{ regions { code name nameEn physicalCapacity `+c.fields("PhysicalCapacity")+`
			cloudServices { type capacity `+c.fields("ServiceCapacity")+` } } }`, "")
		c.ask(`{ devices(first: 500) { nodes { deviceId regionCode } } }`, "")
		values += c.seen.values
	}
	kit.Report(t, "oracle names of regions", "%d values of %d sites are what the documents say", values, len(seeds))
}

func listed(counts map[string]int) string {
	parts := []string{}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, counts[name]))
	}
	return strings.Join(parts, ", ")
}

// sampled are fields whose samples are asked apart.
var sampled = []string{"metrics", "performance", "serverPosition"}

func (c *checker) inventory() {
	c.ask(`{ regions `+c.fields("Region")+` }`, "")
	c.ask(`{ region(code: "cn-nowhere-1") { code } regions(codes: ["cn-nowhere-1"]) { code } }`, "")
	c.ask(`{ hosts(first: 500) `+c.page("Host", sampled...)+` }`, "")
	c.ask(`{ hosts(first: 500) { nodes { hostId virtualMachines(first: 500) `+c.page("VirtualMachine", sampled...)+` } } }`, "")
	c.ask(`{ regions { code hosts(first: 3, orderBy: {field: MEMORY, direction: DESC}) { totalCount nodes { hostId } } } }`, "")
	c.ask(`{ devices(first: 500) `+c.page("Device", sampled...)+` }`, "")
	c.ask(`{ regions { devices(first: 4) { totalCount nodes { deviceId } } } }`, "")
	c.ask(`{ loadBalancerClusters(first: 500) `+c.page("LoadBalancerCluster")+` }`, "")
	c.ask(`{ cloudService: region(code: "`+c.site.regions[0].id+`") { cloudService(type: ELB) { loadBalancerClusters { totalCount
		nodes { clusterId } } } } }`, "")
	for _, filter := range append(c.filters("HostFilter", c.site.hosts, map[string]string{
		"regions": "regionCode", "hostIds": "hostId", "serialNumbers": "serialNumber", "clusters": "cluster",
		"availabilityZones": "availabilityZone", "cpuArchitectures": "cpuArchitecture", "nameContains": "name",
		"racks": "rack", "rooms": "room", "textContains": "serialNumber",
	}), "{}", `{textContains: "gold"}`, `{textContains: "0."}`, `{textContains: "-A-", nameContains: "ecs"}`, `{textContains: "ecs-"}`) {
		c.ask(`{ hosts(filter: `+filter+`) { totalCount nodes { hostId } } hostSummary(filter: `+filter+`) `+
			c.fields("HostSummary")+` }`, "")
	}
	for _, filter := range c.filters("DeviceFilter", c.site.devices, map[string]string{
		"regions": "regionCode", "deviceIds": "deviceId", "types": "type", "typeTexts": "typeText", "models": "model",
		"runningStatuses": "runningStatus", "managementIps": "managementIp", "nameContains": "name",
	}) {
		c.ask(`{ devices(filter: `+filter+`) { totalCount nodes { deviceId } } }`, "")
	}
}

// filters are filters of one field each, with values of some items, one that nothing has, and a list of two.
func (c *checker) filters(input string, items []item, fields map[string]string) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		definition := c.schema.Types[input].Fields.ForName(name)
		var values []string
		for i := 0; i < len(items) && len(values) < 3; i += 1 + len(items)/4 {
			value, ok := items[i].node.fields[fields[name]].(string)
			if !ok || slices.Contains(values, value) {
				continue
			}
			values = append(values, value)
		}
		written := make([]string, len(values))
		for i, value := range values {
			if written[i] = fmt.Sprintf("%q", value); c.schema.Types[definition.Type.Name()].Kind == "ENUM" {
				written[i] = value
			}
		}
		if definition.Type.Elem == nil {
			for _, value := range values {
				runes := []rune(value)
				all = append(all, fmt.Sprintf("{%s: %q}", name, strings.ToUpper(string(runes[len(runes)/2:]))))
			}
			continue
		}
		for _, value := range written {
			all = append(all, "{"+name+": ["+value+"]}")
		}
		all = append(all, "{"+name+": ["+strings.Join(written, ", ")+"]}")
		if c.schema.Types[definition.Type.Name()].Kind != "ENUM" {
			all = append(all, "{"+name+`: ["none-such"]}`)
		}
	}
	return all
}

func (c *checker) alarms() {
	c.ask(`{ alarms(first: 500) `+c.page("Alarm")+` }`, "")
	c.ask(`{ hosts(first: 500) { nodes { hostId alarms(first: 50) { totalCount nodes { csn } } } } }`, "")
	c.ask(`{ devices(first: 500) { nodes { deviceId alarms(first: 50) { totalCount nodes { csn } } } } }`, "")
	c.ask(`{ regions { alarms(first: 5) { totalCount nodes { csn } } } }`, "")
	c.ask(`{ cloudServices { type regionCode alarmSummary `+c.fields("AlarmSummary")+`
		alarms(first: 4) { totalCount nodes { csn } } } }`, "")
	filters := append(c.filters("AlarmFilter", c.site.alarms, map[string]string{
		"severities": "severity", "sources": "source", "regions": "regionCode", "services": "service ",
		"definitionIds": "definitionId", "hostIds": "host ", "nameContains": "name", "textContains": "name",
	}), `{}`, `{cleared: true}`, `{cleared: false}`, `{acknowledged: true}`, `{acknowledged: false, severities: [MAJOR, CRITICAL]}`,
		`{lastOccurred: {last: "P2D"}}`, `{lastOccurred: {from: "2026-11-01T00:00:00Z", to: "2026-11-11T00:00:00Z"}, cleared: true}`,
		c.edges())
	for _, filter := range filters {
		c.ask(`{ alarms(filter: `+filter+`) { totalCount nodes { csn } } alarmSummary(filter: `+filter+`) {
			... on AlarmSummary `+c.fields("AlarmSummary")+` inUTC8: byDay(utcOffsetMinutes: 480) `+c.fields("AlarmDayCount")+`
			early: byDay(utcOffsetMinutes: -720) { day total active } } }`, "")
	}
}

// edges is a span from one alarm's time, which is in it, to another's, which is not.
func (c *checker) edges() string {
	sorted := ordered(c.site.alarms, "lastOccurredAt", false)
	from := sorted[len(sorted)/4].node.fields["lastOccurredAt"].(time.Time)
	to := sorted[len(sorted)/2].node.fields["lastOccurredAt"].(time.Time)
	return fmt.Sprintf(`{lastOccurred: {from: %q, to: %q}}`, from.Format(time.RFC3339Nano), to.Format(time.RFC3339Nano))
}

func (c *checker) capacity() {
	c.ask(`{ cloudServices `+c.fields("CloudService", "alarmSummary")+` }`, "")
	c.ask(`{ cloudServices(types: [EVS, ECS_VM, GAUSS]) { type regionCode tenant: capacity(zones: [POD]) { zone total metricType }
		manage: capacity(zones: [MANAGE]) { zone allocated metricType } } }`, "")
	c.ask(`{ capacityTotals `+c.fields("CapacityTotal")+` }`, "")
	region := c.site.regions[0].id
	c.ask(`{ one: capacityTotals(types: [EVS, VPN, ELB], regions: ["`+region+`"]) `+c.fields("CapacityTotal")+`
		pod: capacityTotals(types: [DCC, ECS_VM], zones: [POD]) `+c.fields("CapacityTotal")+` }`, "")
	for _, days := range []string{
		// one day of UTC+8, whose end is the next day's measurement; a day of UTC; a week
		`{from: "2026-11-18T16:00:00Z", to: "2026-11-19T16:00:00Z"}`, `{from: "2026-11-18T00:00:00Z", to: "2026-11-19T00:00:00Z"}`,
		`{from: "2026-11-13T16:00:00Z", to: "2026-11-20T15:59:59Z"}`, `{last: "P2D"}`, `{last: "PT6H"}`,
	} {
		c.ask(`{ cloudServices(types: [EVS, DCC, DEH], regions: ["`+region+`"]) { type capacity(range: `+days+`) `+
			c.fields("ServiceCapacity")+` }
			regions { code physicalCapacity(range: `+days+`, zones: [POD]) `+c.fields("PhysicalCapacity")+` } }`, "")
	}
	c.ask(`{ regions { physicalCapacity(deviceTypes: [STORAGE]) { resourceType total } } }`, "")
}

func (c *checker) metrics() {
	spans := []string{
		`{last: "PT1H"}`, `{last: "PT24H"}`, `{from: "2026-11-21T03:00:00Z", to: "2026-11-21T05:00:00Z"}`,
		`{from: "2026-11-21T03:00:01Z", to: "2026-11-21T05:00:01Z"}`, `{from: "2026-11-21T08:30:00Z"}`,
	}
	series := c.fields("MetricSeries")
	for i, h := range c.site.hosts[:min(4, len(c.site.hosts))] {
		id := fmt.Sprintf("%q", h.id)
		c.ask(`{ host(hostId: `+id+`) { serverPosition `+c.fields("ServerPosition")+` metrics `+series+`
			performance `+series+` } }`, "")
		for _, span := range spans {
			c.ask(`{ host(hostId: `+id+`) { metrics(range: `+span+`) `+series+`
				few: metrics(range: `+span+`, names: ["cpu.usage", "LOAD", "memory.usage.avg"]) { key four: points(maxPoints: 4) { at value }
					ten: points(maxPoints: 10) { value at } all: points(maxPoints: 2000) { at value } }
				performance(range: `+span+`) `+series+`
				cpu: performance(range: `+span+`, metrics: ["cpuusagepercent"]) { name points(maxPoints: 4) { at value } } } }`, "")
		}
		if i > 1 {
			continue
		}
		c.ask(`{ host(hostId: `+id+`) { virtualMachines(first: 4) { nodes { vmId metrics `+series+`
			some: metrics(range: `+spans[2]+`, names: ["CPU_usage"]) `+series+` } } } }`, "")
	}
	for _, d := range c.site.devices {
		if d.node.fields["type"] == "SWITCH" {
			c.ask(fmt.Sprintf(`{ devices(filter: {deviceIds: [%q]}) { nodes { metrics %s
				two: metrics(range: {last: "PT6H"}, metrics: [CODE_14, CODE_101]) %s } } }`, d.id, series, series), "")
			break
		}
	}
	c.ask(`{ networkDeviceMetrics(range: {last: "PT20M"}, first: 500) { totalCount nodes `+c.fields("NetworkDeviceMetric")+` }
		one: networkDeviceMetrics(range: {from: "2026-11-21T09:10:00Z", to: "2026-11-21T09:30:00Z"}, metric: CODE_59) {
		totalCount nodes { managementIp metric series `+series+` } } }`, "")
}

func (c *checker) instances() {
	for _, kind := range instanceTypes {
		c.ask(`{ instances(type: `+kind+`, first: 500) `+c.page("Instance", sampled...)+`
			used: instances(type: `+kind+`, first: 20) { nodes { resourceId usageRecords(first: 3) { totalCount
				edges { cursor node `+c.fields("UsageRecord")+` } } children(first: 2) { totalCount nodes { resourceId } } } } }`, "")
	}
	for _, filter := range append(c.filters("InstanceFilter", c.site.today("ECS"), map[string]string{
		"resourceIds": "resourceId", "regions": "regionCode", "availabilityZones": "availabilityZone",
		"domainIds":  "domainId",
		"projectIds": "projectId", "resourceSpecCodes": "resourceSpecCode", "domainNameContains": "domainName",
	}), `{range: {from: "2026-11-18T06:30:00Z", to: "2026-11-20T00:00:00Z"}}`, `{range: {last: "PT3H"}}`) {
		c.ask(`{ instances(type: ECS, filter: `+filter+`) { totalCount nodes { resourceId usageTotals `+c.fields("UsageTotal")+` } } }`,
			"")
	}
	c.ask(`{ cloudServices(types: [ECS_VM, EVS, DCC, ELB]) { type instances(first: 3) { totalCount nodes { resourceId } } }
		regions { instances(type: EIP) { totalCount nodes { resourceId } } } }`, "")
	c.ask(`{ tenantInstances(type: EVS, first: 500) { totalCount nodes `+c.fields("TenantInstance")+` } }`, "")
}

func (c *checker) auditAndBilling() {
	days := `range: {from: "2026-11-01T00:00:00Z", to: "2026-11-21T08:00:00Z"}`
	c.ask(`{ auditEvents(filter: {range: {last: "P30D"}}, first: 500) `+c.page("AuditEvent")+` }`, "")
	for _, filter := range append(c.filters("AuditFilter", c.site.audit, map[string]string{
		"types": "type", "results": "result", "severities": "severity", "regions": "regionCode", "users": "user",
		"operations": "operation", "resourceTypes": "resource type ", "resourceIds": "resource id ", "textContains": "detail",
	}), "{}") {
		filter = strings.Replace(strings.Replace(filter, "{", "{"+days+", ", 1), ", }", "}", 1)
		c.ask(`{ auditEvents(filter: `+filter+`) { totalCount nodes { eventId } } regions { auditEvents(filter: `+filter+`) {
			totalCount nodes { eventId } } } }`, "")
	}
	customers := map[string]bool{}
	for _, i := range c.site.today("ECS") {
		if id, ok := i.node.fields["domainId"].(string); ok && len(customers) < 4 {
			customers[id] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(customers)) {
		customer := fmt.Sprintf("customerId: %q", id)
		c.ask(`{ payPerUseResources(`+customer+`, first: 500) `+c.page("PayPerUseResource")+`
			normal: payPerUseResources(`+customer+`, filter: {status: NORMAL, region: "`+c.site.regions[0].id+`"}, first: 500) {
				totalCount nodes { resourceId status } }
			disks: payPerUseResources(`+customer+`, filter: {serviceTypeCode: "hws.service.type.ebs"}) { totalCount
				nodes { resourceId specSize } }
			none: payPerUseResources(`+customer+`, filter: {resourceIds: []}) { totalCount nodes { resourceId } } }`, "")
	}
}

// pages walks the lists in all their orders from both ends.
func (c *checker) pages() {
	for _, list := range []struct {
		field, arguments, order, id string
		items                       int
	}{
		{"hosts", "", "HostOrderField", "hostId", len(c.site.hosts)},
		{"alarms", "", "AlarmOrderField", "csn source", len(c.site.alarms)},
		{"alarms", "filter: {cleared: false},", "AlarmOrderField", "csn source", len(c.site.alarms) / 2},
		{"devices", "", "DeviceOrderField", "deviceId", len(c.site.devices)},
		{"devices", "filter: {types: [SERVER]},", "DeviceOrderField", "deviceId", len(c.site.devices) / 2},
		{"instances", "type: EVS,", "InstanceOrderField", "resourceId", len(c.site.today("EVS"))},
		{"auditEvents", `filter: {range: {last: "P20D"}},`, "AuditOrderField", "eventId", len(c.site.audit) / 2},
	} {
		size := min(500, list.items/4+1)
		c.walk(list.field, list.arguments, list.id, size)
		for _, value := range c.schema.Types[list.order].EnumValues {
			for _, direction := range []string{"ASC", "DESC"} {
				c.walk(list.field, fmt.Sprintf("%s orderBy: {field: %s, direction: %s},", list.arguments, value.Name, direction),
					list.id, size)
			}
		}
	}
	c.walk("loadBalancerClusters", "", "clusterId", 2)
	c.walk("tenantInstances", "type: EVS,", "resourceId", min(500, len(c.site.today("EVS"))/3+1))
	for _, paging := range []string{"first: 5, last: 2", "first: 2, last: 5", "last: 500", "first: 1", ""} {
		c.ask(strings.ReplaceAll(`{ hosts(`+paging+`) `+c.page("Host", sampled...)+` }`, "()", ""), "")
	}
}

// nodes reads things again by their ids.
func (c *checker) nodes() {
	kinds := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(c.seen.stands)) {
		of := c.seen.stands[id]
		kind, _, _ := strings.Cut(of.kind, " ")
		if kind != "cursor" && len(kinds[kind]) < 12 {
			kinds[kind] = append(kinds[kind], id)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		c.ask(fmt.Sprintf(`{ nodes(ids: %s) { __typename id ... on %s %s } node(id: %q) { __typename id } }`,
			quotedList(kinds[kind]), kind, c.fields(kind, append(sampled, "alarmSummary", "hostSummary")...), kinds[kind][0]),
			"")
	}
}

func quotedList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, s := range texts {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
