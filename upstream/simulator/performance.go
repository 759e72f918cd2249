package simulator

import (
	"fmt"
	"math"
	"time"
)

// performanceMeasures lists the metrics of a server seen from its management board, sampled each hour.
func performanceMeasures() []measure {
	return []measure{
		{name: "CPUUsagePercent", high: 100},
		{name: "MemoryUsagePercent", high: 100},
		{name: "PowerConsumedWatts", low: 120, high: 780},
		{name: "InletTemperatureCelsius", low: 16, high: 38},
	}
}

// listHostPerformanceData answers with the hourly samples of one server or of all that have a serial number.
func (s *Simulator) listHostPerformanceData(c *call) (answer, error) {
	q := c.query()
	w := q.window()
	serial := q.text("sn")
	p := q.page(1000, false)
	return c.list(q, p, "", func() rows {
		var hosts []int
		for i := range s.site.hosts {
			if own := s.site.hosts[i].serial; own != "" && (serial == "" || own == serial) {
				hosts = append(hosts, i)
			}
		}
		times, measures := samples(w, c.now, time.Hour), performanceMeasures()
		each := len(times) * len(measures)
		return rows{count: len(hosts) * each, at: func(i int) []byte {
			return s.site.performanceRow(hosts[i/each], &measures[i%each/len(times)], times[i%len(times)])
		}}
	})
}

// performanceRow writes one sample: a capital Value (QUIRKS 6), an hour without a leading zero (QUIRKS 45) and mostly a
// region in place of the zone (QUIRKS 32).
func (s *site) performanceRow(i int, m *measure, t time.Time) []byte {
	h := &s.hosts[i]
	r := &s.regions[h.region]
	local := t.In(chinaTime())
	o := newObject(roll(s.seed, "performance row "+m.name, uint64(i), uint64(t.Unix())))
	o.text("dc_code", s.dataCentre(h))
	o.text("az_code", o.rarely(4, r.zones[h.zone].code, r.code))
	o.text("usage", s.usage(h))
	o.text("room_code", s.room(h))
	o.text("dates", local.Format(time.DateOnly))
	o.text("metric", m.name)
	o.text("pack_code", s.rack(h))
	o.text("model", s.models[h.model].model)
	o.text("time", fmt.Sprintf("%s %d:%02d", local.Format(time.DateOnly), local.Hour(), local.Minute()))
	o.text("sn", h.serial)
	o.reading("Value", math.Round(m.value(s.seed, uint64(i), t)))
	o.text("region_code", r.code)
	o.decimal("slot_number", float64(h.slot))
	o.extra()
	return o.end()
}

// usage is the purpose of the server (QUIRKS 75).
func (s *site) usage(h *host) string {
	if h.management {
		return "mgt/mgt-can"
	}
	return "ecs/" + s.cluster(h)
}
