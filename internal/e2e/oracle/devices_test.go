package oracle

import (
	"net/netip"
	"slices"
	"strings"
)

var deviceKinds = map[string]string{"server": "SERVER", "switch": "SWITCH", "router": "ROUTER", "firewall": "FIREWALL"}

// readDevices reads the inventory (listDeviceAssets).
func (s *site) readDevices() {
	seen := map[string]bool{}
	for _, r := range s.up.list("/v1/DeviceAsset/info", nil) {
		id := word(r["device_id"])
		if seen[id] {
			continue
		}
		seen[id] = true
		region := s.regionCode(r["region"])
		fields := map[string]any{
			"id": opaque{"Device", id}, "deviceId": id, "name": text(r["name"]), "typeText": text(r["device_type"]),
			"type":          anyWord(deviceKinds, strings.ToLower(word(r["device_type"]))),
			"runningStatus": text(r["running_status"]), "model": text(r["model"]), "managementIp": text(r["management_ip"]),
			"operatingSystem": text(r["os"]), "regionCode": region,
		}
		t := &thing{"Device", fields}
		if at, err := netip.ParseAddr(word(r["management_ip"])); err == nil {
			fields["address "] = string(at.AsSlice()) // for the order of addresses
		}
		fields["region"] = lazy(func(arguments) any { code, _ := region.(string); return maybe(s.region(code)) })
		fields["host"] = lazy(func(arguments) any { h, _ := s.hostOfDevice(id); return maybe(h) })
		fields["hostMatch"] = lazy(func(arguments) any { _, match := s.hostOfDevice(id); return match })
		fields["alarms"] = lazy(func(a arguments) any {
			return s.alarmConnection(a, func(f map[string]any) bool {
				d, _ := f["device"].(lazy)(nil).(*thing)
				return d == t
			})
		})
		fields["metrics"] = lazy(func(a arguments) any { return s.deviceSeries(fields["managementIp"], a) })
		s.devices = append(s.devices, item{id, t})
	}
}

func (s *site) deviceConnection(a arguments, region string) any {
	filter := a.object("filter")
	items := kept(s.inRegion(s.devices, region), func(f map[string]any) bool {
		return filter.allows("regions", f["regionCode"]) && filter.allows("deviceIds", f["deviceId"]) &&
			filter.allows("types", f["type"]) && filter.allowsFolded("typeTexts", f["typeText"]) &&
			filter.allowsFolded("models", f["model"]) && filter.allowsFolded("runningStatuses", f["runningStatus"]) &&
			filter.allows("managementIps", f["managementIp"]) && filter.contains("nameContains", f["name"])
	})
	field, descending, name := orderBy(a, map[string]string{
		"NAME": "name", "TYPE": "typeText", "MODEL": "model", "RUNNING_STATUS": "runningStatus", "MANAGEMENT_IP": "address ",
	}, "name", "ASC")
	return s.connection("Device", "devices "+name, ordered(items, field, descending), a)
}

// pairs are the ways by which a device and a host are recognised as one thing: by address, then by name. A kind that is
// not known may be a server; the upstream's table of join keys asks for none.
var pairs = []struct {
	match string
	is    func(device map[string]any, h *host) bool
}{
	{"ADDRESS", func(d map[string]any, h *host) bool {
		ip, _ := d["managementIp"].(string)
		return slices.Contains(h.addresses, ip)
	}},
	{"NAME", func(d map[string]any, h *host) bool {
		server := d["type"] == "SERVER" || d["type"] == nil
		return server && d["name"] != nil && d["name"] == h.name && d["regionCode"] == h.region
	}},
}

// joinDevices pairs devices and hosts: a way counts when it leads from exactly one device to exactly one host.
func (s *site) joinDevices() {
	s.hostsOfDevices, s.devicesOfHosts = map[string]join{}, map[string]join{}
	for _, way := range pairs {
		hostsOf, devicesOf := map[string][]string{}, map[string][]string{}
		for _, d := range s.devices {
			for _, h := range s.hosts {
				if way.is(d.node.fields, s.hostByID[h.id]) {
					hostsOf[d.id], devicesOf[h.id] = append(hostsOf[d.id], h.id), append(devicesOf[h.id], d.id)
				}
			}
		}
		for _, d := range s.devices {
			if len(hostsOf[d.id]) != 1 || len(devicesOf[hostsOf[d.id][0]]) != 1 {
				continue
			}
			h := hostsOf[d.id][0]
			if s.hostsOfDevices[d.id].to == nil && s.devicesOfHosts[h].to == nil {
				s.hostsOfDevices[d.id] = join{s.hostByID[h].node, way.match}
				s.devicesOfHosts[h] = join{d.node, way.match}
			}
		}
	}
}

// join is what a thing was recognised to be, and by what.
type join struct {
	to    *thing
	match any
}

func (s *site) hostOfDevice(id string) (*thing, any) {
	j := s.hostsOfDevices[id]
	return j.to, j.match
}

func (s *site) deviceOfHost(id string) (*thing, any) {
	j := s.devicesOfHosts[id]
	return j.to, j.match
}

// deviceByAddress is the one device with a management address.
func (s *site) deviceByAddress(address string) *thing {
	return only(s.devices, func(f map[string]any) bool { return f["managementIp"] == address })
}

// only is the thing that alone is accepted.
func only(items []item, accepts func(map[string]any) bool) *thing {
	if found := kept(items, accepts); len(found) == 1 {
		return found[0].node
	}
	return nil
}

// deviceOfAlarm tries the three ways in their order; the first that names exactly one device counts.
func (s *site) deviceOfAlarm(r row) join {
	names, place := word(r["meDn"])+" "+word(r["nativeMeDn"]), word(r["moi"])
	addresses := ipv4.FindAllString(names, -1)
	ways := []struct {
		match string
		is    func(f map[string]any) bool
	}{
		{"DEVICE_ID", func(f map[string]any) bool { return strings.Contains(names+" "+place, f["deviceId"].(string)) }},
		{"ADDRESS", func(f map[string]any) bool {
			ip, _ := f["managementIp"].(string)
			return slices.Contains(addresses, ip)
		}},
		{"NAME", func(f map[string]any) bool {
			return f["name"] != nil && f["name"] == text(r["meName"]) && f["regionCode"] == text(r["LogicalRegionId"])
		}},
	}
	for _, way := range ways {
		if found := only(s.devices, way.is); found != nil {
			return join{found, way.match}
		}
	}
	return join{}
}
