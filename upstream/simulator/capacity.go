package simulator

import (
	"math"
	"strings"
	"time"
)

// figure says how a service sends one of its quantities (x-service-types of the document, and the examples).
type figure int

const (
	figureAbsent figure = iota // no key
	figureNone                 // the text "null" and its relatives
	figureZero                 // always 0, as in the examples, whatever the other quantities say (QUIRKS 28)
	figureGiven
)

// service is one of the ten services whose capacity is listed.
type service struct {
	name     string   // word of the question
	answered string   // word of the answer (QUIRKS 33)
	zones    []string // words of the question; an answer's word comes from zoneWord

	total, used, free, usedRatio, allocatedRatio, count figure
}

// services lists the ten services.
func services() []service {
	plain := func(name, zone string) service {
		return service{
			name: name, answered: name, zones: []string{zone},
			total: figureGiven, used: figureZero, free: figureZero, usedRatio: figureZero, count: figureZero,
		}
	}
	full := func(name, answered, zone string) service {
		return service{
			name: name, answered: answered, zones: []string{zone},
			total: figureGiven, used: figureGiven, free: figureGiven,
			usedRatio: figureGiven, allocatedRatio: figureGiven, count: figureNone,
		}
	}
	obs := plain("OBS", "OBS_POD")
	obs.used = figureGiven
	return []service{
		{
			name: "ECS_VM", answered: "ecs-vm", zones: []string{"manage", "pod"},
			total: figureNone, used: figureNone, free: figureNone,
			usedRatio: figureNone, allocatedRatio: figureGiven, count: figureNone,
		},
		plain("BMS", "BMS_POD"),
		{name: "EVS", answered: "EVS", zones: []string{"manage", "pod"}},
		obs,
		plain("EIP", "EIP_POD"),
		{
			name: "RDS", answered: "RDS", zones: []string{"RDS_POD"},
			total: figureGiven, used: figureGiven, free: figureGiven,
			usedRatio: figureNone, allocatedRatio: figureNone, count: figureNone,
		},
		full("DCC", "dcc", "DCC_POD"),
		full("DeH", "deh", "DeH_POD"),
		full("SFS", "sfs", "SFS_POD"),
		plain("VPN", "VPN_POD"),
	}
}

// pool is what is measured once a day: the capacity of a service in a region, zone and model.
type pool struct {
	service, region      int
	zone, metric         string
	allocated, available float64
	terabytes            bool // else pieces
	counted              bool // allocated counts resources of the site, so it stays
	key                  uint64
}

// addPools makes the pools. Machines, disks, addresses and databases are counted from the site's resources; the rest is
// drawn.
func (s *site) addPools() {
	for r := range s.regions {
		d := roll(s.seed, "pools", uint64(r))
		size := float64(len(s.regions[r].hosts))
		for i, svc := range s.services {
			for _, p := range s.poolsOf(svc.name, r, size, d) {
				p.service, p.region = i, r
				if p.zone == "" {
					p.zone = svc.zones[0]
				}
				p.key = textKey(svc.name + p.zone + p.metric + s.regions[r].code)
				s.pools = append(s.pools, p)
			}
		}
	}
}

func (s *site) poolsOf(name string, r int, size float64, d dice) []pool {
	drawn := func(metric string, low, high float64) pool {
		p := pool{metric: metric, terabytes: name == "SFS" || metric == "memory"}
		p.allocated, p.available = p.tidy(d.spread(low, high)*size), p.tidy(d.spread(low/4, high)*size)
		return p
	}
	switch name {
	case "ECS_VM":
		return append(s.countedPools(kindECS, r, d), s.managementPools(r, d)...)
	case "EVS":
		var pools []pool
		for _, p := range s.countedPools(kindEVS, r, d) {
			manage := p
			manage.zone, manage.counted = "manage", false
			manage.allocated, manage.available = p.tidy(d.spread(30, 120)), p.tidy(d.spread(40, 160))
			pools = append(pools, p, manage)
		}
		return pools
	case "BMS":
		return s.countedPools(kindBMS, r, d)
	case "EIP":
		return s.countedPools(kindEIP, r, d)
	case "RDS":
		return s.countedPools(kindRDS, r, d)
	case "OBS":
		return s.countedPools(kindOBS, r, d)
	case "VPN":
		return append(s.countedPools(kindVPN, r, d), drawn("connection", 0, 2))
	case "SFS":
		return []pool{drawn("null", 2, 12)}
	}
	if r > 0 && r == len(s.regions)-1 { // dedicated computing is not sold everywhere
		return nil
	}
	if name == "DCC" {
		return []pool{drawn("vCPU", 20, 60), drawn("memory", 0.1, 0.3), drawn("host", 0.3, 1)}
	}
	return []pool{drawn("s3", 0.1, 0.4), drawn("l5", 0.1, 0.2), drawn("x6", 0, 0.2)}
}

