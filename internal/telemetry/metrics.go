package telemetry

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// durations returns the upper bounds of the histograms, in seconds: the documented latencies of the upstream are 2, 5,
// 200 and 300 ms, attempts end at 1.5 s and requests at 5 s.
func durations() []float64 {
	return []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60}
}

// Metrics counts the work of the gateway. It is safe for concurrent use, and a nil *Metrics counts nothing. Labels take
// words of closed lists only: no ids, names, addresses or texts of callers.
type Metrics struct {
	registry           *prometheus.Registry
	upstreamAttempts   *prometheus.CounterVec
	upstreamDuration   *prometheus.HistogramVec
	cacheEvents        *prometheus.CounterVec
	quotaWait          *prometheus.HistogramVec
	quotaEvents        *prometheus.CounterVec
	redisErrors        *prometheus.CounterVec
	unreadable         *prometheus.CounterVec
	unknownEnums       *prometheus.CounterVec
	graphqlOperations  *prometheus.CounterVec
	graphqlDuration    *prometheus.HistogramVec
	httpRequests       *prometheus.CounterVec
	httpDuration       *prometheus.HistogramVec
	httpRequestsActive prometheus.Gauge
	queueWait          prometheus.Histogram
	overloaded         *prometheus.CounterVec
	logLinesDropped    prometheus.Counter
	reloads            *prometheus.CounterVec
	keptAnswers        *prometheus.CounterVec
	liveConnections    *prometheus.GaugeVec
	liveSubscriptions  *prometheus.GaugeVec

	hot     hot
	reads   reads
	clients clients
}

// hot are the metrics that every request touches, found by their labels.
type hot struct {
	cacheEvents       children[[2]string, prometheus.Counter] // operation, event
	graphqlOperations children[[3]string, prometheus.Counter] // type, outcome, code
	graphqlDuration   children[string, prometheus.Observer]   // type
	keptAnswers       children[string, prometheus.Counter]    // event
	httpRequests      children[httpLabels, prometheus.Counter]
	httpDuration      children[string, prometheus.Observer] // route
}

type httpLabels struct {
	method, route string
	status        int
}

// findHot has the metrics that every request touches found in their vectors.
func (m *Metrics) findHot() {
	m.hot.cacheEvents.of = func(l [2]string) prometheus.Counter { return m.cacheEvents.WithLabelValues(l[0], l[1]) }
	m.hot.graphqlOperations.of = func(l [3]string) prometheus.Counter {
		return m.graphqlOperations.WithLabelValues(l[0], l[1], l[2])
	}
	m.hot.graphqlDuration.of = func(kind string) prometheus.Observer { return m.graphqlDuration.WithLabelValues(kind) }
	m.hot.keptAnswers.of = func(event string) prometheus.Counter { return m.keptAnswers.WithLabelValues(event) }
	m.hot.httpRequests.of = func(l httpLabels) prometheus.Counter {
		return m.httpRequests.WithLabelValues(l.method, l.route, strconv.Itoa(l.status))
	}
	m.hot.httpDuration.of = func(route string) prometheus.Observer { return m.httpDuration.WithLabelValues(route) }
}

// NewMetrics returns metrics in their own registry, with those of the Go runtime and the process. version is the label
// of opsgraph_build_info.
func NewMetrics(version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	build := m.gauge("opsgraph_build_info", "Always 1; the label tells the version that runs.", "version")
	build.WithLabelValues(version).Set(1)

	m.upstreamAttempts = m.counter("opsgraph_upstream_attempts_total",
		"Attempts at an upstream operation that were sent or found no connection, by what became of them (ok or an error "+
			"kind).", "system", "operation", "kind")
	m.upstreamDuration = m.histogram("opsgraph_upstream_duration_seconds",
		"Time of one attempt that was sent to an upstream operation, body included.", "system", "operation")
	m.cacheEvents = m.counter("opsgraph_cache_events_total",
		"What the cache did for the keys of an operation: hit, stale, miss, refresh, resting and so on.", "operation",
		"event")
	m.quotaWait = m.histogram("opsgraph_quota_wait_seconds",
		"Time that a call waited for its token of the quota.", "group", "lane")
	m.quotaEvents = m.counter("opsgraph_quota_events_total",
		"What happened to a quota: refused, slowed, local and so on.", "group", "event")
	m.redisErrors = m.counter("opsgraph_redis_errors_total",
		"Commands that failed, by what Redis is for and by kind: unreachable, or why Redis refused them.", "use", "kind")
	m.unreadable = m.counter("opsgraph_unreadable_values_total",
		"Values of the upstream that could not be read and became null.", "operation", "field")
	m.unknownEnums = m.counter("opsgraph_unknown_enum_values_total",
		"Words of the upstream outside an enum's documented list, which became null.", "enum")
	m.graphqlOperations = m.counter("opsgraph_graphql_operations_total",
		"GraphQL operations by type, outcome (ok, partial, error) and first error code.", "type", "outcome", "code")
	m.keptAnswers = m.counter("opsgraph_kept_answers_total",
		"What happened with answers that the gateway keeps: hits, misses, shared executions, and why answers were dropped.",
		"event")
	m.graphqlDuration = m.histogram("opsgraph_graphql_duration_seconds",
		"Time of a GraphQL operation; of a subscription, of one event.", "type")
	m.httpRequests = m.counter("opsgraph_http_requests_total",
		"HTTP requests by method, route and status.", "method", "route", "status")
	m.httpDuration = m.histogram("opsgraph_http_duration_seconds",
		"Time of an HTTP request by route.", "route")
	m.httpRequestsActive = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "opsgraph_http_requests_active", Help: "HTTP requests in flight.",
	})
	m.queueWait = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "opsgraph_queue_wait_seconds", Buckets: durations(),
		Help: "Time that an operation that was let in waited for its turn; 0 where there was room.",
	})
	m.overloaded = m.counter("opsgraph_overloaded_total",
		"Operations that were refused because there was no room for what they need, by reason.", "reason")
	m.liveConnections = m.gauge("opsgraph_live_connections", "Open WebSockets and event streams, by kind.", "kind")
	m.liveSubscriptions = m.gauge("opsgraph_live_subscriptions", "Open subscriptions, by the field that they follow.",
		"field")
	m.reloads = m.counter("opsgraph_config_reloads_total",
		"Readings of the configuration while the gateway serves, by outcome: applied, unchanged, refused.", "outcome")
	m.logLinesDropped = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "opsgraph_log_lines_dropped_total", Help: "Log lines that were dropped because nobody took them.",
	})
	m.registry.MustRegister(m.httpRequestsActive, m.queueWait, m.logLinesDropped)
	m.findHot()
	m.addReads()
	m.addClients()
	return m
}

