package simulator

import "time"

// machineMeasures lists the metrics of a virtual machine.
func machineMeasures() []measure {
	return []measure{
		{name: "cpu_usage", unit: "%", high: 100},
		{name: "mem_usage", unit: "%", high: 100},
		{name: "disk_util", unit: "%", high: 100},
		{name: "disk_read_bytes_rate", unit: "B/s", high: 60_000_000},
		{name: "network_incoming_bytes_rate", unit: "B/s", high: 120_000_000},
	}
}

// listEcsPerformance answers with the samples of one virtual machine or of all.
func (s *Simulator) listEcsPerformance(c *call) (answer, error) {
	q := c.query()
	w := q.window()
	id := q.text("vm_id")
	p := q.page(0, true)
	return c.list(q, p, "", func() rows {
		first, machines := s.site.kinds[kindECS][0], s.site.kinds[kindECS][1]-s.site.kinds[kindECS][0]
		if id != "" {
			i, known := s.site.ids[id]
			if !known || s.site.resources[i].kind != kindECS {
				return rows{}
			}
			first, machines = i, 1
		}
		times, measures := samples(w, c.now, samplePeriod), machineMeasures()
		each := len(times) * len(measures)
		return rows{count: machines * each, at: func(i int) []byte {
			return s.site.machineMetricRow(first+i/each, &measures[i%each/len(times)], times[i%len(times)])
		}}
	})
}

func (s *site) machineMetricRow(i int, m *measure, t time.Time) []byte {
	res := &s.resources[i]
	r := &s.regions[res.region]
	o := newObject(roll(s.seed, "machine metric row "+m.name, uint64(i), uint64(t.Unix())))
	o.text("SERVICE", "ECS")
	o.text("REGION_ID", r.code)
	o.text("NAMESPACE", "ecs")
	o.text("SOURCE_SERVICE", "CES")
	o.text("SOURCE_TYPE", "TenantMon")
	o.text("SOURCE_TAG", r.tag()+"_ECS")
	o.text("TENANT_NAME", s.tenants[res.tenant].name)
	o.text("METRIC_NAME", m.name)
	o.reading("METRIC_VALUE", m.value(s.seed, uint64(i), t))
	o.text("METRIC_UNIT", m.unit)
	o.text("INSTANCE_ID", res.id)
	o.millis("TIMESTAMP", t)
	return o.end()
}
