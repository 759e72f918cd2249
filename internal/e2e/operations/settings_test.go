// Package operations tests what operators set and see: quotas, circuits, replicas, certificates, connections.
package operations

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// retryAfter is when to retry after the first error of an answer; zero when it has no time.
func retryAfter(r *kit.Reply) time.Duration {
	if len(r.Body.Errors) == 0 {
		return 0
	}
	milliseconds, _ := r.Body.Errors[0].Extensions["retryAfterMs"].(float64)
	return time.Duration(milliseconds) * time.Millisecond
}

const (
	askHosts    = `{ hosts { totalCount } }`
	askAlarms   = `{ alarms { totalCount } }`
	askCapacity = `{ region(code: "cn-north-7") { cloudService(type: EVS) { capacity { total } } } }`
)

// TestUpstreamSettingsTakeEffect sets one key after the other and checks what reaches the upstream and the client.
func TestUpstreamSettingsTakeEffect(t *testing.T) {
	fault := func(operation, kind string, more ...any) []map[string]any {
		f := map[string]any{"operation": operation, "kind": kind}
		for i := 0; i+1 < len(more); i += 2 {
			f[more[i].(string)] = more[i+1]
		}
		return []map[string]any{f}
	}
	tests := []struct {
		name    string
		environ []string
		faults  []map[string]any
		query   string
		code    string
		calls   map[string]int
		each    string // stands in every call of the operations
		after   time.Duration
	}{
		{
			"page_size",
			[]string{"OPSGRAPH_UPSTREAM_PAGE_SIZE=7"},
			nil, askHosts, "",
			map[string]int{"listHostDetails": 3},
			"page_size=7", 0,
		},
		{
			"page_size_minute",
			[]string{"OPSGRAPH_UPSTREAM_PAGE_SIZE_MINUTE=900"},
			nil, askAlarms, "",
			map[string]int{"listDeviceAlarms": 1, "listCloudServiceAlarms": 1},
			"page_size=900", 0,
		},
		{
			"attempts_minute",
			[]string{"OPSGRAPH_RETRY_ATTEMPTS_MINUTE=1"},
			fault("listCloudServiceCapacity", "status", "status", 500),
			askCapacity, "UPSTREAM_UNAVAILABLE",
			map[string]int{"listCloudServiceCapacity": 1},
			"", 0,
		},
		{
			"attempts",
			[]string{"OPSGRAPH_RETRY_ATTEMPTS=1"},
			fault("listHostDetails", "status", "status", 500),
			askHosts, "UPSTREAM_UNAVAILABLE",
			map[string]int{"listHostDetails": 1},
			"", 0,
		},
		{
			"default_retry_after",
			[]string{"OPSGRAPH_RETRY_DEFAULT_RETRY_AFTER=3s", "OPSGRAPH_RETRY_ATTEMPTS=1"},
			fault("listHostDetails", "status", "status", 429), askHosts, "UPSTREAM_RATE_LIMITED", nil, "", 3 * time.Second,
		},
		{
			"max_retry_after",
			[]string{"OPSGRAPH_RETRY_MAX_RETRY_AFTER=20s", "OPSGRAPH_RETRY_ATTEMPTS=1"},
			fault("listHostDetails", "status", "status", 429, "headers", map[string]string{"Retry-After": "100"}),
			askHosts, "UPSTREAM_RATE_LIMITED", nil, "", 20 * time.Second,
		},
		{"body_bytes", []string{"OPSGRAPH_UPSTREAM_BODY_BYTES=10000"}, nil, askHosts, "UPSTREAM_TOO_LARGE", nil, "", 0},
		{"header_bytes", []string{"OPSGRAPH_UPSTREAM_HEADER_BYTES=200"}, nil, askHosts, "UPSTREAM_UNAVAILABLE", nil, "", 0},
		{
			"timeout",
			[]string{"OPSGRAPH_UPSTREAM_TIMEOUT=30ms", "OPSGRAPH_RETRY_ATTEMPTS=1"},
			fault("listHostDetails", "latency", "latencyMs", 700), askHosts, "UPSTREAM_TIMEOUT", nil, "", 0,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := kit.NewWorld(t, kit.WorldSettings{Hosts: 20, Regions: 3})
			if test.faults != nil {
				w.Steer(t, http.MethodPut, "faults", test.faults)
			}
			got := w.StartGateway(t, "", test.environ...).Ask(t, test.query, "", nil)
			if got.Code() != test.code {
				t.Errorf("code %q, want %q: %.400s", got.Code(), test.code, got.Raw)
			}
			// The gateway adds up to a fifth, so that clients do not return together.
			if after := retryAfter(got); after < test.after || after > test.after+test.after/5+time.Millisecond {
				t.Errorf("retry after %v, want %v or a little more", after, test.after)
			}
			for operation, n := range test.calls {
				if calls := w.Sim.Calls()[operation]; calls != n {
					t.Errorf("%d calls of %s, want %d", calls, operation, n)
				}
			}
			for _, call := range w.Arrived() {
				if !strings.Contains(call, "/v3/auth/") && !strings.Contains(call, test.each) {
					t.Errorf("call %s, want one with %s", call, test.each)
				}
			}
		})
	}
}

