package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// host is what joins need of a host.
type host struct {
	id, serial, name, region string
	addresses                []string
	node                     *thing
}

// readHosts reads the host list (listHostDetails); the window of it has no meaning (QUIRKS 54).
func (s *site) readHosts() {
	for _, r := range s.up.list("/v1/host/detail", window(s.now.AddDate(0, 0, -7), s.now)) {
		h := &host{
			id: word(r["HOST_ID"]), serial: word(r["SN"]), name: word(r["HOST_NAME"]), region: word(r["REGION_ID"]),
			addresses: ipv4.FindAllString(word(r["MAC_IP"]), -1),
		}
		if s.hostByID[h.id] != nil {
			continue
		}
		h.node = s.hostThing(h, r)
		s.hostByID[h.id] = h
		s.hosts = append(s.hosts, item{h.id, h.node})
	}
}

func (s *site) hostThing(h *host, r row) *thing {
	memory, total := modules(r["MEMORY"])
	fields := map[string]any{
		"id": opaque{"Host", h.id}, "hostId": h.id, "serialNumber": text(r["SN"]), "name": text(r["HOST_NAME"]),
		"regionCode": text(r["REGION_ID"]), "availabilityZone": text(r["AZ_CODE"]), "manufacturer": text(r["MANUFACTURER"]),
		"kernel": text(r["KERNEL"]), "cpuArchitecture": text(r["CPU_ARCH"]), "processors": processors(r["CPU"]),
		"memoryModules": memory, "memoryGib": total, "disks": disks(r["DISK"]),
		"macAddresses": anyTexts(macForm.FindAllString(word(r["MAC_IP"]), -1)),
		"ipAddresses":  anyTexts(h.addresses), "networkAdapter": text(r["NETWORK_ADAPTER"]), "raid": text(r["RAID"]),
		"cluster": text(r["CLUSTER_NAME"]), "pod": text(r["POD_CODE"]), "room": text(r["ROOM_CODE"]),
		"rack": text(r["RACK_CODE"]), "dataCenter": text(r["DC_CODE"]),
	}
	t := &thing{"Host", fields}
	fields["region"] = lazy(func(arguments) any { return maybe(s.region(h.region)) })
	fields["virtualMachines"] = lazy(func(a arguments) any {
		return s.connection("VirtualMachine", "machines "+h.id, s.machinesOf(h), a)
	})
	fields["alarms"] = lazy(func(a arguments) any {
		return s.alarmConnection(a, func(f map[string]any) bool { return f["host "] == h.id })
	})
	fields["metrics"] = lazy(func(a arguments) any {
		from, to := a.span("range", s.now, time.Hour)
		return s.hostSeries(h.id, from, to, a)
	})
	fields["performance"] = lazy(func(a arguments) any {
		if h.serial == "" {
			return nil
		}
		from, to := a.span("range", s.now, 24*time.Hour)
		return s.performanceSeries(h.serial, from, to, a)
	})
	fields["serverPosition"] = lazy(func(arguments) any { return s.serverPosition(h.serial) })
	fields["device"] = lazy(func(arguments) any { d, _ := s.deviceOfHost(h.id); return maybe(d) })
	fields["deviceMatch"] = lazy(func(arguments) any { _, match := s.deviceOfHost(h.id); return match })
	return t
}

func anyTexts(texts []string) []any {
	list := make([]any, len(texts))
	for i, s := range texts {
		list[i] = s
	}
	return list
}

// processors reads a list of processors; nil where the text can't be read.
func processors(v any) any {
	list, ok := inner(v)
	if !ok {
		return nil
	}
	all := make([]any, len(list))
	for i, p := range list {
		all[i] = &thing{"Processor", map[string]any{
			"model": text(p["model"]), "sockets": whole(p["sockets"]), "cores": whole(p["cores"]),
			"threads": whole(p["threads"]),
		}}
	}
	return all
}

