package simulator

import (
	"math"
	"time"
)

// samplePeriod is the grid on which metrics are sampled; the newest sample is a minute old at least (QUIRKS 95).
const (
	samplePeriod = 5 * time.Minute
	sampleLag    = time.Minute
	metricsKept  = 90 * day
)

// samples lists the sampling times within the window, oldest first.
func samples(w window, now time.Time, period time.Duration) []time.Time {
	begin, end := later(w.begin, now.Add(-metricsKept)), earlier(w.end, now.Add(-sampleLag))
	first := begin.Truncate(period)
	if first.Before(begin) {
		first = first.Add(period)
	}
	if first.After(end) {
		return nil
	}
	times := make([]time.Time, int(end.Sub(first)/period)+1)
	for i := range times {
		times[i] = first.Add(time.Duration(i) * period)
	}
	return times
}

// measure is one metric of something.
type measure struct {
	name, item, data, operator, unit string
	low, high                        float64
}

// value is the metric's reading: a level of its own, a daily swing and some noise, within its bounds.
func (m *measure) value(seed, key uint64, t time.Time) float64 {
	return math.Round((m.low+m.share(seed, key, t)*(m.high-m.low))*100) / 100
}

// share is where between its bounds a reading is. What a sample reached at most is some way from its mean to the upper
// bound: drawn apart from the mean, it would lie below it now and then.
func (m *measure) share(seed, key uint64, t time.Time) float64 {
	if m.operator == "MAX" {
		mean := *m
		mean.operator = "AVG"
		above := roll(seed, "peak "+m.name+m.data, key, uint64(t.Unix()))
		share := mean.share(seed, key, t)
		return share + (1-share)*above.spread(0.03, 0.25)
	}
	level := roll(seed, "level "+m.name+m.data+m.operator, key)
	noise := roll(seed, "noise "+m.name+m.data+m.operator, key, uint64(t.Unix()))
	hour := 2 * math.Pi * float64(t.Unix()%daySeconds) / float64(daySeconds)
	share := level.spread(0.1, 0.75) + 0.12*math.Sin(hour+level.spread(0, 6)) + noise.spread(-0.05, 0.05)
	return min(1, max(0, share))
}

// reading writes a reading; now and then there was none.
func (o *object) reading(key string, value float64) {
	switch o.IntN(120) {
	case 0:
		o.text(key, "")
	case 1:
		o.text(key, "null")
	case 2:
		o.raw(key, "null")
	default:
		o.decimal(key, value)
	}
}

// hostMeasures lists the 19 metrics of a host. A later edition says there are as many; which is not documented.
func hostMeasures() []measure {
	percent := func(name, item, data, operator string) measure {
		return measure{name, item, data, operator, `\%`, 0, 100} // QUIRKS 30
	}
	return []measure{
		percent("CPU", "cpu", "usage", "AVG"),
		percent("CPU", "cpu", "usage", "MAX"),
		percent("CPU", "cpu", "iowait", "AVG"),
		percent("CPU", "cpu", "steal", "AVG"),
		percent("Memory", "memory", "usage", "AVG"),
		percent("Memory", "memory", "usage", "MAX"),
		{"Memory", "memory", "free", "AVG", "GB", 0, 320},
		percent("Disk", "disk", "usage", "AVG"),
		{"Disk", "disk", "read_rate", "AVG", "KB/s", 0, 90_000},
		{"Disk", "disk", "write_rate", "AVG", "KB/s", 0, 90_000},
		{"Disk", "disk", "read_iops", "AVG", "count/s", 0, 4000},
		{"Disk", "disk", "write_iops", "AVG", "count/s", 0, 4000},
		{"Disk", "disk", "await", "AVG", "ms", 0, 40},
		{"Network", "network", "in_rate", "AVG", "KB/s", 0, 800_000},
		{"Network", "network", "out_rate", "AVG", "KB/s", 0, 800_000},
		{"Network", "network", "in_errors", "SUM", "count", 0, 9},
		{"Load", "load", "load_1min", "AVG", "", 0, 80},
		{"Load", "load", "load_5min", "AVG", "", 0, 80},
		{"Process", "process", "count", "AVG", "count", 200, 1800},
	}
}

// listHostMetricData answers with the samples of one host.
func (s *Simulator) listHostMetricData(c *call) (answer, error) {
	q := c.query()
	id := q.required("host_id")
	w := q.window()
	p := q.page(1000, false)
	return c.list(q, p, "", func() rows {
		host, known := s.site.hostIDs[id]
		if !known {
			return rows{}
		}
		times, measures := samples(w, c.now, samplePeriod), hostMeasures()
		return rows{count: len(times) * len(measures), at: func(i int) []byte {
			return s.site.hostMetricRow(host, &measures[i/len(times)], times[i%len(times)])
		}}
	})
}

func (s *site) hostMetricRow(i int, m *measure, t time.Time) []byte {
	h := &s.hosts[i]
	r := &s.regions[h.region]
	z := &r.zones[h.zone]
	o := newObject(roll(s.seed, "host metric row "+m.name+m.data+m.operator, uint64(i), uint64(t.Unix())))
	o.millis("time_stamp", t)
	o.text("monitor_item", m.item)
	o.text("region_id", r.code)
	o.text("az_name", z.name)
	o.text("metrics_name", m.name)
	o.text("operator", m.operator)
	o.text("host_id", h.id)
	o.text("az_id", z.code)
	o.text("unit", m.unit)
	o.text("az_name_en", z.nameEn)
	o.text("region_name", r.name)
	o.text("data_item", m.data)
	o.text("region_name_en", r.nameEn)
	o.reading("value", m.value(s.seed, uint64(i), t))
	return o.end()
}
