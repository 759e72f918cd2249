package monitor_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestFound_C8_AttemptsWithoutAConnectionCount(t *testing.T) {
	clock := testkit.NewClock(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
	counter := monitor.NewCounter(clock.Now)
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
	attempt := func(kind rest.Kind, tried, sent bool) {
		counter.Attempt(t.Context(), rest.Attempt{
			System: "esm", Operation: "listHostDetails", Kind: kind, Tried: tried, Sent: sent,
		})
	}
	failing := func() []monitor.Failure { return counter.Failing() }
	attempt(rest.Unavailable, true, false)
	if got := failing(); len(got) != 0 {
		t.Errorf("after one: %v", got)
	}
	attempt(rest.Unavailable, false, false) // an open circuit
	attempt(rest.QuotaExhausted, false, false)
	attempt(rest.Canceled, true, false) // the caller left
	attempt(rest.Timeout, true, false)
	want := []monitor.Failure{{System: "esm", Operation: "listHostDetails", Kind: rest.Timeout}}
	if diff := cmp.Diff(want, failing()); diff != "" {
		t.Errorf("after two (-want +got):\n%s", diff)
	}
	if shown := state(t, "listHostDetails"); shown.Calls != 2 || shown.Failures != 2 || shown.Latency != nil {
		t.Errorf("%d calls, %d failures, latency %v", shown.Calls, shown.Failures, shown.Latency)
	}
	clock.Advance(10 * time.Minute)
	if got := failing(); len(got) != 0 {
		t.Errorf("long after the last attempt: %v", got)
	}
	attempt(rest.Timeout, true, true)
	attempt(rest.Rejected, true, true)
	attempt(rest.Timeout, true, true)
	if got := failing(); len(got) != 0 {
		t.Errorf("a 4xx shows that the system is there: %v", got)
	}
}
