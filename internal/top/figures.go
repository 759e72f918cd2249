package top

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// Figures are what a replica did between two samples.
type Figures struct {
	// Queries are GraphQL operations a second; Half and Most the times within which a half and 99 of 100 of them were
	// answered, NaN without any.
	Queries    float64
	Half, Most float64
	// Active are requests in flight, Waiting operations that wait for their turn.
	Active, Waiting float64
	// Kept is the share of the queries that got a kept answer, Hits that of the keys that memory answered; NaN without
	// any.
	Kept, Hits float64
	// Memory is what the process holds, in bytes.
	Memory float64
	// Calls are upstream calls a second.
	Calls float64
	// Errors are those of operations by code, a second; Redis those of commands by kind.
	Errors, Redis map[string]float64
	// Quotas are the calls that are left by group, Limits what there are in all; empty where that is not told.
	Quotas, Limits map[string]float64
	// Open are the operations whose circuit is not closed.
	Open []string
}

// kindsAnswered are the types of operations whose times are compared: a subscription has no end.
func kindsAnswered() []string { return []string{"query", "mutation"} }

// Between compares two samples of a replica. Where the process has begun anew in between, or there is no earlier one,
// the figures are those since its start.
func Between(before, after *Sample) Figures {
	started, _ := after.sum("process_start_time_seconds", nil)
	passed := after.At.Sub(time.UnixMilli(int64(started * 1000))).Seconds()
	if before != nil {
		if earlier, _ := before.sum("process_start_time_seconds", nil); earlier == started {
			passed = after.At.Sub(before.At).Seconds()
		} else {
			before = nil
		}
	}
	d := difference{before, after, max(passed, math.SmallestNonzeroFloat32)}
	f := Figures{
		Calls: d.rate("opsgraph_upstream_attempts_total", nil),
		Errors: d.rates("opsgraph_graphql_operations_total", "code", func(code string) bool {
			return code != ""
		}),
		Redis:  d.rates("opsgraph_redis_errors_total", "kind", func(string) bool { return true }),
		Quotas: after.by("opsgraph_quota_left", "group"), Limits: after.by("opsgraph_quota_limit", "group"),
	}
	times := map[float64]float64{}
	for _, kind := range kindsAnswered() {
		labels := map[string]string{"type": kind}
		f.Queries += d.rate("opsgraph_graphql_operations_total", labels)
		for bound, count := range d.buckets("opsgraph_graphql_duration_seconds", labels) {
			times[bound] += count
		}
	}
	f.Half, f.Most = quantile(times, 0.5), quantile(times, 0.99)
	f.Active, _ = after.sum("opsgraph_http_requests_active", nil)
	f.Waiting, _ = after.sum("opsgraph_queue_operations", nil)
	var told bool
	if f.Memory, told = after.sum("process_resident_memory_bytes", nil); !told { // as on systems other than Linux
		f.Memory, _ = after.sum("go_memstats_sys_bytes", nil)
	}
	f.Kept = share(d.all("opsgraph_kept_answers_total", "hit_text", "hit_query", "shared"),
		d.all("opsgraph_kept_answers_total", "miss"))
	f.Hits = share(d.all("opsgraph_cache_events_total", "hit", "stale"),
		d.all("opsgraph_cache_events_total", "miss"))
	f.Open = openCircuits(after)
	return f
}

// openCircuits are the operations whose circuit is open, or tried again.
func openCircuits(s *Sample) (open []string) {
	states := s.by("opsgraph_circuit_state", "operation")
	for _, operation := range slices.Sorted(maps.Keys(states)) {
		switch state := states[operation]; {
		case state >= 2:
			open = append(open, operation+" open")
		case state > 0:
			open = append(open, operation+" tried again")
		}
	}
	return open
}

// difference is between two samples of one process; before is nil for its start.
type difference struct {
	before, after *Sample
	passed        float64 // seconds, above 0
}

// count is by how much counters have grown.
func (d difference) count(name string, labels map[string]string) float64 {
	now, _ := d.after.sum(name, labels)
	if d.before != nil {
		then, _ := d.before.sum(name, labels)
		now -= then
	}
	return max(now, 0)
}

func (d difference) rate(name string, labels map[string]string) float64 {
	return d.count(name, labels) / d.passed
}

// all is by how much the counters of some events have grown together.
func (d difference) all(name string, values ...string) (sum float64) {
	for _, value := range values {
		sum += d.count(name, map[string]string{"event": value})
	}
	return sum
}

// rates are those of counters by a label, without those that stand still.
func (d difference) rates(name, label string, wanted func(value string) bool) map[string]float64 {
	rates := map[string]float64{}
	for value := range d.after.by(name, label) {
		if rate := d.rate(name, map[string]string{label: value}); rate > 0 && wanted(value) {
			rates[value] = rate
		}
	}
	return rates
}

func (d difference) buckets(name string, labels map[string]string) map[float64]float64 {
	counts := d.after.buckets(name, labels)
	if d.before != nil {
		for bound, count := range d.before.buckets(name, labels) {
			counts[bound] = max(0, counts[bound]-count)
		}
	}
	return counts
}

// share is a part of a whole; NaN of nothing.
func share(part, rest float64) float64 {
	if part+rest == 0 {
		return math.NaN()
	}
	return part / (part + rest)
}

// quantile estimates the value below which a share of the values is, as Prometheus does: evenly within a bucket. It is
// NaN without values, and the highest bound for those beyond.
func quantile(counts map[float64]float64, share float64) float64 {
	bounds := slices.Sorted(maps.Keys(counts))
	if len(bounds) == 0 {
		return math.NaN()
	}
	all := counts[bounds[len(bounds)-1]]
	if all == 0 {
		return math.NaN()
	}
	rank := share * all
	lower, below := 0.0, 0.0
	for _, bound := range bounds {
		count := counts[bound]
		if count >= rank && count > below {
			if math.IsInf(bound, 1) {
				return lower
			}
			return lower + (bound-lower)*(rank-below)/(count-below)
		}
		lower, below = bound, count
	}
	return lower
}

// nameOf is a replica as it is shown: its address without the scheme.
func nameOf(address string) string {
	_, name, found := strings.Cut(address, "://")
	if !found {
		return address
	}
	return name
}
