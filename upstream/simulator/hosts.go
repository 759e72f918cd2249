package simulator

import (
	"fmt"
	"strings"
)

// host is one physical host.
type host struct {
	id, serial, name, address string
	region, zone, model       int
	pod, room, row, rack      int
	slot                      int
	management                bool // in the management zone
	machines                  [2]int
}

// hardware is one model of server.
type hardware struct {
	model, pool, manufacturer         string
	architecture, cpu, kernel         string
	sockets, cores, threads           int
	modules, moduleGB, frequencyMHz   int
	moduleType, moduleManufacturer    string
	disks                             []float64 // gigabytes
	networkAdapter, raid, clusterName string
}

// hardwares lists the models of servers.
func hardwares() []hardware {
	return []hardware{
		{
			model: "2288X V5", pool: "C6XLarge", manufacturer: "Huawei", clusterName: "ecs",
			architecture: "x86_64", kernel: "4.18.0-147.5.1.6.h579.eulerosv2r9.x86_64",
			cpu: "Intel(R) Xeon(R) Gold 6161 CPU @ 2.20GHz", sockets: 2, cores: 22, threads: 2,
			modules: 10, moduleGB: 32, frequencyMHz: 2666, moduleType: "DDR4", moduleManufacturer: "Micron",
			disks: []float64{599, 1598, 10.7}, networkAdapter: "4 x 25GE", raid: "RAID1",
		},
		{
			model: "2288H V6", pool: "M6XLarge", manufacturer: "xFusion", clusterName: "ecs-mem",
			architecture: "x86_64", kernel: "4.18.0-147.5.2.14.h1050.eulerosv2r10.x86_64",
			cpu: "Intel(R) Xeon(R) Gold 6348 CPU @ 2.60GHz", sockets: 2, cores: 28, threads: 2,
			modules: 16, moduleGB: 64, frequencyMHz: 3200, moduleType: "DDR4", moduleManufacturer: "SK Hynix",
			disks: []float64{447.1, 1788.5}, networkAdapter: "2 x 100GE", raid: "RAID10",
		},
		{
			model: "TaiShan 200 (Model 2280)", pool: "KC1XLarge", manufacturer: "Huawei", clusterName: "ecs-arm",
			architecture: "aarch64", kernel: "4.19.90-vhulk2103.1.0.h513.eulerosv2r9.aarch64",
			cpu: "Kunpeng 920-6426", sockets: 2, cores: 64, threads: 1,
			modules: 16, moduleGB: 32, frequencyMHz: 2933, moduleType: "DDR4", moduleManufacturer: "Samsung",
			disks: []float64{599, 3200}, networkAdapter: "4 x 25GE", raid: "RAID1",
		},
	}
}

// addHosts spreads n hosts unevenly over regions, zones, clusters and racks. With enough hosts every region has one.
func (s *site) addHosts(n int) {
	s.hosts = make([]host, 0, n)
	s.hostIDs = make(map[string]int, n)
	for r, share := range s.shares(n) {
		d := roll(s.seed, "hosts", uint64(r))
		for i := range share {
			h := s.newHost(d, r, i)
			s.regions[r].hosts = append(s.regions[r].hosts, len(s.hosts))
			s.hostIDs[h.id] = len(s.hosts)
			s.hosts = append(s.hosts, h)
		}
	}
}

// shares cuts n into one part for each region, the greatest about as many times the least as there are regions.
func (s *site) shares(n int) []int {
	d := roll(s.seed, "shares")
	weights := make([]float64, len(s.regions))
	sum := 0.0
	for i, rank := range d.Perm(len(weights)) {
		weights[i] = float64(rank+1) * d.spread(0.8, 1.2)
		sum += weights[i]
	}
	parts := make([]int, len(weights))
	left := n
	for i := range parts {
		if left > 0 && n >= len(parts) {
			parts[i] = 1
			left--
		}
	}
	rest := left
	for i, w := range weights {
		more := int(float64(rest) * w / sum)
		parts[i] += more
		left -= more
	}
	parts[0] += left
	return parts
}

const (
	slotsOfRack = 16
	racksOfRow  = 12
)

func (s *site) newHost(d dice, r, i int) host {
	h := host{
		id:         d.uuid(),
		region:     r,
		zone:       d.IntN(len(s.regions[r].zones)),
		model:      [...]int{0, 0, 0, 1, 1, 2}[d.IntN(6)], // half of the hosts are of the first model
		management: d.oneIn(8),
		pod:        i/120 + 1,
		room:       20 + i/(slotsOfRack*racksOfRow*4),
		row:        i / (slotsOfRack * racksOfRow) % 4,
		rack:       i/slotsOfRack%racksOfRow + 1,
		slot:       i%slotsOfRack + 1,
		serial:     s.serial(d, i),
		address:    fmt.Sprintf("10.%d.%d.%d", 20+r, i/250, i%250+2),
	}
	h.name = fmt.Sprintf("ecs_4-C%02dR%02d%03d", h.row+1, h.rack, i%1000)
	return h
}

// serial draws a serial number: a UUID as in the example (QUIRKS 97) or a maker's number; now and then none.
func (s *site) serial(d dice, i int) string {
	id, number := d.uuid(), fmt.Sprintf("2102312CJY%c0K9%06d", 'A'+rune(d.IntN(26)), d.IntN(1e6))
	switch {
	case i > 0 && d.oneIn(30):
		return ""
	case d.oneIn(3):
		return number
	default:
		return id
	}
}

// dataCentre is the code of the host's data centre, such as WC_LAN_07.
func (s *site) dataCentre(h *host) string {
	r := &s.regions[h.region]
	return fmt.Sprintf("WC_%s_%02d", strings.ToUpper(s.city(r)), h.zone+1)
}

func (s *site) room(h *host) string {
	return fmt.Sprintf("%sd%02d", s.city(&s.regions[h.region]), h.room)
}

func (s *site) rack(h *host) string {
	return fmt.Sprintf("%s-%c-%02d-%d", s.room(h), 'a'+rune(h.row), h.rack, h.zone+1)
}

// city is three letters of the region's city.
func (s *site) city(r *region) string {
	_, city, _ := strings.Cut(r.nameEn, "-")
	return strings.ToLower(city[:3])
}

func (h *host) podCode() string { return fmt.Sprintf("POD-%02d", h.pod) }
