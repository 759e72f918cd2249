package oracle

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// sample is one value of a series.
type sample struct {
	at    time.Time
	value float64
}

// series gathers the samples of one metric.
type series struct {
	name, key              string
	unit, item, data, aggr any
	samples                []sample
}

// gather puts rows into series by key: samples without a readable time or value are left out, as are those outside the
// span asked, whose end is excluded; equal times count once. A metric of which no value can be read is an empty series.
func gather(rows []row, from, to time.Time, read func(r row) (s series, at, value any)) []*series {
	byKey := map[string]*series{}
	for _, r := range rows {
		s, at, value := read(r)
		if !within(at, from, to) {
			continue
		}
		if byKey[s.key] == nil {
			byKey[s.key] = &s
		}
		have := byKey[s.key]
		v, known := value.(float64)
		if known && !slices.ContainsFunc(have.samples, func(o sample) bool { return o.at.Equal(at.(time.Time)) }) {
			have.samples = append(have.samples, sample{at.(time.Time), v})
		}
	}
	all := make([]*series, 0, len(byKey))
	for _, key := range sortedKeys(byKey) {
		one := byKey[key]
		slices.SortFunc(one.samples, func(a, b sample) int { return a.at.Compare(b.at) })
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b *series) int { return strings.Compare(a.name, b.name) })
	return all
}

func (s *series) thing() *thing {
	fields := map[string]any{
		"name": s.name, "key": s.key, "unit": s.unit, "item": s.item, "dataItem": s.data, "aggregation": s.aggr,
		"count": len(s.samples), "min": nil, "max": nil, "avg": nil, "last": nil, "lastAt": nil, "truncated": false,
		"points": lazy(func(a arguments) any {
			most, _ := a.count("maxPoints")
			if len(s.samples) <= most {
				return pointsOf(s.samples)
			}
			return thinned{samples: s.samples, most: most}
		}),
	}
	if len(s.samples) > 0 {
		least, most, sum := s.samples[0].value, s.samples[0].value, 0.0
		for _, one := range s.samples {
			least, most, sum = min(least, one.value), max(most, one.value), sum+one.value
		}
		end := s.samples[len(s.samples)-1]
		fields["min"], fields["max"], fields["avg"] = least, most, about(sum/float64(len(s.samples)))
		fields["last"], fields["lastAt"] = end.value, end.at
	}
	return &thing{"MetricSeries", fields}
}

func pointsOf(samples []sample) []any {
	list := make([]any, len(samples))
	for i, one := range samples {
		list[i] = &thing{"MetricPoint", map[string]any{"at": one.at, "value": one.value}}
	}
	return list
}

// thinned are the points of a series that has more than were asked: measured ones in the order of time, of which the
// first, the last, the smallest and the greatest survive (M4).
type thinned struct {
	samples   []sample
	most      int
	execution *execution
	set       ast.SelectionSet
}

// check says what is wrong with the points that were answered, or nothing.
func (w thinned) check(got any) string {
	list, ok := got.([]any)
	if !ok || len(list) > w.most || len(list) < 2 {
		return shown(got) + ", want at most " + strconv.Itoa(w.most) + " points"
	}
	at := 0
	chosen := make([]int, 0, len(list))
	for _, point := range list {
		for at < len(w.samples) && !alike(point, w.answer(at)) {
			at++
		}
		if at == len(w.samples) {
			return "no sample is " + shown(point) + ", or they are not in the order of time"
		}
		chosen = append(chosen, at)
		at++
	}
	if !alike(list[0], w.answer(0)) || !alike(list[len(list)-1], w.answer(len(w.samples)-1)) {
		return "the first or the last sample is missing"
	}
	least, most := w.samples[0].value, w.samples[0].value
	for _, s := range w.samples {
		least, most = min(least, s.value), max(most, s.value)
	}
	has := func(value float64) bool {
		return slices.ContainsFunc(chosen, func(i int) bool { return w.samples[i].value == value })
	}
	if !w.asksValue() {
		return ""
	}
	if !has(least) || !has(most) {
		return "the smallest or the greatest sample is missing"
	}
	return w.missing(chosen)
}

