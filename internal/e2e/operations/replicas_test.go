package operations

import (
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// twoReplicas are two gateways on one Redis and one upstream.
func twoReplicas(t *testing.T, hosts int) (w *kit.World, first, second *kit.Replica) {
	t.Helper()
	redis := redistest.Start(t)
	w = kit.NewWorld(t, kit.WorldSettings{Hosts: hosts})
	// A busy machine must not make Redis count as absent.
	environ := []string{"OPSGRAPH_REDIS_URL=" + redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s"}
	return w, w.StartGateway(t, "", environ...), w.StartGateway(t, "", environ...)
}

// TestSecondReplica proves that data that one replica has read cost the next one none of the 60 calls a minute, and
// that both answer alike.
func TestSecondReplica(t *testing.T) {
	w, first, second := twoReplicas(t, 20)
	answer := first.Ask(t, kit.Dashboard, "", nil)
	if len(answer.Body.Errors) > 0 {
		t.Fatalf("first: %.500s", answer.Raw)
	}
	before := w.MinuteCalls()
	again := second.Ask(t, kit.Dashboard, "", nil)
	if got := w.MinuteCalls() - before; got != 0 {
		t.Errorf("the second replica made %d calls of 60 a minute: %v", got, w.Sim.Calls())
	}
	if string(again.Body.Data) != string(answer.Body.Data) {
		t.Errorf("replicas differ:\n%s\n%s", answer.Body.Data, again.Body.Data)
	}
}

// TestReplicasAtOnce proves that replicas which need the same at the same moment ask the upstream once, cold and when
// data turn stale.
func TestReplicasAtOnce(t *testing.T) {
	w, first, second := twoReplicas(t, 20)
	both := func(document string) {
		t.Helper()
		var wait sync.WaitGroup
		for _, r := range []*kit.Replica{first, second} {
			wait.Go(func() {
				if answer := r.Ask(t, document, "", nil); len(answer.Body.Errors) > 0 {
					t.Errorf("answer: %.500s", answer.Raw)
				}
			})
		}
		wait.Wait()
	}
	both(kit.Dashboard)
	cold := w.Sim.Calls()
	if got := w.MinuteCalls(); got != 4 || cold["listHostDetails"] != 1 {
		t.Errorf("cold: %v", cold)
	}
	w.Clock.Advance(2 * time.Minute) // alarms are stale, capacities are not
	const alarms = `{ alarms { totalCount } }`
	both(alarms)
	for _, r := range []*kit.Replica{first, second} {
		attempts := 0
		testkit.Eventually(t, "alarms still stale", func() bool {
			// The replica that left the refresh to the other one checks again half a second later.
			if attempts++; attempts%25 == 0 {
				w.Clock.Advance(600 * time.Millisecond)
			}
			entries, _ := r.Ask(t, alarms, "", nil).Body.Extensions["freshness"].([]any)
			for _, entry := range entries {
				if fields, _ := entry.(map[string]any); fields["stale"] != false {
					return false
				}
			}
			return len(entries) == 2
		})
	}
	want, got := maps.Clone(cold), w.Sim.Calls()
	want["listCloudServiceAlarms"]++
	want["listDeviceAlarms"]++
	want["createToken"] = got["createToken"] // one for each replica that had something to ask
	if !maps.Equal(got, want) {
		t.Errorf("stale: %v, want %v", got, want)
	}
}

// TestLearnedByAnother proves that replicas share what they know of jobs at once: a command is not run twice.
func TestLearnedByAnother(t *testing.T) {
	w, first, second := twoReplicas(t, 3)
	const command = `mutation { createMeterJob(input: {idempotencyKey: "same"}) { meterJob { jobId submittedAt } userErrors { message } } }`
	one, two := first.Ask(t, command, "", nil), second.Ask(t, command, "", nil)
	if string(one.Body.Data) != string(two.Body.Data) || len(one.Body.Errors) > 0 {
		t.Errorf("jobs differ:\n%s\n%s", one.Raw, two.Raw)
	}
	if got := w.Sim.Calls()["createMeterQueryJob"]; got != 1 {
		t.Errorf("%d commands were sent", got)
	}
}