// modules reads memory modules and their sum, which is not known unless every size is.
func modules(v any) (list, total any) {
	rows, ok := inner(v)
	if !ok {
		return nil, nil
	}
	sum, complete, all := 0.0, true, make([]any, len(rows))
	for i, m := range rows {
		size, known := amount(m["size"]).(float64)
		sum, complete = sum+size, complete && known
		frequency, _ := amount(m["frequency"]).(float64)
		all[i] = &thing{"MemoryModule", map[string]any{
			"sizeGib": amount(m["size"]), "frequencyMhz": int(frequency), "manufacturer": text(m["manufacturer"]),
			"type": text(m["type"]),
		}}
	}
	if !complete {
		return all, nil
	}
	return all, sum
}

// disks scans tolerantly: a comma may be missing (QUIRKS 69).
func disks(v any) any {
	s, _ := v.(string)
	all := []any{}
	for _, found := range diskText.FindAllStringSubmatch(s, -1) {
		all = append(all, &thing{"HostDisk", map[string]any{"device": found[1], "sizeGb": number(found[2])}})
	}
	return all
}

func hostAccepts(filter arguments) func(map[string]any) bool {
	return func(f map[string]any) bool {
		return filter.allows("regions", f["regionCode"]) && filter.allows("hostIds", f["hostId"]) &&
			filter.allows("serialNumbers", f["serialNumber"]) && filter.allows("clusters", f["cluster"]) &&
			filter.allows("availabilityZones", f["availabilityZone"]) &&
			filter.allows("cpuArchitectures", f["cpuArchitecture"]) && filter.contains("nameContains", f["name"]) &&
			filter.allows("racks", f["rack"]) && filter.allows("rooms", f["room"]) &&
			filter.contains("textContains", hostTexts(f)...)
	}
}

// hostTexts are what textContains looks through, by the description of HostFilter.
func hostTexts(f map[string]any) []any {
	texts := []any{
		f["name"], f["hostId"], f["serialNumber"], f["cluster"], f["pod"], f["availabilityZone"], f["dataCenter"],
		f["room"], f["rack"],
	}
	texts = append(texts, f["ipAddresses"].([]any)...)
	return append(append(texts, f["macAddresses"].([]any)...), modelsOf(f)...)
}

// hostConnection is a page of the hosts of a region, or of all.
func (s *site) hostConnection(a arguments, region string) any {
	items := kept(s.inRegion(s.hosts, region), hostAccepts(a.object("filter")))
	field, descending, name := orderBy(a, map[string]string{
		"NAME": "name", "MEMORY": "memoryGib", "CLUSTER": "cluster", "RACK": "rack",
	}, "name", "ASC")
	return s.connection("Host", "hosts "+name, ordered(items, field, descending), a)
}

// inRegion keeps the items of a region; all for an empty code.
func (s *site) inRegion(items []item, region string) []item {
	return kept(items, func(f map[string]any) bool { return region == "" || f["regionCode"] == region })
}

// hostSummary counts hosts.
func (s *site) hostSummary(a arguments, region string) any {
	items := kept(s.inRegion(s.hosts, region), hostAccepts(a.object("filter")))
	memory, unknownMemory := 0.0, 0
	for _, i := range items {
		if m, ok := i.node.fields["memoryGib"].(float64); ok {
			memory += m
		} else {
			unknownMemory++
		}
	}
	by := func(value func(f map[string]any) []any, regional, mostFirst bool) lazy {
		return func(a arguments) any {
			counts := hostCounts(items, value, regional, mostFirst)
			if first, ok := a.count("first"); ok && first < len(counts) {
				counts = counts[:first]
			}
			return anyList(counts)
		}
	}
	field := func(name string) func(map[string]any) []any {
		return func(f map[string]any) []any { return []any{f[name]} }
	}
	return &thing{"HostSummary", map[string]any{
		"total": len(items), "memoryGib": about(memory), "hostsWithoutMemory": unknownMemory,
		"byRegion": by(field("regionCode"), false, false), "byCluster": by(field("cluster"), false, true),
		"byModel": by(modelsOf, false, true), "byAvailabilityZone": by(field("availabilityZone"), true, true),
		"byCpuArchitecture": by(field("cpuArchitecture"), false, true), "byRack": by(field("rack"), true, true),
	}}
}

