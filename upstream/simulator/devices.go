package simulator

import "fmt"

// device is one network device.
type device struct {
	id, name, kind, model, system, address string
	region                                 int
}

const hostsOfLeaf = 20

// addDevices gives every region its core switches, a router, a firewall and one leaf switch for each twenty hosts.
func (s *site) addDevices() {
	for r := range s.regions {
		d := roll(s.seed, "devices", uint64(r))
		count := 0
		add := func(name, kind, model, system string) {
			s.regions[r].devices = append(s.regions[r].devices, len(s.devices))
			s.devices = append(s.devices, device{
				id: d.uuid(), name: name, kind: kind, model: model, system: system, region: r,
				address: fmt.Sprintf("10.%d.%d.%d", 20+r, 240+count/250, count%250+2),
			})
			count++
		}
		for i := range 2 {
			add(fmt.Sprintf("sw-core-%02d", i+1), "switch", "CE12808", "V200R019C10")
		}
		add("rt-edge-01", "router", "NE40E-X8", "V800R012C10")
		add("fw-edge-01", "firewall", "USG9560", "V500R005")
		for i := range len(s.regions[r].hosts)/hostsOfLeaf + 1 {
			add(fmt.Sprintf("sw-leaf-%02d", i+1), "switch", "CE6881-48S6CQ", "V200R020C00")
		}
	}
}

// assetID is the id under which the inventory lists a host. It is not the HOST_ID (README, join keys).
func (s *site) assetID(hostIndex int) string { return roll(s.seed, "asset", uint64(hostIndex)).uuid() }
