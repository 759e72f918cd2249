package oracle

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// serviceTypes are the values of CloudServiceType, in the order of the schema.
var serviceTypes = []string{
	"ECS_VM", "BMS", "EVS", "OBS", "EIP", "RDS", "DCC", "DEH", "SFS", "VPN", "ELB", "DCS", "DMS", "GAUSS",
	"MODEL_ARTS_INF", "MODEL_ARTS_TRAIN", "MODEL_ARTS_MAOS",
}

// site is what the oracle has read of the upstream. Its clock stands still.
type site struct {
	up   *upstream
	now  time.Time
	seen *comparer // which ids and cursors the gateway has given out

	regions        []item
	codes          map[string]string // by display name, as configured
	hosts          []item
	hostByID       map[string]*host
	machines       map[string][]item // by host id
	alarms         []item
	devices        []item
	hostsOfDevices map[string]join
	devicesOfHosts map[string]join
	capacity       map[string][]measurement
	histories      map[string][]typed // of the last 31 days
	physical       []measurement
	samples        map[string][]row
	instances      map[string][]item
	audit          []item
	billed         map[string][]item
	clusters       []item
	job            *thing // a finished job that is asked for
	records        []row  // and its records

	started []*thing   // jobs that the test has started
	lists   []heldList // whole lists that its questions have caused
}

// readSite reads what questions share; the rest is read when it is first asked for.
func readSite(t *testing.T, w *kit.World, seen *comparer) *site {
	t.Helper()
	s := &site{
		up: newUpstream(t, w), now: w.Clock.Now(), seen: seen, codes: map[string]string{}, hostByID: map[string]*host{},
		machines: map[string][]item{}, capacity: map[string][]measurement{},
		histories: map[string][]typed{}, samples: map[string][]row{},
		instances: map[string][]item{}, billed: map[string][]item{},
	}
	for _, r := range w.Sim.Regions() { // as they are configured, or known by their codes alone
		if w.Settings.UnknownRegions {
			s.regions = append(s.regions, item{r.Code, s.regionThing(r.Code, nil, nil)})
			continue
		}
		s.codes[r.Name], s.codes[r.NameEn] = r.Code, r.Code
		s.regions = append(s.regions, item{r.Code, s.regionThing(r.Code, r.Name, r.NameEn)})
	}
	s.regions = ordered(s.regions, "code", false)
	s.readHosts()
	s.readAlarms()
	s.readAudit()
	s.readClusters()
	s.readDevices()
	s.joinDevices()
	return s
}

// learn notes a name that stands beside a code (QUIRKS 16).
func (s *site) learn(name, code any) {
	if n, c := word(name), word(code); n != "" && codeForm.MatchString(c) {
		s.codes[n] = c
	}
}

// regionCode is the code of a region by its code or by a name; nil for a name that nothing knows (QUIRKS 15).
func (s *site) regionCode(v any) any {
	sent := word(v)
	if codeForm.MatchString(sent) {
		return sent
	}
	if code, known := s.codes[sent]; known {
		return code
	}
	return nil
}

func (s *site) region(code string) *thing {
	return only(s.regions, func(f map[string]any) bool { return f["code"] == code })
}

func (s *site) regionThing(code string, name, english any) *thing {
	of := func(f map[string]any) bool { return f["regionCode"] == code }
	return &thing{"Region", map[string]any{
		"id": opaque{"Region", code}, "code": code, "name": name, "nameEn": english,
		"hosts":            lazy(func(a arguments) any { return s.hostConnection(a, code) }),
		"hostSummary":      lazy(func(a arguments) any { return s.hostSummary(a, code) }),
		"physicalCapacity": lazy(func(a arguments) any { return s.physicalOf(code, a) }),
		"alarms":           lazy(func(a arguments) any { return s.alarmConnection(a, of) }),
		"alarmSummary":     lazy(func(a arguments) any { return s.alarmSummary(a, of) }),
		"devices":          lazy(func(a arguments) any { return s.deviceConnection(a, code) }),
		"auditEvents":      lazy(func(a arguments) any { return s.auditConnection(a, code) }),
		"instances":        lazy(func(a arguments) any { return s.instancePage(a, of) }),
		"cloudService":     lazy(func(a arguments) any { return s.cloudService(a.text("type"), code) }),
		"cloudServices":    lazy(func(a arguments) any { return anyList(s.services(a, code)) }),
		"loadBalancerClusters": lazy(func(a arguments) any {
			return s.connection("LoadBalancerCluster", "clusters", s.inRegion(s.clusters, code), a)
		}),
	}}
}

