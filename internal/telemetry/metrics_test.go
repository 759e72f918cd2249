package telemetry_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// scrape reads the metrics from a real server.
func scrape(t *testing.T, m *telemetry.Metrics) (int, string) {
	t.Helper()
	server := httptest.NewServer(m.Handler())
	t.Cleanup(server.Close)
	answer, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// exercise calls every method once.
func exercise(m *telemetry.Metrics) {
	m.UpstreamAttempt("esm", "listHostDetails", "ok", 3*time.Millisecond)
	m.CacheEvent("listHostDetails", "hit", 1)
	m.QuotaWait("esm-minute", "person", 0)
	m.QuotaEvent("esm-minute", "refused")
	m.UnreadableValue("listHostDetails", "memory")
	m.UnknownEnum("AlarmSeverity")
	m.QueueWait(0)
	m.Overloaded("waited")
	m.OverloadKnown("deadline")
	_ = m.Burden(func() (time.Duration, int64, int) { return 1500 * time.Millisecond, 1 << 20, 3 })
	m.LogLineDropped()
	exerciseReads(m)
	m.LiveConnection("websocket")
	m.LiveConnection("event_stream")()
	m.LiveSubscription("alarmChanges")
	m.GraphQLOperation("query", "partial", "UPSTREAM_TIMEOUT", 40*time.Millisecond)
	m.HTTPStarted(http.MethodPost, "/graphql")(200, 50*time.Millisecond)
	m.HTTPStarted("BREW", "/graphql")(405, time.Millisecond)
}

func TestMetrics(t *testing.T) {
	m := telemetry.NewMetrics("1.2.3")
	exercise(m)
	done := m.HTTPStarted(http.MethodGet, "/")
	status, text := scrape(t, m)
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	for _, want := range []string{
		`opsgraph_build_info{version="1.2.3"} 1`,
		`opsgraph_upstream_attempts_total{kind="ok",operation="listHostDetails",system="esm"} 1`,
		`opsgraph_upstream_duration_seconds_bucket{operation="listHostDetails",system="esm",le="0.002"} 0`,
		`opsgraph_upstream_duration_seconds_bucket{operation="listHostDetails",system="esm",le="0.005"} 1`,
		`opsgraph_cache_events_total{event="hit",operation="listHostDetails"} 1`,
		`opsgraph_quota_wait_seconds_count{group="esm-minute",lane="person"} 1`,
		`opsgraph_quota_events_total{event="refused",group="esm-minute"} 1`,
		`opsgraph_unreadable_values_total{field="memory",operation="listHostDetails"} 1`,
		`opsgraph_unknown_enum_values_total{enum="AlarmSeverity"} 1`,
		`opsgraph_graphql_operations_total{code="UPSTREAM_TIMEOUT",outcome="partial",type="query"} 1`,
		`opsgraph_graphql_duration_seconds_count{type="query"} 1`,
		`opsgraph_http_requests_total{method="POST",route="/graphql",status="200"} 1`,
		`opsgraph_http_requests_total{method="other",route="/graphql",status="405"} 1`,
		`opsgraph_http_duration_seconds_count{route="/graphql"} 2`,
		"opsgraph_http_requests_active 1\n", "opsgraph_log_lines_dropped_total 1\n",
		`opsgraph_live_connections{kind="websocket"} 1`, `opsgraph_live_connections{kind="event_stream"} 0`,
		`opsgraph_live_subscriptions{field="alarmChanges"} 1`,
		"opsgraph_queue_wait_seconds_count 1\n", `opsgraph_overloaded_total{reason="waited"} 1`,
		`opsgraph_overloaded_total{reason="deadline"} 0`, "opsgraph_burden_cpu_seconds 1.5\n",
		"opsgraph_burden_bytes 1.048576e+06\n", "opsgraph_queue_operations 3\n",
		"go_goroutines ", "process_open_fds ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	done(200, time.Millisecond)
	if _, text := scrape(t, m); !strings.Contains(text, "opsgraph_http_requests_active 0\n") {
		t.Error("a request that has ended is still active")
	}
}

func TestMetricsAreApart(t *testing.T) {
	one, two := telemetry.NewMetrics("a"), telemetry.NewMetrics("b")
	exercise(one)
	if _, text := scrape(t, two); strings.Contains(text, "listHostDetails") {
		t.Error("two Metrics share their figures")
	}
}

func TestNilMetrics(t *testing.T) {
	var m *telemetry.Metrics
	exercise(m)
	if err := m.Register(prometheus.NewGauge(prometheus.GaugeOpts{Name: "x"})); err != nil {
		t.Error(err)
	}
	if status, _ := scrape(t, m); status != http.StatusNotFound {
		t.Errorf("status %d, want 404", status)
	}
}

func TestRegister(t *testing.T) {
	m := telemetry.NewMetrics("")
	gauge := func() prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "opsgraph_subscribers"}, func() float64 { return 7 })
	}
	if err := m.Register(gauge()); err != nil {
		t.Fatal(err)
	}
	if err := m.Register(gauge()); err == nil {
		t.Error("a name is taken twice")
	}
	if _, text := scrape(t, m); !strings.Contains(text, "opsgraph_subscribers 7") {
		t.Error("metrics lack the registered one")
	}
}
