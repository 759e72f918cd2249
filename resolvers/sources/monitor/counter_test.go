package monitor_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestUpstreamStateCounts(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	counter := monitor.NewCounter(func() time.Time { return now })
	client, err := rest.NewClient(rest.ClientConfig{System: "esm"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	var operations []monitor.Operation
	for _, spec := range esm.Endpoints() {
		operations = append(operations, monitor.Operation{Spec: spec, Client: client})
	}
	state := stateOf(t, monitor.Config{Counter: counter, Operations: operations})
	shown := state(t, "listHostDetails")
	if shown.Calls != 0 || shown.Latency != nil || shown.CacheHitRatio != nil || shown.Configured || !shown.Reads {
		t.Errorf("before the first call: %+v", shown)
	}

	send := func(milliseconds int, kind rest.Kind, sent bool) {
		counter.Attempt(t.Context(), rest.Attempt{
			Operation: "listHostDetails", Sent: sent, Kind: kind, Duration: time.Duration(milliseconds) * time.Millisecond,
		})
	}
	send(5000, rest.None, true)
	now = now.Add(5 * time.Minute)
	for milliseconds := range 100 {
		send(milliseconds+1, rest.None, true)
	}
	send(200, rest.Timeout, true)
	send(999, rest.QuotaExhausted, false)
	counter.CacheEvent(cache.Event{Operation: "listHostDetails", Kind: cache.EventHit, Count: 2})
	counter.CacheEvent(cache.Event{Operation: "listHostDetails", Kind: cache.EventStale, Count: 1})
	counter.CacheEvent(cache.Event{Operation: "listHostDetails", Kind: cache.EventMiss, Count: 1})
	counter.CacheEvent(cache.Event{Operation: "listHostDetails", Kind: cache.EventRefresh, Count: 9})
	ratio := 0.75
	want := &model.UpstreamOperation{
		System: model.UpstreamSystemEsm, Name: "listHostDetails", Reads: true, Circuit: model.CircuitStateClosed,
		Calls: 102, Failures: 1, CacheHits: 3, CacheMisses: 1, CacheHitRatio: &ratio,
		Latency: &model.LatencyQuantiles{Window: 5 * time.Minute, Calls: 101, P50Ms: 51, P90Ms: 91, P99Ms: 100, MaxMs: 200},
	}
	if diff := cmp.Diff(want, state(t, "listHostDetails")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	now = now.Add(5 * time.Minute)
	if shown := state(t, "listHostDetails"); shown.Latency != nil || shown.Calls != 102 {
		t.Errorf("after the window: %+v", shown)
	}
}

// TestMonitorKeepsTheLastCalls: the ring holds no more than its size, and the latest of them.
func TestCounterKeepsTheLastCalls(t *testing.T) {
	counter := monitor.NewCounter(nil)
	client, err := rest.NewClient(rest.ClientConfig{System: "esm"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	state := stateOf(t, monitor.Config{
		Counter: counter, Operations: []monitor.Operation{{Spec: rest.Spec{System: "esm", Operation: "x"}, Client: client}},
	})
	for i := range 5000 {
		counter.Attempt(t.Context(), rest.Attempt{Operation: "x", Sent: true, Duration: time.Duration(i) * time.Millisecond})
	}
	shown := state(t, "x")
	if shown.Calls != 5000 || shown.Latency.Calls != 4096 || shown.Latency.MaxMs != 4999 ||
		shown.Latency.P50Ms != 904+2047 {
		t.Errorf("%+v %+v", shown, shown.Latency)
	}
}

// stateOf is the state of one operation.
func stateOf(t *testing.T, cfg monitor.Config) func(*testing.T, string) *model.UpstreamOperation {
	t.Helper()
	state := monitor.New(cfg, nil)
	return func(t *testing.T, name string) *model.UpstreamOperation {
		t.Helper()
		shown := state.Now(t.Context()).Operations(nil, []string{name})
		if len(shown) != 1 {
			t.Fatalf("%d operations are called %s", len(shown), name)
		}
		return shown[0]
	}
}
