package simulator

import (
	"math"
	"slices"
	"strings"
	"time"
)

// physicalPool is one pool of physical servers or disks, measured once a day.
type physicalPool struct {
	region           int
	device           string // ECS or EVS
	zone             string // manage or pod
	model, metric    string
	total, allocated float64 // cores, or terabytes
	key              uint64
}

// addPhysicalPools adds up what the hosts of each region, zone and model have and what runs on them, and the disks
// of each class.
func (s *site) addPhysicalPools() {
	at := map[uint64]int{}
	pool := func(region int, device, zone, model, metric string) *physicalPool {
		p := physicalPool{region: region, device: device, zone: zone, model: model, metric: metric}
		p.key = textKey(strings.Join([]string{s.regions[region].code, device, zone, model, metric}, "/"))
		if _, known := at[p.key]; !known {
			at[p.key] = len(s.physical)
			s.physical = append(s.physical, p)
		}
		return &s.physical[at[p.key]]
	}
	for i := range s.hosts {
		h := &s.hosts[i]
		m := &s.models[h.model]
		cores, memory := 0, 0
		for _, machine := range s.resources[h.machines[0]:h.machines[1]] {
			cores += s.flavours[machine.spec].cores
			memory += s.flavours[machine.spec].memoryGB
		}
		p := pool(h.region, "ECS", h.zoneType(), m.pool, "vCpu")
		p.total += float64(m.sockets * m.cores * m.threads)
		p.allocated += float64(cores)
		p = pool(h.region, "ECS", h.zoneType(), m.pool, "memory")
		p.total += float64(m.modules*m.moduleGB) / 1024
		p.allocated += float64(memory) / 1024
	}
	for _, res := range s.resources[s.kinds[kindEVS][0]:s.kinds[kindEVS][1]] {
		class := s.catalog[kindEVS].specs[res.spec%2]
		pool(res.region, "EVS", "pod", class, class).allocated += float64(res.size) / 1024
	}
	for i := range s.physical {
		if p := &s.physical[i]; p.device == "EVS" {
			p.total = math.Ceil(p.allocated * roll(s.seed, "physical", p.key).spread(1.1, 2))
		}
	}
}

// zoneType is the zone word of the capacity calls for the host.
func (h *host) zoneType() string {
	if h.management {
		return "manage"
	}
	return "pod"
}

// listHostPhysicalCapacity answers with the daily rows of compute pools, storage pools or both.
func (s *Simulator) listHostPhysicalCapacity(c *call) (answer, error) {
	q := c.query()
	w := q.window()
	device := q.word("device_type", "ECS", "EVS")
	zone := q.word("zone_type", "manage", "pod")
	p := q.page(1000, true)
	return c.list(q, p, device, func() rows {
		pools := slices.DeleteFunc(slices.Clone(s.site.physical), func(p physicalPool) bool {
			return device != "" && p.device != device || zone != "" && p.zone != zone
		})
		times := snapshots(w, c.now)
		return rows{count: len(pools) * len(times), at: func(i int) []byte {
			return s.site.physicalRow(&pools[i/len(times)], times[i%len(times)])
		}}
	})
}

// physicalRow writes one measurement. Compute rows say service_type where storage rows say device_type, and storage
// rows hold little else (QUIRKS 7, 17).
func (s *site) physicalRow(p *physicalPool, t time.Time) []byte {
	r := &s.regions[p.region]
	o := newObject(roll(s.seed, "physical row", p.key, uint64(t.Unix())))
	storage := p.device == "EVS"
	if storage {
		o.text("device_type", p.device)
	} else {
		o.text("service_type", p.device)
		o.decimal("total", p.total)
		o.decimal("used", 0)
		o.decimal("free", p.total)
		o.decimal("used_ratio", 0)
		o.decimal("resource_count", 0)
	}
	o.text("resource_type", o.respelt(p.model))
	o.text("metric_type", o.respelt(p.metric))
	o.decimal("allocated", p.allocated)
	o.available(max(0, p.total-p.allocated))
	o.text("zone_type", p.zoneWord(s.seed))
	o.millis("timestamp", t)
	o.text("region", o.regionWord(r))
	o.extra()
	return o.end()
}

// respelt is a model word, now and then in another spelling (QUIRKS 110).
func (o *object) respelt(word string) string {
	if !o.oneIn(6) {
		return word
	}
	if word == "vCpu" {
		return "vCPU"
	}
	return strings.Replace(word, "XLarge", "xLarge", 1)
}

// zoneWord is the zone in the answer's notation, one for each pool (QUIRKS 34).
func (p *physicalPool) zoneWord(seed uint64) string {
	switch {
	case p.zone == "manage":
		return "MANAGE"
	case p.device == "EVS":
		return "POD"
	}
	return roll(seed, "physical zone", p.key).pick("KVM_POD", "KVM_POD", "POD")
}