// missing looks into each of the parts of equal length: the extremes of those samples that are in no other part stay.
func (w thinned) missing(chosen []int) string {
	start, parts := w.samples[0].at, w.most/4
	length := w.samples[len(w.samples)-1].at.Sub(start)
	for part := range parts {
		from := start.Add(length * time.Duration(part) / time.Duration(parts))
		to := start.Add(length * time.Duration(part+1) / time.Duration(parts))
		in := func(i int) bool { return !w.samples[i].at.Before(from) && !w.samples[i].at.After(to) }
		var of, kept []float64
		for i := range w.samples {
			if in(i) {
				of = append(of, w.samples[i].value)
			}
		}
		for _, i := range chosen {
			if in(i) {
				kept = append(kept, w.samples[i].value)
			}
		}
		if len(of) < 3 {
			continue
		}
		// a sample where two parts meet may belong to either
		inner := of[1 : len(of)-1]
		if least := slices.Min(of); slices.Contains(inner, least) && !slices.Contains(kept, least) {
			return fmt.Sprintf("the smallest of part %d is missing", part)
		}
		if most := slices.Max(of); slices.Contains(inner, most) && !slices.Contains(kept, most) {
			return fmt.Sprintf("the greatest of part %d is missing", part)
		}
	}
	return ""
}

func (w thinned) answer(i int) any {
	return w.execution.complete(pointsOf(w.samples[i : i+1])[0], w.set)
}

func (w thinned) asksValue() bool {
	fields := map[string]*collected{}
	w.execution.collect(w.set, "MetricPoint", fields)
	for _, c := range fields {
		if c.field.Name == "value" {
			return true
		}
	}
	return false
}

func seriesList(all []*series, accepts func(*series) bool) any {
	list := []any{}
	for _, s := range all {
		if accepts(s) {
			list = append(list, s.thing())
		}
	}
	return list
}

// samplesOf reads a list around a span once: a minute more on both sides, which the span then cuts.
func (s *site) samplesOf(path string, from, to time.Time, more ...string) []row {
	key := path + from.String() + to.String() + strings.Join(more, "|")
	if rows, read := s.samples[key]; read {
		return rows
	}
	rows := s.up.list(path, window(from.Add(-time.Minute), to.Add(time.Minute), more...))
	s.samples[key] = rows
	return rows
}

// hostSeries are the metrics of a host (listHostMetricData).
func (s *site) hostSeries(host string, from, to time.Time, a arguments) any {
	rows := s.samplesOf("/v1/host/metricdata", from, to, "host_id", host)
	all := gather(rows, from, to, func(r row) (series, any, any) {
		item, data, aggregation := word(r["monitor_item"]), word(r["data_item"]), word(r["operator"])
		return series{
			name: word(r["metrics_name"]), key: strings.ToLower(item + "." + data + "." + aggregation), unit: unitOf(r["unit"]),
			item: text(r["monitor_item"]), data: text(r["data_item"]), aggr: text(r["operator"]),
		}, millis(r["time_stamp"]), number(r["value"])
	})
	return seriesList(all, func(one *series) bool {
		item, _ := one.item.(string)
		data, _ := one.data.(string)
		return slices.ContainsFunc([]string{one.name, item, item + "." + data, one.key}, func(name string) bool {
			return a.allowsFolded("names", name)
		})
	})
}

