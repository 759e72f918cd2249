package operations

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// held is a request that the upstream keeps from its end.
type held struct {
	leave context.CancelFunc
	ended sync.WaitGroup
}

// hold sends a document whose upstream operation hangs, and waits until it does.
func hold(t *testing.T, w *kit.World, r *kit.Replica, operation, document string) *held {
	t.Helper()
	w.Steer(t, http.MethodPut, "faults", []map[string]any{{"operation": operation, "kind": "hang"}})
	ctx, leave := context.WithCancel(t.Context())
	h := &held{leave: leave}
	h.ended.Go(func() {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Server.URL+"/graphql",
			strings.NewReader(kit.RequestBody(t, document, "")))
		if err != nil {
			t.Error(err)
			return
		}
		request.Header.Set("Content-Type", "application/json")
		if response, err := r.Client.RoundTrip(request); err == nil {
			response.Body.Close()
		}
	})
	testkit.Eventually(t, "no call hangs", func() bool { return w.Flying.Load() > 0 })
	return h
}

func (h *held) end() {
	h.leave()
	h.ended.Wait()
}

const knownHosts = `{ hosts(first: 1) { nodes { hostId } } }`

// TestFound_D2_OverloadedAtOnce leaves room for one operation: a command under way takes it, and what comes meanwhile
// is refused at once with a time to come again, by every transport, unless it executes nothing.
func TestFound_D2_OverloadedAtOnce(t *testing.T) {
	t.Parallel()
	w := newPresentWorld(t)
	r := w.StartGateway(t, "", "OPSGRAPH_LIMITS_CPU=1ns", "OPSGRAPH_LIMITS_QUEUE=0")
	if got := r.Ask(t, knownHosts, "", nil); got.Code() != "" {
		t.Fatalf("%d %s", got.Status, got.Raw)
	}
	command := hold(t, w, r, "createMeterQueryJob", `mutation { createMeterJob(input: {}) { meterJob { jobId } } }`)
	got := r.Ask(t, knownHosts, "", nil)
	kit.WantRefused(t, got, http.StatusServiceUnavailable, "OVERLOADED")
	if got.Header.Get("Retry-After") == "" || got.Body.Errors[0].Extensions["retryable"] != true {
		t.Errorf("%v %s", got.Header, got.Raw)
	}
	socket := kit.OpenSocket(t, r.Server.URL+"/graphql", "")
	socket.Subscribe("1", knownHosts)
	if m := socket.Receive(); m.Type != "error" || m.Code() != "OVERLOADED" {
		t.Errorf("on a WebSocket: %+v", m)
	}
	plan := r.Ask(t, knownHosts, "", http.Header{"X-Opsgraph-Explain": {"plan"}})
	if plan.Status != http.StatusOK || plan.Code() != "" {
		t.Errorf("a plan: %d %s", plan.Status, plan.Raw)
	}
	command.end()
	testkit.Eventually(t, "it stays overloaded", func() bool { return r.Ask(t, knownHosts, "", nil).Code() == "" })
}

// TestFound_D2_WaitsForTheUpstream: an operation that waits for a slow upstream keeps nobody from memory's answers.
func TestFound_D2_WaitsForTheUpstream(t *testing.T) {
	t.Parallel()
	w := newPresentWorld(t)
	r := w.StartGateway(t, "", "OPSGRAPH_LIMITS_CPU=1ns", "OPSGRAPH_LIMITS_QUEUE=0")
	if got := r.Ask(t, knownHosts, "", nil); got.Code() != "" {
		t.Fatalf("%d %s", got.Status, got.Raw)
	}
	query := hold(t, w, r, "listDeviceAssets", kit.WantDevices)
	for range 3 {
		if got := r.Ask(t, knownHosts, "", nil); got.Code() != "" {
			t.Errorf("%d %s", got.Status, got.Raw)
		}
	}
	query.end()
}

// TestFound_D2_Queued: what finds no room waits for a short time, and is answered when there is some.
func TestFound_D2_Queued(t *testing.T) {
	t.Parallel()
	w := newPresentWorld(t)
	r := w.StartGateway(t, "", "OPSGRAPH_LIMITS_CPU=1ns", "OPSGRAPH_LIMITS_QUEUE=50s")
	command := hold(t, w, r, "createMeterQueryJob", `mutation { createMeterJob(input: {}) { meterJob { jobId } } }`)
	var asking sync.WaitGroup
	for range 5 {
		asking.Go(func() {
			if got := r.Ask(t, knownHosts, "", nil); got.Code() != "" {
				t.Errorf("%d %s", got.Status, got.Raw)
			}
		})
	}
	command.end()
	asking.Wait()
}