// modelsOf is each processor model of a host once, or nil alone.
func modelsOf(f map[string]any) []any {
	var models []any
	list, _ := f["processors"].([]any)
	for _, p := range list {
		if model := p.(*thing).fields["model"]; model != nil && !slices.Contains(models, model) {
			models = append(models, model)
		}
	}
	if models == nil {
		return []any{nil}
	}
	return models
}

// hostCounts counts by a value: most first or in the order of values, hosts without one last.
func hostCounts(items []item, values func(map[string]any) []any, regional, mostFirst bool) []*thing {
	type key struct{ value, region any }
	found := map[key]*thing{}
	var all []*thing
	for _, i := range items {
		for _, value := range values(i.node.fields) {
			k := key{value: value}
			if regional && value != nil {
				k.region = i.node.fields["regionCode"]
			}
			if found[k] == nil {
				found[k] = &thing{"HostCount", map[string]any{
					"value": k.value, "regionCode": k.region, "count": 0, "memoryGib": about(0),
				}}
				all = append(all, found[k])
			}
			memory, _ := i.node.fields["memoryGib"].(float64)
			f := found[k].fields
			f["count"], f["memoryGib"] = f["count"].(int)+1, f["memoryGib"].(about)+about(memory)
		}
	}
	slices.SortFunc(all, func(a, b *thing) int {
		last := cmp.Compare(one(a.fields["value"] == nil), one(b.fields["value"] == nil))
		most := 0
		if mostFirst {
			most = -cmp.Compare(a.fields["count"].(int), b.fields["count"].(int))
		}
		return cmp.Or(last, most, order(a.fields["regionCode"], b.fields["regionCode"], false),
			order(a.fields["value"], b.fields["value"], false))
	})
	return all
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// machinesOf are the machines of a host in the order of names, then ids (listHostVms): the answer is of the host that
// was asked (QUIRKS 97).
func (s *site) machinesOf(h *host) []item {
	if items, read := s.machines[h.id]; read {
		return items
	}
	var items []item
	seen := map[string]bool{}
	for _, r := range s.up.list("/v1/host/vms", map[string]string{"host_id": h.id}) {
		for _, positions := range machineList(r["vm_list"]) {
			positions = append(slices.Clone(positions), nil, nil, nil, nil)
			id := word(positions[0])
			key := cmp.Or(id, fmt.Sprintf("~%s/%04d", h.id, len(seen))) // those without an id follow, by position
			if id != "" && seen[key] {
				continue
			}
			seen[key] = true
			items = append(items, item{key, s.machineThing(h, key, id, positions, r)})
		}
	}
	items = ordered(items, "name", false)
	s.machines[h.id] = items
	return items
}

func (s *site) machineThing(h *host, key, id string, positions []any, r row) *thing {
	fields := map[string]any{
		"id": opaque{"VirtualMachine", key}, "vmId": text(positions[0]), "name": text(positions[1]),
		"operatingSystem": text(positions[2]), "processors": processors(positions[3]), "vcpus": vcpus(positions[3]),
		"hostId": h.id, "host": h.node, "observedAt": millis(r["last_update_time"]),
	}
	fields["metrics"] = lazy(func(a arguments) any { return s.machineSeries(id, a) })
	fields["instance"] = lazy(func(arguments) any { return maybe(s.instance("ECS", id)) })
	return &thing{"VirtualMachine", fields}
}

// vcpus is sockets x cores x threads, summed; unknown unless all are known.
func vcpus(v any) any {
	list, ok := inner(v)
	if !ok {
		return nil
	}
	sum := 0
	for _, p := range list {
		sockets, a := whole(p["sockets"]).(int)
		cores, b := whole(p["cores"]).(int)
		threads, c := whole(p["threads"]).(int)
		if !a || !b || !c {
			return nil
		}
		sum += sockets * cores * threads
	}
	return sum
}
