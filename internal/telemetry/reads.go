package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// reads are the metrics of what operations read, where it came from, and what they cost.
type reads struct {
	data         *prometheus.CounterVec
	age          *prometheus.HistogramVec
	loaderBatch  *prometheus.HistogramVec
	fetchBatch   *prometheus.HistogramVec
	warm         prometheus.Histogram
	estimated    *prometheus.CounterVec
	actual       *prometheus.CounterVec
	redisCommand *prometheus.HistogramVec

	hotData  children[[3]string, prometheus.Counter]  // operation, tier, state
	hotAge   children[string, prometheus.Observer]    // operation
	hotRedis children[[2]string, prometheus.Observer] // use, class
	hotCost  children[string, costs]
}

// ages returns the upper bounds of ages, in seconds: fresh data are seconds to minutes old, dead ones an hour to a day.
func ages() []float64 {
	return []float64{1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600}
}

// sizes returns the upper bounds of batches, in keys.
func sizes() []float64 { return []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000} }

// commandTimes returns the upper bounds of the times of Redis, in seconds: it has 50 ms.
func commandTimes() []float64 {
	return []float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25}
}

// addReads makes the metrics of reads.
func (m *Metrics) addReads() {
	r := &m.reads
	r.data = m.counter("opsgraph_data_reads_total",
		"Sets of data that operations were given, by where each came from (memory, redis, upstream; none where it failed) "+
			"and its state (fresh, stale, expired, failed).", "operation", "tier", "state")
	r.age = m.histogramOf("opsgraph_data_age_seconds",
		"Age of the oldest data that an operation was given, once for each upstream operation.", ages(), "operation")
	r.loaderBatch = m.histogramOf("opsgraph_loader_batch_keys",
		"Keys that a loader asked for together.", sizes(), "operation")
	r.fetchBatch = m.histogramOf("opsgraph_fetch_batch_keys",
		"Keys that one fetch from the upstream brought.", sizes(), "operation")
	r.warm = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "opsgraph_warm_duration_seconds", Buckets: durations(),
		Help: "Time of a query that memory had all data of.",
	})
	r.estimated = m.counter("opsgraph_cost_estimated_total",
		"What executed operations were estimated to need: objects, and calls of upstreams.", "of")
	r.actual = m.counter("opsgraph_cost_actual_total",
		"What they had: objects of their answers, and calls that were sent for them.", "of")
	r.redisCommand = m.histogramOf("opsgraph_redis_command_seconds",
		"Time of one command of Redis, or of several that were sent together, by what Redis is for and by class.",
		commandTimes(), "use", "class")
	m.registry.MustRegister(r.warm)
	r.hotData.of = func(l [3]string) prometheus.Counter { return r.data.WithLabelValues(l[0], l[1], l[2]) }
	r.hotAge.of = func(operation string) prometheus.Observer { return r.age.WithLabelValues(operation) }
	r.hotCost.of = func(of string) costs {
		return costs{r.estimated.WithLabelValues(of), r.actual.WithLabelValues(of)}
	}
	r.hotRedis.of = func(l [2]string) prometheus.Observer { return r.redisCommand.WithLabelValues(l[0], l[1]) }
}

// DataRead notes so many sets of data that an operation was given of an upstream operation: from a tier (memory, redis,
// upstream), in a state (fresh, stale, expired). Tier none and state failed are those that it was not given.
func (m *Metrics) DataRead(operation, tier, state string, keys int) {
	if m == nil {
		return
	}
	m.reads.hotData.find([3]string{operation, tier, state}).Add(float64(keys))
}

// DataAge notes how old the oldest data were that an operation was given of an upstream operation.
func (m *Metrics) DataAge(operation string, age time.Duration) {
	if m == nil {
		return
	}
	m.reads.hotAge.find(operation).Observe(max(0, age).Seconds())
}

// LoaderBatch notes how many keys of an upstream operation's data a loader asked for together.
func (m *Metrics) LoaderBatch(operation string, keys int) {
	if m == nil {
		return
	}
	m.reads.loaderBatch.WithLabelValues(operation).Observe(float64(keys))
}

// FetchBatch notes how many keys one fetch from the upstream brought.
func (m *Metrics) FetchBatch(operation string, keys int) {
	if m == nil {
		return
	}
	m.reads.fetchBatch.WithLabelValues(operation).Observe(float64(keys))
}

// WarmQuery notes how long a query took that memory had all data of.
func (m *Metrics) WarmQuery(took time.Duration) {
	if m == nil {
		return
	}
	m.reads.warm.Observe(took.Seconds())
}

// The words for what an operation costs: objects of its answer, and calls of upstreams.
const (
	CostObjects = "objects"
	CostCalls   = "calls"
)

// CostOf notes how much of something (see [CostObjects]) an operation was estimated to need, and how much it had.
func (m *Metrics) CostOf(of string, estimated, actual int) {
	if m == nil {
		return
	}
	m.reads.hotCost.find(of).add(estimated, actual)
}

// costs are the counters of what was estimated and of what it was.
type costs struct{ estimated, actual prometheus.Counter }

func (c costs) add(estimated, actual int) {
	c.estimated.Add(float64(estimated))
	c.actual.Add(float64(actual))
}

// RedisCommand notes how long Redis took for a command of a class. use says what Redis is for.
func (m *Metrics) RedisCommand(use, class string, took time.Duration) {
	if m == nil {
		return
	}
	m.reads.hotRedis.find([2]string{use, class}).Observe(took.Seconds())
}
