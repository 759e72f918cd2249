package top_test

import (
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/top"
)

// replica answers as an operators' address does, with the text of its metrics.
func replica(t *testing.T, state string, metrics *string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			_, _ = w.Write([]byte(state))
			return
		}
		_, _ = w.Write([]byte(*metrics))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

const begun = `process_start_time_seconds 1000
process_resident_memory_bytes 5.2e+07
opsgraph_http_requests_active 3
opsgraph_queue_operations 2
opsgraph_quota_left{group="esm-minute"} 41
opsgraph_quota_limit{group="esm-minute"} 60
opsgraph_circuit_state{operation="listHostDetails",system="esm"} 2
opsgraph_circuit_state{operation="listDeviceAlarms",system="esm"} 0
`

// metrics are those of a replica after so many queries, of which a tenth failed.
func metrics(t *testing.T, queries string) string {
	t.Helper()
	return begun + strings.ReplaceAll(`# TYPE opsgraph_graphql_operations_total counter
opsgraph_graphql_operations_total{type="query",outcome="ok",code=""} N0
opsgraph_graphql_operations_total{type="query",outcome="error",code="OVERLOADED"} N
opsgraph_graphql_operations_total{type="subscription",outcome="ok",code=""} 7
# TYPE opsgraph_graphql_duration_seconds histogram
opsgraph_graphql_duration_seconds_bucket{type="query",le="0.01"} N0
opsgraph_graphql_duration_seconds_bucket{type="query",le="1"} N0
opsgraph_graphql_duration_seconds_bucket{type="query",le="2"} N0
opsgraph_graphql_duration_seconds_bucket{type="query",le="+Inf"} N1
opsgraph_graphql_duration_seconds_sum{type="query"} 1
opsgraph_graphql_duration_seconds_count{type="query"} N1
# TYPE opsgraph_kept_answers_total counter
opsgraph_kept_answers_total{event="hit_text"} N
opsgraph_kept_answers_total{event="miss"} N
opsgraph_kept_answers_total{event="dropped_age"} 1000
# TYPE opsgraph_cache_events_total counter
opsgraph_cache_events_total{operation="listHostDetails",event="hit"} N0
opsgraph_cache_events_total{operation="listHostDetails",event="refresh"} 500
# TYPE opsgraph_upstream_attempts_total counter
opsgraph_upstream_attempts_total{system="esm",operation="listHostDetails",kind="ok"} N
# TYPE opsgraph_redis_errors_total counter
opsgraph_redis_errors_total{use="cache",kind="unreachable"} N
`, "N", queries)
}

// TestFigures are those between two looks, and those since its start of a process that has begun anew.
func TestFigures(t *testing.T) {
	text := metrics(t, "10")
	address := replica(t, `{"status":"degraded","version":"v1","reasons":["degraded: the cache's redis does not answer"]}`, &text)
	watch := top.NewWatch(http.DefaultClient, []string{address}) //nolint:forbidigo // of a server of the test's own
	now := time.Unix(2000, 0)
	watch.Look(t.Context(), func() time.Time { return now })
	text = metrics(t, "30")
	got := watch.Look(t.Context(), func() time.Time { return now.Add(10 * time.Second) })[0]
	if got.Err != nil || got.Now.State != "degraded" || got.Now.Version != "v1" {
		t.Fatalf("%+v", got)
	}
	f := got.Figures
	for name, pair := range map[string][2]float64{
		"queries": {f.Queries, 22}, "median": {f.Half, 0.01 * 0.5 * 201 / 200}, "calls": {f.Calls, 2},
		"active":  {f.Active, 3},
		"waiting": {f.Waiting, 2}, "kept": {f.Kept, 0.5}, "hits": {f.Hits, 1}, "memory": {f.Memory, 5.2e7},
		"overloaded": {f.Errors["OVERLOADED"], 2}, "redis": {f.Redis["unreachable"], 2}, "left": {f.Quotas["esm-minute"], 41},
		"limit": {f.Limits["esm-minute"], 60}, "codes": {float64(len(f.Errors)), 1},
	} {
		if math.Abs(pair[0]-pair[1]) > pair[1]/50 {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
	if len(f.Open) != 1 || f.Open[0] != "listHostDetails open" {
		t.Errorf("circuits %v", f.Open)
	}
	text = strings.Replace(metrics(t, "10"), "_start_time_seconds 1000", "_start_time_seconds 2010", 1)
	anew := watch.Look(t.Context(), func() time.Time { return now.Add(20 * time.Second) })[0].Figures
	if math.Abs(anew.Queries-11) > 0.1 {
		t.Errorf("a process that began 10 s ago: %v queries a second, want 11", anew.Queries)
	}
	var page strings.Builder
	gone := top.Replica{Address: "http://x:1", Err: errors.New("re\x1b[2Jfused")}
	got.Now.State += "\x1b[2J"
	got.Figures.Quotas["\x1b[2Jx"] = 1
	if err := top.Write(&page, []top.Replica{got, gone}, now); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"22.0", "5.0 ms", "50 %", "52 MB", "OVERLOADED 2.0", "unreachable 2.0", "esm-minute 41 of 60",
		"circuit of listHostDetails open", "redis does not answer", "no answer", "x:1: re[2Jfused",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q:\n%s", want, page.String())
		}
	}
	if strings.Contains(page.String(), "\x1b") {
		t.Error("the page repeats what steers a terminal")
	}
}

// TestLook_faults has an error for each way in which a replica does not answer as it should.
func TestLook_faults(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"another server": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"no metrics": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/readyz" {
				w.WriteHeader(http.StatusNotFound)
				_, _ = w.Write([]byte("x 1\n"))
				return
			}
			_, _ = w.Write([]byte(`{"status":"ready"}`))
		},
		"other metrics": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/readyz" {
				_, _ = w.Write([]byte("what{"))
				return
			}
			_, _ = w.Write([]byte(`{"status":"ready"}`))
		},
		"an end in between": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		server := httptest.NewServer(handler)
		watch := top.NewWatch(server.Client(), []string{server.URL})
		if got := watch.Look(t.Context(), time.Now)[0]; got.Err == nil || got.Now != nil {
			t.Errorf("%s: %+v", name, got)
		}
		server.Close()
	}
	idle := begun
	address := replica(t, `{"status":"ready"}`, &idle)
	got := top.NewWatch(http.DefaultClient, []string{address}).Look(t.Context(), time.Now)[0] //nolint:forbidigo // as above
	if got.Err != nil || !math.IsNaN(got.Figures.Half) || !math.IsNaN(got.Figures.Kept) || got.Figures.Queries != 0 {
		t.Errorf("a replica that nobody has asked: %+v", got)
	}
}