// countedPools has one pool for each specification of the kind, with what the region holds of it as allocated.
func (s *site) countedPools(k, r int, d dice) []pool {
	specs := s.catalog[k].specs
	pools := make([]pool, len(specs))
	for i := range specs {
		pools[i] = pool{metric: s.metricWord(k, i), counted: true, terabytes: k == kindEVS || k == kindOBS}
		if k == kindECS || k == kindEVS {
			pools[i].zone = "pod"
		}
	}
	for i := s.kinds[k][0]; i < s.kinds[k][1]; i++ {
		res := s.resources[i]
		switch {
		case res.region != r:
		case pools[res.spec].terabytes:
			pools[res.spec].allocated += float64(res.size) / 1024
		default:
			pools[res.spec].allocated++
		}
	}
	for i := range pools {
		pools[i].available = pools[i].tidy(d.spread(0, 0.7) * (pools[i].allocated + 4))
	}
	return pools
}

// managementPools are the machines of the management zone, which belong to no tenant.
func (s *site) managementPools(r int, d dice) []pool {
	pools := make([]pool, 0, 2)
	for _, f := range s.flavours[:2] {
		size := float64(len(s.regions[r].hosts))
		pools = append(pools, pool{
			zone: "manage", metric: f.model,
			allocated: math.Round(d.spread(1, 3) * size), available: math.Round(d.spread(0, 1) * size),
		})
	}
	return pools
}

// metricWord is a capacity row's word for a specification.
func (s *site) metricWord(k, spec int) string {
	switch k {
	case kindECS:
		return s.flavours[spec].model
	case kindRDS:
		return []string{"dbtype:sqlServer", "dbtype:nosqlServer"}[spec]
	case kindOBS:
		return []string{"single-az", "multi-az"}[spec]
	case kindVPN:
		return "gateway"
	default:
		return s.catalog[k].specs[spec]
	}
}

// tidy rounds a quantity to whole pieces, or to a gigabyte when the pool counts terabytes.
func (p *pool) tidy(value float64) float64 {
	if p.terabytes {
		return math.Round(value*1024) / 1024
	}
	return math.Round(value)
}

// snapshotAt is when the daily measurements are taken: midnight in UTC+8 (QUIRKS 53).
const snapshotAt = 16 * time.Hour

// snapshots lists the measuring times within the window up to now, at most the last four hundred.
func snapshots(w window, now time.Time) []time.Time {
	const most = 400
	last := earlier(w.end, now).Add(-snapshotAt).Truncate(24 * time.Hour).Add(snapshotAt)
	var times []time.Time
	for t := last; !t.Before(w.begin) && len(times) < most; t = t.Add(-24 * time.Hour) {
		times = append(times, t)
	}
	return times
}

// figures are the pool's allocated and available quantities on one day. Both vary from day to day, except counted ones.
func (s *site) figures(p *pool, day time.Time) (allocated, available float64) {
	d := roll(s.seed, "figures", p.key, uint64(day.Unix()))
	allocated, available = p.tidy(p.allocated*d.spread(0.94, 1.06)), p.tidy(p.available*d.spread(0.94, 1.06))
	if p.counted {
		allocated = p.allocated
	}
	return allocated, available
}

// sameMetric reports whether two model words mean one model (QUIRKS 110).
func sameMetric(a, b string) bool {
	fold := func(text string) string {
		text = strings.ToLower(strings.TrimPrefix(text, "dbtype:"))
		switch text {
		case "connetion":
			return "connection"
		case "cpu":
			return "vcpu"
		}
		return text
	}
	return fold(a) == fold(b)
}