// services are those of a region and of the types asked, in the order of types.
func (s *site) services(a arguments, region string) []*thing {
	var all []*thing
	for _, kind := range serviceTypes {
		if a.allows("types", kind) {
			all = append(all, s.cloudService(kind, region))
		}
	}
	return all
}

func (s *site) cloudService(kind, region string) *thing {
	of := func(f map[string]any) bool { return f["service "] == kind && f["regionCode"] == region }
	return &thing{"CloudService", map[string]any{
		"id": opaque{"CloudService", region + " " + kind}, "type": kind, "regionCode": region,
		"region":       lazy(func(arguments) any { return maybe(s.region(region)) }),
		"capacity":     lazy(func(a arguments) any { return s.capacityOf(kind, region, a) }),
		"alarms":       lazy(func(a arguments) any { return s.alarmConnection(a, of) }),
		"alarmSummary": lazy(func(a arguments) any { return s.alarmSummary(a, of) }),
		"instances": lazy(func(a arguments) any {
			at := slices.IndexFunc(instanceTypes, func(of string) bool { return serviceOf(of) == kind })
			if at < 0 {
				return nil
			}
			a["type"] = instanceTypes[at]
			return s.instancePage(a, func(f map[string]any) bool { return f["regionCode"] == region })
		}),
		"loadBalancerClusters": lazy(func(a arguments) any {
			if kind != "ELB" {
				return nil
			}
			return s.connection("LoadBalancerCluster", "clusters", s.inRegion(s.clusters, region), a)
		}),
	}}
}

// readClusters reads the load-balancer clusters (listElbv3Capacity): the latest row of each, by region, code and id.
func (s *site) readClusters() {
	newest := map[string]row{}
	for _, r := range s.up.list("/v1/network/capacity/elbv3", nil) {
		id := word(r["cluster_id"])
		s.learn(r["region_name"], r["region_id"])
		if have := newest[id]; have == nil || order(millis(have["time_stamp"]), millis(r["time_stamp"]), false) < 0 {
			newest[id] = r
		}
	}
	for _, id := range sortedKeys(newest) {
		r := newest[id]
		region := word(r["region_id"])
		fields := map[string]any{
			"id": opaque{"LoadBalancerCluster", id}, "clusterId": id, "name": text(r["cluster_name"]),
			"code": text(r["cluster_code"]), "type": text(r["type"]), "regionCode": text(r["region_id"]),
			"regionText": text(r["region_name"]), "nodesText": text(r["ms_nodes_list"]),
			"loadBalancersV5": whole(r["lb_v5_count"]), "observedAt": millis(r["time_stamp"]),
			"loadBalancers":   occupancy(r, "lb"),
			"layer4Listeners": occupancy(r, "l4_listener"), "layer7Listeners": occupancy(r, "l7_listener"),
			"layer4Members": occupancy(r, "l4_member"), "layer7Members": occupancy(r, "l7_member"),
		}
		fields["region"] = lazy(func(arguments) any { return maybe(s.region(region)) })
		fields["cloudService"] = lazy(func(arguments) any { return s.cloudService("ELB", region) })
		s.clusters = append(s.clusters, item{id, &thing{"LoadBalancerCluster", fields}})
	}
	slices.SortFunc(s.clusters, func(a, b item) int {
		return cmp.Or(order(a.node.fields["regionCode"], b.node.fields["regionCode"], false),
			order(a.node.fields["code"], b.node.fields["code"], false), strings.Compare(a.id, b.id))
	})
}

func occupancy(r row, of string) *thing {
	count, capacity := whole(r[of+"_count"]), whole(r[of+"_capacity"])
	var usage any
	used, known := count.(int)
	if possible, both := capacity.(int); known && both && possible > 0 {
		usage = about(float64(used) / float64(possible))
	}
	return &thing{"ClusterOccupancy", map[string]any{"count": count, "capacity": capacity, "usage": usage}}
}