func TestTheBreakersSettingsTakeEffect(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 3})
	w.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listCloudServiceCapacity", "kind": "status", "status": 500}})
	r := w.StartGateway(t, "", "OPSGRAPH_BREAKER_FAILURES_MINUTE=2", "OPSGRAPH_BREAKER_OPEN_MINUTE=40s")
	circuit := func() string {
		t.Helper()
		operations := kit.Answered[struct {
			Upstream struct {
				Operations []struct{ Name, Circuit string }
			}
		}](t, r, `{ upstream { operations { name circuit } } }`, "").Upstream.Operations
		for _, operation := range operations {
			if operation.Name == "listCloudServiceCapacity" {
				return operation.Circuit
			}
		}
		return ""
	}
	if got := r.Ask(t, askCapacity, "", nil).Code(); got != "UPSTREAM_UNAVAILABLE" || circuit() != "OPEN" {
		t.Errorf("code %s, circuit %s after two tries that failed", got, circuit())
	}
	w.Clock.Advance(39 * time.Second)
	if got := circuit(); got != "OPEN" {
		t.Errorf("circuit %s after 39 s", got)
	}
	w.Clock.Advance(time.Second)
	if got := circuit(); got != "HALF_OPEN" {
		t.Errorf("circuit %s after 40 s", got)
	}
}

func TestHowOftenARefreshIsForcedIsASetting(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 3})
	r := w.StartGateway(t, "", "OPSGRAPH_AGES_FORCED_REFRESH=10s")
	for i, calls := range []int{1, 2, 2, 3} {
		r.Ask(t, askHosts, "", http.Header{"X-Opsgraph-Max-Age": {"1"}})
		if got := w.Sim.Calls()["listHostDetails"]; got != calls {
			t.Errorf("ask %d: %d calls, want %d", i+1, got, calls)
		}
		w.Clock.Advance(5 * time.Second)
	}
}

func TestTheMemoryOfTheCacheIsASetting(t *testing.T) {
	t.Parallel()
	for bytes, calls := range map[string]int{"1": 3, "1000000": 2} {
		w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 3})
		r := w.StartGateway(t, "", "OPSGRAPH_LIMITS_CACHE_BYTES="+bytes)
		for _, service := range []string{"EVS", "OBS", "EVS"} {
			r.Ask(t, strings.ReplaceAll(askCapacity, "EVS", service), "", nil)
			w.Clock.Advance(time.Second)
		}
		if got := w.Sim.Calls()["listCloudServiceCapacity"]; got != calls {
			t.Errorf("%s bytes: %d calls, want %d", bytes, got, calls)
		}
	}
}
