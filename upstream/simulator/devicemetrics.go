package simulator

import (
	"slices"
	"time"
)

// networkMetrics lists the metric codes of network devices. Their meaning is not documented (QUIRKS 40), so the
// bounds are made up.
func networkMetrics() []measure {
	return []measure{
		{name: "59", high: 100},
		{name: "60", high: 100},
		{name: "14", high: 1},
		{name: "18", high: 64},
		{name: "101", high: 9_000_000},
		{name: "102", high: 9_000_000},
		{name: "61", low: 20, high: 70},
		{name: "52", high: 300},
	}
}

// listNetworkDeviceMetricData answers with the samples of the network devices, of one address, one metric or both.
func (s *Simulator) listNetworkDeviceMetricData(c *call) (answer, error) {
	measures := networkMetrics()
	names := make([]string, len(measures))
	for i, m := range measures {
		names[i] = m.name
	}
	q := c.query()
	w := q.window()
	address := q.text("management_ip")
	metric := q.word("metric", names...)
	p := q.page(0, true)
	return c.list(q, p, "", func() rows {
		devices := slices.DeleteFunc(slices.Clone(s.site.devices), func(d device) bool {
			return address != "" && d.address != address
		})
		measures = slices.DeleteFunc(measures, func(m measure) bool { return metric != "" && m.name != metric })
		times := samples(w, c.now, samplePeriod)
		each := len(times) * len(measures)
		return rows{count: len(devices) * each, at: func(i int) []byte {
			return s.site.deviceMetricRow(&devices[i/each], &measures[i%each/len(times)], times[i%len(times)])
		}}
	})
}

func (s *site) deviceMetricRow(dev *device, m *measure, t time.Time) []byte {
	key := textKey(dev.id)
	o := newObject(roll(s.seed, "device metric row "+m.name, key, uint64(t.Unix())))
	o.text("device_ip", dev.address)
	o.text("res_type", "2")
	o.text("metric", m.name)
	o.text("region_id", s.regions[dev.region].code)
	o.reading("value", m.value(s.seed, key, t))
	o.millis("timestamp", t)
	return o.end()
}