func (m *Metrics) counter(name, help string, labels ...string) *prometheus.CounterVec {
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(counter)
	return counter
}

func (m *Metrics) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	gauge := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(gauge)
	return gauge
}

func (m *Metrics) histogram(name, help string, labels ...string) *prometheus.HistogramVec {
	return m.histogramOf(name, help, durations(), labels...)
}

func (m *Metrics) histogramOf(name, help string, bounds []float64, labels ...string) *prometheus.HistogramVec {
	histogram := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: bounds}, labels)
	m.registry.MustRegister(histogram)
	return histogram
}

// Handler serves the metrics in the Prometheus format; for a nil Metrics it answers 404.
func (m *Metrics) Handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Register adds a collector of another package (sizes, numbers of subscribers, circuits). It fails when one of its
// names is taken.
func (m *Metrics) Register(collector prometheus.Collector) error {
	if m == nil {
		return nil
	}
	return m.registry.Register(collector)
}

// UpstreamAttempt notes one attempt that was sent to an upstream. kind is "ok" or the kind of its error.
func (m *Metrics) UpstreamAttempt(system, operation, kind string, took time.Duration) {
	if m == nil {
		return
	}
	m.upstreamAttempts.WithLabelValues(system, operation, kind).Inc()
	m.upstreamDuration.WithLabelValues(system, operation).Observe(took.Seconds())
}

// UpstreamUnreached notes one attempt that found no connection to an upstream. kind is that of its error.
func (m *Metrics) UpstreamUnreached(system, operation, kind string) {
	if m == nil {
		return
	}
	m.upstreamAttempts.WithLabelValues(system, operation, kind).Inc()
}

// CacheEvent notes what the cache did for so many keys of an operation.
func (m *Metrics) CacheEvent(operation, event string, keys int) {
	if m == nil {
		return
	}
	m.hot.cacheEvents.find([2]string{operation, event}).Add(float64(keys))
}

// QuotaWait notes how long a call of a lane waited for its token of a quota's group; zero is a wait too.
func (m *Metrics) QuotaWait(group, lane string, waited time.Duration) {
	if m == nil {
		return
	}
	m.quotaWait.WithLabelValues(group, lane).Observe(waited.Seconds())
}

// QuotaEvent notes an event of a quota's group.
func (m *Metrics) QuotaEvent(group, event string) {
	if m == nil {
		return
	}
	m.quotaEvents.WithLabelValues(group, event).Inc()
}

// QuotaEventKnown makes the count of an event begin at zero, so that the first one shows as an increase.
func (m *Metrics) QuotaEventKnown(group, event string) {
	if m == nil {
		return
	}
	m.quotaEvents.WithLabelValues(group, event).Add(0)
}

// RedisError notes a command that Redis did not answer (kind unreachable) or refused. use says what Redis is for.
func (m *Metrics) RedisError(use, kind string) {
	if m == nil {
		return
	}
	m.redisErrors.WithLabelValues(use, kind).Inc()
}

// Degraded makes opsgraph_degraded the number of reasons why the gateway is degraded, asked at each scrape. It fails
// when it was called before.
func (m *Metrics) Degraded(reasons func() int) error {
	return m.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "opsgraph_degraded", Help: "Reasons why the gateway is degraded, as /readyz lists them; 0 when it is not.",
	}, func() float64 { return float64(reasons()) }))
}

