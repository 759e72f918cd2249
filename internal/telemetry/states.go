package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"
)

// states are gauges that are read at each scrape, all of one place at once.
type states struct {
	gauges []*prometheus.Desc
	read   func(set func(gauge int, value float64, labels ...string))
}

var _ prometheus.Collector = (*states)(nil)

// gauge describes one of them.
func (s *states) gauge(name, help string, labels ...string) {
	s.gauges = append(s.gauges, prometheus.NewDesc(name, help, labels, nil))
}

// Describe implements prometheus.Collector.
func (s *states) Describe(to chan<- *prometheus.Desc) {
	for _, gauge := range s.gauges {
		to <- gauge
	}
}

// Collect implements prometheus.Collector.
func (s *states) Collect(to chan<- prometheus.Metric) {
	s.read(func(gauge int, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(s.gauges[gauge], prometheus.GaugeValue, value, labels...)
	})
}

// QuotaState is what is left of a quota's group.
type QuotaState struct {
	Group string
	// Limit is how many calls the upstream allows in a window, Left how many can be made at once.
	Limit, Left int
	// Waiting is how many calls of this replica wait for their turn.
	Waiting int
}

// Quotas makes gauges of the quota, asked at each scrape: quickly, and without a call. It fails when it was called
// before, as do the methods below.
func (m *Metrics) Quotas(read func() []QuotaState) error {
	s := &states{read: func(set func(int, float64, ...string)) {
		for _, q := range read() {
			set(0, float64(q.Left), q.Group)
			set(1, float64(q.Limit), q.Group)
			set(2, float64(q.Waiting), q.Group)
		}
	}}
	s.gauge("opsgraph_quota_left", "Calls that the quota has left now, as this replica knows it.", "group")
	s.gauge("opsgraph_quota_limit", "Calls that the upstream allows in a window.", "group")
	s.gauge("opsgraph_quota_waiting", "Calls of this replica that wait for their turn.", "group")
	return m.Register(s)
}

// The values of the gauge of circuits.
const (
	CircuitClosed = iota
	CircuitHalfOpen
	CircuitOpen
)

// Circuits makes a gauge of the circuits, asked at each scrape: read calls set for each operation of an upstream.
func (m *Metrics) Circuits(read func(set func(system, operation string, state int))) error {
	s := &states{read: func(set func(int, float64, ...string)) {
		read(func(system, operation string, state int) { set(0, float64(state), system, operation) })
	}}
	s.gauge("opsgraph_circuit_state",
		"State of the circuit of an upstream operation: 0 closed, 1 half open, 2 open.", "system", "operation")
	return m.Register(s)
}

// The words for what a system of the upstream shows to be wrong.
const (
	TroubleCredentials = "credentials"
	TroubleUnreachable = "unreachable"
)

// Troubles makes a gauge of the settings that systems show to be wrong, asked at each scrape: read calls set for each
// system and kind, also where there is no trouble.
func (m *Metrics) Troubles(read func(set func(system, kind string, settings int))) error {
	s := &states{read: func(set func(int, float64, ...string)) {
		read(func(system, kind string, settings int) { set(0, float64(settings), system, kind) })
	}}
	s.gauge("opsgraph_upstream_trouble",
		"Settings that a system of the upstream shows to be wrong: credentials that it refuses, or an address at which it "+
			"is unreachable.", "system", "kind")
	return m.Register(s)
}

// RedisState is how a Redis does that the gateway uses.
type RedisState struct {
	// Use says what it is for.
	Use string
	// Up means that it answers, Faults counts why it refuses commands.
	Up     bool
	Faults int
}

// Redises makes gauges of the Redis that the gateway uses, asked at each scrape; none without Redis.
func (m *Metrics) Redises(read func() []RedisState) error {
	s := &states{read: func(set func(int, float64, ...string)) {
		for _, r := range read() {
			up := 0.0
			if r.Up {
				up = 1
			}
			set(0, up, r.Use)
			set(1, float64(r.Faults), r.Use)
		}
	}}
	s.gauge("opsgraph_redis_up", "1 while Redis answers, 0 while it does not, by what it is for.", "use")
	s.gauge("opsgraph_redis_faults", "Reasons why Redis refuses commands now, by what it is for.", "use")
	return m.Register(s)
}

// Bound is something of which there may be so much; a Most of 0 means that it is not bounded.
type Bound struct{ Now, Most int64 }

// Bounds makes gauges of what the gateway holds and may hold, asked at each scrape.
func (m *Metrics) Bounds(memory, connections func() Bound) error {
	s := &states{read: func(set func(int, float64, ...string)) {
		for i, bound := range []Bound{memory(), connections()} {
			set(2*i, float64(bound.Now))
			set(2*i+1, float64(bound.Most))
		}
	}}
	s.gauge("opsgraph_memory_bytes", "Memory that the process holds, without garbage.")
	s.gauge("opsgraph_memory_limit_bytes", "Memory that it may hold; 0 where there is no limit.")
	s.gauge("opsgraph_connections", "Open connections to the address of users, WebSockets among them.")
	s.gauge("opsgraph_connections_limit", "Connections that may be open at once.")
	return m.Register(s)
}