// root is the query type.
func (s *site) root() *thing {
	every := func(map[string]any) bool { return true }
	return &thing{"Query", map[string]any{
		"node": lazy(func(a arguments) any { return s.node(a.text("id")) }),
		"nodes": lazy(func(a arguments) any {
			ids, _ := a.texts("ids")
			list := make([]any, len(ids))
			for i, id := range ids {
				list[i] = s.node(id)
			}
			return list
		}),
		"regions": lazy(func(a arguments) any {
			return nodesOf(kept(s.regions, func(f map[string]any) bool { return a.allows("codes", f["code"]) }))
		}),
		"region":       lazy(func(a arguments) any { return maybe(s.region(a.text("code"))) }),
		"hosts":        lazy(func(a arguments) any { return s.hostConnection(a, "") }),
		"hostSummary":  lazy(func(a arguments) any { return s.hostSummary(a, "") }),
		"busiestHosts": lazy(s.busiestHosts),
		"metricNames":  lazy(s.metricNames),
		"host": lazy(func(a arguments) any {
			if h := s.hostByID[a.text("hostId")]; h != nil {
				return h.node
			}
			return maybe(only(s.hosts, func(f map[string]any) bool {
				return f["serialNumber"] != nil && f["serialNumber"] == a["serialNumber"]
			}))
		}),
		"cloudServices": lazy(func(a arguments) any {
			list := []any{}
			for _, r := range s.regions {
				if a.allows("regions", r.id) {
					list = append(list, anyList(s.services(a, r.id))...)
				}
			}
			return list
		}),
		"capacityTotals":  lazy(func(a arguments) any { return s.capacityTotals(a) }),
		"allocationTable": lazy(func(a arguments) any { return s.allocationTable(a) }),
		"alarms":          lazy(func(a arguments) any { return s.alarmConnection(a, every) }),
		"alarmSummary":    lazy(func(a arguments) any { return s.alarmSummary(a, every) }),
		"devices":         lazy(func(a arguments) any { return s.deviceConnection(a, "") }),
		"instances":       lazy(func(a arguments) any { return s.instancePage(a, every) }),
		"auditEvents":     lazy(func(a arguments) any { return s.auditConnection(a, "") }),
		"loadBalancerClusters": lazy(func(a arguments) any {
			return s.connection("LoadBalancerCluster", "clusters",
				kept(s.clusters, func(f map[string]any) bool { return a.allows("regions", f["regionCode"]) }), a)
		}),
		"networkDeviceMetrics": lazy(func(a arguments) any { return s.networkMetrics(a) }),
		"payPerUseResources":   lazy(func(a arguments) any { return s.billedPage(a) }),
		"meterJob":             lazy(func(arguments) any { return unknownOr(s.job) }),
		"jobs":                 lazy(s.startedJobs),
		"upstream":             lazy(func(arguments) any { return &thing{"Upstream", map[string]any{"snapshots": s.snapshots()}} }),
		"tenantInstances":      lazy(func(a arguments) any { return s.tenantInstances(a) }),
	}}
}

func unknownOr(t *thing) any {
	if t == nil {
		return unknown{}
	}
	return t
}

// tenantInstances are the rows of the tenant zone, by resource id; no document describes their fields.
func (s *site) tenantInstances(a arguments) any {
	kind := a.text("type")
	var items []item
	times := map[string]int{} // ids may recur, and the rows come in any order
	for _, r := range s.up.unpaged("/v1/TanentCloudResource/InstanceData/" + kind) {
		id, region := word(r["resource_id"]), word(r["region_code"])
		fields := map[string]any{
			"type": kind, "resourceId": text(r["resource_id"]), "regionCode": text(r["region_code"]),
			"raw": verbatim{map[string]any(r)},
		}
		fields["region"] = lazy(func(arguments) any { return maybe(s.region(region)) })
		fields["instance"] = lazy(func(arguments) any { return maybe(s.instance(kind, id)) })
		items = append(items, item{id + " " + strconv.Itoa(times[id]), &thing{"TenantInstance", fields}})
		times[id]++
	}
	return s.connection("TenantInstance", "tenant "+kind, ordered(items, "resourceId", false), a)
}

// node is the thing that an id has been given out for; what no answer has named yet is not known.
func (s *site) node(id string) any {
	of, seen := s.seen.stands[id]
	if !seen {
		return unknown{}
	}
	kind, key, _ := strings.Cut(of.kind, " ")
	lists := map[string][]item{
		"Region": s.regions, "Host": s.hosts, "Alarm": s.alarms, "Device": s.devices, "AuditEvent": s.audit,
		"LoadBalancerCluster": s.clusters,
	}
	switch kind {
	case "CloudService":
		region, service, _ := strings.Cut(of.key, " ")
		return s.cloudService(service, region)
	case "Instance":
		return maybe(s.instance(key, of.key))
	case "VirtualMachine":
		for _, h := range s.hosts {
			lists[kind] = append(lists[kind], s.machinesOf(s.hostByID[h.id])...)
		}
	case "PayPerUseResource":
		customer, resource, _ := strings.Cut(of.key, " ")
		return s.billedInstance(customer, resource)
	}
	for _, i := range lists[kind] {
		if i.id == of.key {
			return i.node
		}
	}
	return unknown{}
}
