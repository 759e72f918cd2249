package gateway_test

import (
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// twoReplicas are two gateways on one Redis and one upstream.
func twoReplicas(t *testing.T, hosts int) (w *world, first, second *replica) {
	t.Helper()
	redis := redistest.Start(t)
	w = newWorld(t, worldSettings{Hosts: hosts})
	// A busy machine must not make Redis count as absent.
	environ := []string{"OPSGRAPH_REDIS_URL=" + redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s"}
	return w, w.startGateway(t, "", environ...), w.startGateway(t, "", environ...)
}

// TestSecondReplica proves that what one replica has read costs the next one nothing of the 60 calls a minute, and that both
// answer alike.
func TestSecondReplica(t *testing.T) {
	w, first, second := twoReplicas(t, 20)
	answer := first.ask(t, dashboard, "", nil)
	if len(answer.body.Errors) > 0 {
		t.Fatalf("first: %.500s", answer.raw)
	}
	before := w.minuteCalls()
	again := second.ask(t, dashboard, "", nil)
	if got := w.minuteCalls() - before; got != 0 {
		t.Errorf("the second replica made %d calls of 60 a minute: %v", got, w.sim.Calls())
	}
	if string(again.body.Data) != string(answer.body.Data) {
		t.Errorf("replicas differ:\n%s\n%s", answer.body.Data, again.body.Data)
	}
}

// TestReplicasAtOnce proves that replicas which need the same at the same moment ask the upstream once, cold and when data turn stale.
func TestReplicasAtOnce(t *testing.T) {
	w, first, second := twoReplicas(t, 20)
	both := func(document string) {
		t.Helper()
		var wait sync.WaitGroup
		for _, r := range []*replica{first, second} {
			wait.Go(func() {
				if answer := r.ask(t, document, "", nil); len(answer.body.Errors) > 0 {
					t.Errorf("answer: %.500s", answer.raw)
				}
			})
		}
		wait.Wait()
	}
	both(dashboard)
	cold := w.sim.Calls()
	if got := w.minuteCalls(); got != 4 || cold["listHostDetails"] != 1 {
		t.Errorf("cold: %v", cold)
	}
	w.clock.Advance(2 * time.Minute) // alarms are stale, capacities are not
	const alarms = `{ alarms { totalCount } }`
	both(alarms)
	for _, r := range []*replica{first, second} {
		attempts := 0
		testkit.Eventually(t, "alarms still stale", func() bool {
			// The replica that left the refresh to the other one looks again half a second later.
			if attempts++; attempts%25 == 0 {
				w.clock.Advance(600 * time.Millisecond)
			}
			entries, _ := r.ask(t, alarms, "", nil).body.Extensions["freshness"].([]any)
			for _, entry := range entries {
				if fields, _ := entry.(map[string]any); fields["stale"] != false {
					return false
				}
			}
			return len(entries) == 2
		})
	}
	want, got := maps.Clone(cold), w.sim.Calls()
	want["listCloudServiceAlarms"]++
	want["listDeviceAlarms"]++
	want["createToken"] = got["createToken"] // one for each replica that had something to ask
	if !maps.Equal(got, want) {
		t.Errorf("stale: %v, want %v", got, want)
	}
}

// TestLearnedByAnother proves that a replica knows at once what another one has learned of jobs: a command is not run twice.
func TestLearnedByAnother(t *testing.T) {
	w, first, second := twoReplicas(t, 3)
	const command = `mutation { createMeterJob(input: {idempotencyKey: "same"}) { meterJob { jobId submittedAt } userErrors { message } } }`
	one, two := first.ask(t, command, "", nil), second.ask(t, command, "", nil)
	if string(one.body.Data) != string(two.body.Data) || len(one.body.Errors) > 0 {
		t.Errorf("jobs differ:\n%s\n%s", one.raw, two.raw)
	}
	if got := w.sim.Calls()["createMeterQueryJob"]; got != 1 {
		t.Errorf("%d commands were sent", got)
	}
}
