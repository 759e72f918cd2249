package simulator

import (
	"math"
	"strings"
	"time"
)

// listCloudServiceCapacity answers with the daily rows of one service, or of all when none is named, which the document
// does not describe.
func (s *Simulator) listCloudServiceCapacity(c *call) (answer, error) {
	q := c.query()
	w := q.window()
	name := q.word("service_type", s.site.serviceNames()...)
	zone := q.word("zone_type", s.site.zoneNames(name)...)
	return c.list(q, q.page(1000, true), name, func() rows {
		var list [][]byte
		for i := range s.site.pools {
			pool := &s.site.pools[i]
			svc := &s.site.services[pool.service]
			if name != "" && svc.name != name || zone != "" && pool.zone != zone {
				continue
			}
			for _, t := range snapshots(w, c.now) {
				list = append(list, s.capacityRow(pool, t, c.now))
			}
		}
		return made(list)
	})
}

func (s *site) serviceNames() []string {
	names := make([]string, len(s.services))
	for i, svc := range s.services {
		names[i] = svc.name
	}
	return names
}

// zoneNames are the words that zone_type may have for one service, or for any.
func (s *site) zoneNames(service string) []string {
	var names []string
	for _, svc := range s.services {
		if service == "" || svc.name == service {
			names = append(names, svc.zones...)
		}
	}
	return names
}

// capacityRow writes one measurement.
func (s *Simulator) capacityRow(p *pool, t, now time.Time) []byte {
	svc, r := &s.site.services[p.service], &s.site.regions[p.region]
	allocated, available := s.site.figures(p, t)
	allocated, available = s.livingFigures(p, t, now, allocated, available)
	if set, ok := s.changes.capacity(svc.name, r.code, p.metric, t); ok {
		allocated, available = set.allocated, set.available
	}
	o := newObject(roll(s.site.seed, "capacity row", p.key, uint64(t.Unix())))
	o.text("service_type", svc.answered)
	o.text("metric_type", o.spelt(p))
	o.figures(svc, p, allocated, available)
	if word := zoneWord(svc, p, r); word != "" {
		o.text("zone_type", word)
	}
	o.millis("timestamp", t)
	o.text("region", o.regionWord(r))
	if p.region%3 == 1 {
		o.laterEdition(svc, r)
	}
	o.extra()
	return o.end()
}

// figures writes the quantities in the service's manner.
func (o *object) figures(svc *service, p *pool, allocated, available float64) {
	total := allocated + available
	used := p.tidy(allocated * 0.9)
	o.figure(svc.total, "total", total)
	o.figure(svc.used, "used", used)
	o.figure(svc.free, "free", total-used)
	o.decimal("allocated", allocated)
	o.available(available)
	o.figure(svc.usedRatio, "used_ratio", ratio(used, total))
	o.figure(svc.allocatedRatio, "allocated_ratio", ratio(allocated, total))
	o.figure(svc.count, "resource_count", allocated)
}

func (o *object) figure(how figure, key string, value float64) {
	switch how {
	case figureGiven:
		o.decimal(key, value)
	case figureZero:
		o.decimal(key, 0)
	case figureNone:
		o.none(key)
	case figureAbsent:
	}
}

// regionWord is the region's code, rarely its display name (QUIRKS 15).
func (o *object) regionWord(r *region) string {
	if o.oneIn(60) {
		return o.pick(r.name, r.nameEn)
	}
	return r.code
}

// spelt is the model word in one of its spellings (QUIRKS 110).
func (o *object) spelt(p *pool) string {
	if !o.oneIn(4) {
		return p.metric
	}
	switch p.metric {
	case "connection":
		return "Connetion"
	case "gateway":
		return "Gateway"
	case "dbtype:sqlServer":
		return o.pick("SQLServer", "sqlServer")
	case "dbtype:nosqlServer":
		return o.pick("NoSQLServer", "nosqlServer")
	case "vCPU":
		return o.pick("vCpu", "CPU")
	}
	if rest, ok := strings.CutPrefix(p.metric, "kvm/"); ok {
		return "kvm/" + strings.ToLower(rest)
	}
	return p.metric
}

// zoneWord is the zone in the answer's notation, one for each pool (QUIRKS 34). OBS sends none.
func zoneWord(svc *service, p *pool, r *region) string {
	d := roll(p.key, "zone word", textKey(r.code))
	switch svc.name {
	case "ECS_VM":
		if p.zone == "manage" {
			return d.pick("MANAGE", "manage")
		}
		return d.pick("KVM_POD", "KVM_POD", "POD", "pod")
	case "EVS":
		return strings.ToUpper(p.zone)
	case "BMS":
		return d.pick("POD", "POD", "POD", "POD", "POD", "KVM_POD", "KVM_POD", "EDGE_POD") // the last is in no list
	case "OBS":
		return ""
	case "DeH":
		return d.pick("DEH_POD", "DEH_POD", "DeH_POD")
	}
	return p.zone
}

// laterEdition adds the fields of later editions for the two services that have them.
func (o *object) laterEdition(svc *service, r *region) {
	if svc.name != "ECS_VM" && svc.name != "SFS" {
		return
	}
	o.text("resource_type", svc.answered)
	o.text("az_id", r.zones[0].code)
	o.text("az_name", r.zones[0].name)
	if svc.name == "ECS_VM" {
		o.text("az_name_en", r.zones[0].nameEn)
	}
}

// ratio is a/b with two decimals, 0 for an empty pool.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return math.Round(a/b*100) / 100
}