// QueueWait notes how long an operation that was let in waited for its turn; zero is a wait too.
func (m *Metrics) QueueWait(waited time.Duration) {
	if m == nil {
		return
	}
	m.queueWait.Observe(waited.Seconds())
}

// Overloaded notes an operation that was refused for want of room.
func (m *Metrics) Overloaded(reason string) {
	if m == nil {
		return
	}
	m.overloaded.WithLabelValues(reason).Inc()
}

// OverloadKnown makes the count of a reason begin at zero, so that the first one shows as an increase.
func (m *Metrics) OverloadKnown(reason string) {
	if m == nil {
		return
	}
	m.overloaded.WithLabelValues(reason).Add(0)
}

// Burden makes gauges of what the operations under way need and how many wait, asked at each scrape. It fails when it
// was called before.
func (m *Metrics) Burden(state func() (cpu time.Duration, bytes int64, waiting int)) error {
	gauge := func(name, help string, value func() float64) error {
		return m.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	return errors.Join(
		gauge("opsgraph_burden_cpu_seconds", "Processor time that the operations under way need, as estimated.",
			func() float64 { cpu, _, _ := state(); return cpu.Seconds() }),
		gauge("opsgraph_burden_bytes", "Memory that the operations under way and unwritten answers hold, as estimated.",
			func() float64 { _, bytes, _ := state(); return float64(bytes) }),
		gauge("opsgraph_queue_operations", "Operations that wait for their turn.",
			func() float64 { _, _, waiting := state(); return float64(waiting) }),
	)
}

// UnreadableValue notes a value of the upstream that could not be read: field is the name of the record's field.
func (m *Metrics) UnreadableValue(operation, field string) {
	if m == nil {
		return
	}
	m.unreadable.WithLabelValues(operation, field).Inc()
}

// UnknownEnum notes a word of the upstream that is outside the documented list of an enum.
func (m *Metrics) UnknownEnum(enum string) {
	if m == nil {
		return
	}
	m.unknownEnums.WithLabelValues(enum).Inc()
}

// GraphQLOperation notes one operation: its type (query, mutation, subscription, or unknown when the document was
// refused earlier), its outcome (ok, partial, error) and the code of its first error, if any.
func (m *Metrics) GraphQLOperation(kind, outcome, code string, took time.Duration) {
	if m == nil {
		return
	}
	m.hot.graphqlOperations.find([3]string{kind, outcome, code}).Inc()
	m.hot.graphqlDuration.find(kind).Observe(took.Seconds())
}

// KeptAnswers notes so many events of answers that the gateway keeps.
func (m *Metrics) KeptAnswers(event string, number int) {
	if m == nil {
		return
	}
	m.hot.keptAnswers.find(event).Add(float64(number))
}

// KeptAnswersBytes makes opsgraph_kept_answers_bytes what the kept answers take, asked at each scrape. It fails when it
// was called before.
func (m *Metrics) KeptAnswersBytes(bytes func() int64) error {
	return m.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "opsgraph_kept_answers_bytes", Help: "Memory of the answers that the gateway keeps, roughly.",
	}, func() float64 { return float64(bytes()) }))
}

// LiveConnection notes a new connection of a kind (websocket, event_stream); the returned function notes its end.
func (m *Metrics) LiveConnection(kind string) func() {
	if m == nil {
		return func() {}
	}
	return counted(m.liveConnections.WithLabelValues(kind))
}

// LiveSubscription notes a new subscription to a field of the schema; the returned function notes its end.
func (m *Metrics) LiveSubscription(field string) func() {
	if m == nil {
		return func() {}
	}
	return counted(m.liveSubscriptions.WithLabelValues(field))
}

// counted adds one until the returned function is called.
func counted(gauge prometheus.Gauge) func() {
	gauge.Inc()
	return gauge.Dec
}

// Reload notes that the configuration was read again. With ReloadKnown before, the first one shows as an increase.
func (m *Metrics) Reload(outcome string) {
	if m == nil {
		return
	}
	m.reloads.WithLabelValues(outcome).Inc()
}

// ReloadKnown makes an outcome known.
func (m *Metrics) ReloadKnown(outcome string) {
	if m == nil {
		return
	}
	m.reloads.WithLabelValues(outcome).Add(0)
}

// LogLineDropped notes a dropped log line.
func (m *Metrics) LogLineDropped() {
	if m == nil {
		return
	}
	m.logLinesDropped.Inc()
}

// HTTPStarted notes a request that begins; the returned function notes its end. route is the pattern that serves it,
// never the requested path.
func (m *Metrics) HTTPStarted(method, route string) func(status int, took time.Duration) {
	if m == nil {
		return func(int, time.Duration) {}
	}
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodHead, http.MethodOptions:
	default:
		method = "other" // a caller may send any word
	}
	m.httpRequestsActive.Inc()
	return func(status int, took time.Duration) {
		m.httpRequestsActive.Dec()
		m.hot.httpRequests.find(httpLabels{method, route, status}).Inc()
		m.hot.httpDuration.find(route).Observe(took.Seconds())
	}
}
