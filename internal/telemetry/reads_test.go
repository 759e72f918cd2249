package telemetry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// exerciseReads calls the methods of reads, states and clients.
func exerciseReads(m *telemetry.Metrics) {
	m.DataRead("listHostDetails", "redis", "stale", 3)
	m.DataAge("listHostDetails", 90*time.Second)
	m.DataAge("listHostDetails", -time.Second) // by another clock
	m.LoaderBatch("listHostDetails", 40)
	m.FetchBatch("listHostDetails", 7)
	m.WarmQuery(3 * time.Millisecond)
	m.CostOf(telemetry.CostCalls, 5, 2)
	m.RedisCommand("cache", "read", 700*time.Microsecond)
	_ = m.Quotas(func() []telemetry.QuotaState {
		return []telemetry.QuotaState{{Group: "esm-minute", Limit: 60, Left: 7, Waiting: 2}}
	})
	_ = m.Circuits(func(set func(system, operation string, state int)) {
		set("esm", "listHostDetails", telemetry.CircuitOpen)
		set("esm", "listDeviceAlarms", telemetry.CircuitClosed)
	})
	_ = m.Troubles(func(set func(system, kind string, settings int)) { set("iam", telemetry.TroubleCredentials, 1) })
	_ = m.Redises(func() []telemetry.RedisState {
		return []telemetry.RedisState{{Use: "cache", Up: true}, {Use: "coordination", Faults: 2}}
	})
	bound := telemetry.Bound{Now: 5, Most: 8}
	_ = m.Bounds(func() telemetry.Bound { return bound }, func() telemetry.Bound { return telemetry.Bound{} })
	m.Clients([]string{"reports", "reports@2", "mobile@1"})
	for _, client := range [][2]string{
		{"reports", "2"},
		{"reports", "3"},
		{"reports", ""},
		{"mobile", "1"},
		{"mobile", "2"},
		{"mallory", "2"},
		{"", "2"},
		{"mallory" + strings.Repeat("x", 1000), ""},
	} {
		m.ClientRequest(client[0], client[1])
	}
}

func TestReadsAndStates(t *testing.T) {
	m := telemetry.NewMetrics("")
	exerciseReads(m)
	_, text := scrape(t, m)
	for _, want := range []string{
		`opsgraph_data_reads_total{operation="listHostDetails",state="stale",tier="redis"} 3`,
		`opsgraph_data_age_seconds_bucket{operation="listHostDetails",le="60"} 1`,
		`opsgraph_data_age_seconds_bucket{operation="listHostDetails",le="120"} 2`,
		`opsgraph_data_age_seconds_sum{operation="listHostDetails"} 90`,
		`opsgraph_loader_batch_keys_sum{operation="listHostDetails"} 40`,
		`opsgraph_fetch_batch_keys_sum{operation="listHostDetails"} 7`,
		"opsgraph_warm_duration_seconds_count 1",
		`opsgraph_cost_estimated_total{of="calls"} 5`, `opsgraph_cost_actual_total{of="calls"} 2`,
		`opsgraph_redis_command_seconds_bucket{class="read",use="cache",le="0.001"} 1`,
		`opsgraph_redis_command_seconds_bucket{class="read",use="cache",le="0.0005"} 0`,
		`opsgraph_quota_left{group="esm-minute"} 7`, `opsgraph_quota_limit{group="esm-minute"} 60`,
		`opsgraph_quota_waiting{group="esm-minute"} 2`,
		`opsgraph_circuit_state{operation="listHostDetails",system="esm"} 2`,
		`opsgraph_circuit_state{operation="listDeviceAlarms",system="esm"} 0`,
		`opsgraph_upstream_trouble{kind="credentials",system="iam"} 1`,
		`opsgraph_redis_up{use="cache"} 1`, `opsgraph_redis_up{use="coordination"} 0`,
		`opsgraph_redis_faults{use="coordination"} 2`,
		"opsgraph_memory_bytes 5", "opsgraph_memory_limit_bytes 8", "opsgraph_connections 0", "opsgraph_connections_limit 0",
		`opsgraph_client_requests_total{client="reports",version="2"} 1`,
		`opsgraph_client_requests_total{client="reports",version="other"} 1`,
		`opsgraph_client_requests_total{client="reports",version="none"} 1`,
		`opsgraph_client_requests_total{client="mobile",version="1"} 1`,
		`opsgraph_client_requests_total{client="mobile",version="other"} 1`,
		`opsgraph_client_requests_total{client="other",version="other"} 2`,
		`opsgraph_client_requests_total{client="none",version="none"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(text, "mallory") {
		t.Error("a caller's text is in the metrics")
	}
	if err := m.Quotas(nil); err == nil {
		t.Error("the same gauges are made twice")
	}
}