// unitOf strips backslashes (QUIRKS 30).
func unitOf(v any) any { return text(strings.ReplaceAll(word(v), `\`, "")) }

// machineSeries are the metrics of a machine (listEcsPerformance); nil for one without an id.
func (s *site) machineSeries(id string, a arguments) any {
	if id == "" {
		return nil
	}
	from, to := a.span("range", s.now, time.Hour)
	all := gather(s.samplesOf("/v1/ecs/performance", from, to, "vm_id", id), from, to, func(r row) (series, any, any) {
		name := word(r["METRIC_NAME"])
		one := series{name: name, key: name, unit: unitOf(r["METRIC_UNIT"])}
		return one, millis(r["TIMESTAMP"]), number(r["METRIC_VALUE"])
	})
	return seriesList(all, func(one *series) bool { return a.allowsFolded("names", one.name) })
}

// performanceSeries are those of a server (listHostPerformanceData), its times read as UTC+8.
func (s *site) performanceSeries(serial string, from, to time.Time, a arguments) any {
	rows := s.samplesOf("/v1/host/performancedata", from, to, "sn", serial)
	all := gather(rows, from, to, func(r row) (series, any, any) {
		name := word(r["metric"])
		return series{name: name, key: name}, serverTime(r), number(r["Value"])
	})
	return seriesList(all, func(one *series) bool { return a.allowsFolded("metrics", one.name) })
}

func serverTime(r row) any { return local(r["time"], "2006-01-02 15:04", eastEight) }

// serverPosition is the latest row of the last day.
func (s *site) serverPosition(serial string) any {
	if serial == "" {
		return nil
	}
	from, to := s.now.Add(-24*time.Hour), s.now
	var newest row
	for _, r := range s.samplesOf("/v1/host/performancedata", from, to, "sn", serial) {
		if within(serverTime(r), from, to) && (newest == nil || order(serverTime(newest), serverTime(r), false) < 0) {
			newest = r
		}
	}
	if newest == nil {
		return nil
	}
	return &thing{"ServerPosition", map[string]any{
		"model": text(newest["model"]), "usage": text(newest["usage"]), "regionCode": text(newest["region_code"]),
		// Of the rows of one time some have the zone, some the region (QUIRKS 32): which one counts is not stated.
		"availabilityZone": unknown{}, "dataCenter": text(newest["dc_code"]), "room": text(newest["room_code"]),
		"rack": text(newest["pack_code"]), "slot": whole(newest["slot_number"]), "observedAt": serverTime(newest),
	}}
}

// networkSeries reads the samples of network devices, by address and code.
func (s *site) networkSeries(from, to time.Time, more ...string) map[string][]*series {
	byAddress := map[string][]row{}
	for _, r := range s.samplesOf("/v1/network-device/metric-data", from, to, more...) {
		byAddress[word(r["device_ip"])] = append(byAddress[word(r["device_ip"])], r)
	}
	all := map[string][]*series{}
	for address, rows := range byAddress {
		all[address] = gather(rows, from, to, func(r row) (series, any, any) {
			code := word(r["metric"])
			return series{name: code, key: code}, millis(r["timestamp"]), number(r["value"])
		})
		slices.SortFunc(all[address], func(a, b *series) int { return cmp.Compare(codeOf(a), codeOf(b)) })
	}
	return all
}

func codeOf(s *series) int {
	n, err := strconv.Atoi(s.key)
	if err != nil {
		return -1
	}
	return n
}

// deviceSeries are the metrics of one network device; nil for a device without an address, or with a masked one
// (QUIRKS 32).
func (s *site) deviceSeries(address any, a arguments) any {
	ip, _ := address.(string)
	if _, err := netip.ParseAddr(ip); err != nil {
		return nil
	}
	from, to := a.span("range", s.now, time.Hour)
	return seriesList(s.networkSeries(from, to, "management_ip", ip)[ip], func(one *series) bool {
		return a.allows("metrics", "CODE_"+one.key)
	})
}

// networkMetrics is the connection of the root field.
func (s *site) networkMetrics(a arguments) any {
	from, to := a.span("range", s.now, time.Hour)
	var more []string
	if ip := a.text("managementIp"); ip != "" {
		more = append(more, "management_ip", ip)
	}
	if metric := a.text("metric"); metric != "" {
		more = append(more, "metric", strings.TrimPrefix(metric, "CODE_"))
	}
	byAddress := s.networkSeries(from, to, more...)
	var items []item
	for _, address := range byAddressOrder(sortedKeys(byAddress)) {
		region := s.samplesOf("/v1/network-device/metric-data", from, to, more...)
		at := slices.IndexFunc(region, func(r row) bool { return word(r["device_ip"]) == address })
		for _, one := range byAddress[address] {
			code := word(region[at]["region_id"])
			fields := map[string]any{
				"managementIp": address, "resourceType": text(region[at]["res_type"]), "metric": "CODE_" + one.key,
				"metricText": one.key, "regionCode": code, "series": one.thing(),
			}
			fields["region"] = lazy(func(arguments) any { return maybe(s.region(code)) })
			fields["device"] = lazy(func(arguments) any { return maybe(s.deviceByAddress(address)) })
			items = append(items, item{address + " " + one.key, &thing{"NetworkDeviceMetric", fields}})
		}
	}
	return s.connection("NetworkDeviceMetric", "network", items, a)
}

// byAddressOrder puts addresses in the order of addresses, texts that are none last.
func byAddressOrder(texts []string) []string {
	slices.SortStableFunc(texts, func(a, b string) int {
		left, leftErr := netip.ParseAddr(a)
		right, rightErr := netip.ParseAddr(b)
		return cmp.Or(cmp.Compare(one(leftErr != nil), one(rightErr != nil)), left.Compare(right))
	})
	return texts
}
