package simulator

import (
	"fmt"
	"time"
)

// listElbv3Capacity answers with one cluster for each zone. The counts are drawn: a cluster also serves what belongs
// to no tenant of the site.
func (s *Simulator) listElbv3Capacity(c *call) (answer, error) {
	q := c.query()
	p := q.page(1000, true)
	return c.list(q, p, "", func() rows {
		var list [][]byte
		for r := range s.site.regions {
			for z := range s.site.regions[r].zones {
				list = append(list, s.site.elbRow(r, z, c.now.Truncate(samplePeriod)))
			}
		}
		return made(list)
	})
}

// elbRow writes one cluster; some of its figures are empty texts (QUIRKS 21).
func (s *site) elbRow(r, z int, now time.Time) []byte {
	id := roll(s.seed, "elb cluster", uint64(r), uint64(z)).uuid()
	o := newObject(roll(s.seed, "elb row", uint64(r), uint64(z), uint64(now.Unix()/int64(time.Hour/time.Second))))
	region := &s.regions[r]
	o.noText("ms_nodes_list")
	o.maybe("cluster_name", o.pick("", region.name+"-ELB集群"))
	o.counted("lb", 8000)
	o.millis("time_stamp", now)
	o.text("region_id", region.code)
	o.text("type", "ELBv3")
	o.counted("l4_listener", 10_000)
	o.decimal("lb_v5_count", float64(o.IntN(90)))
	o.counted("l7_listener", 5000)
	o.text("cluster_id", id)
	o.counted("l4_member", 30_000)
	o.counted("l7_member", 20_000)
	o.maybe("region_name", o.pick("", region.name))
	o.text("cluster_code", fmt.Sprintf("elbv3-cluster01-az%d", z+1))
	o.extra()
	return o.end()
}

// counted writes a count and its capacity.
func (o *object) counted(stem string, capacity int) {
	if o.oneIn(10) {
		o.text(stem+"_count", "")
	} else {
		o.decimal(stem+"_count", float64(o.between(capacity/50, capacity)))
	}
	o.decimal(stem+"_capacity", float64(capacity))
}
