package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// askEveryHost is a dashboard's question: one figure of every host. By its page size it could be of 500 hosts, three
// calls each.
const askEveryHost = `{hosts(first: 500) {nodes {metrics(names: ["cpu.usage.avg"]) {last}}}}`

// askEveryMachine asks by its page sizes for 250,500 objects, of which limits.cost allows 20,000.
const askEveryMachine = `{hosts(first: 500) {nodes {virtualMachines(first: 500) {nodes {name}}}}}`

// metricsOf reads how many hosts of an answer have metrics.
func metricsOf(t *testing.T, got *kit.Reply) (with, without int) {
	t.Helper()
	var data struct {
		Hosts struct {
			Nodes []struct{ Metrics []struct{ Last *float64 } }
		}
	}
	if err := json.Unmarshal(got.Body.Data, &data); err != nil {
		t.Fatalf("%v: %.300s", err, got.Raw)
	}
	for _, node := range data.Hosts.Nodes {
		if node.Metrics == nil {
			without++
		} else {
			with++
		}
	}
	return with, without
}

// TestFound_B7_CountedBeforeRefused asks a fresh process for a figure of every host: the list of hosts, one call, shows
// that there are few, so the query runs, as it does once another query has read the list.
func TestFound_B7_CountedBeforeRefused(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 20})
	for _, document := range []string{askEveryHost, askEveryMachine} {
		r := w.StartGateway(t, "")
		w.Steer(t, http.MethodDelete, "calls", nil)
		plan := r.Ask(t, document, "", http.Header{"X-Opsgraph-Explain": {"plan"}})
		if plan.Status != http.StatusOK || len(w.Sim.Calls()) > 0 {
			t.Errorf("the plan: %d, calls %v", plan.Status, w.Sim.Calls())
		}
		got := r.Ask(t, document, "", nil)
		if got.Status != http.StatusOK || len(got.Body.Errors) > 0 {
			t.Fatalf("cold: %d %.400s", got.Status, got.Raw)
		}
		if calls := w.Sim.Calls()["listHostDetails"]; calls != 1 {
			t.Errorf("%d calls of the host list, want 1", calls)
		}
		if document != askEveryHost {
			continue
		}
		if with, without := metricsOf(t, got); with != 20 || without != 0 {
			t.Errorf("%d hosts with metrics, %d without", with, without)
		}
		// What is held is too old for these, of which one may have it read again.
		for range 2 {
			got := r.Ask(t, document, "", http.Header{"X-Opsgraph-Max-Age": {"0"}})
			if got.Status != http.StatusOK || len(got.Body.Errors) > 0 {
				t.Errorf("with an age: %d %.400s", got.Status, got.Raw)
			}
		}
	}
}

// TestFound_B7_StillTooMuch has a query that asks for too much by the real number of hosts: refused after one reading
// of the list, by the number that the list shows; and one whose number can't be found out.
func TestFound_B7_StillTooMuch(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 20})
	r := w.StartGateway(t, "", "OPSGRAPH_LIMITS_FAST_CALLS=50")
	w.Steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 404}})
	kit.WantRefused(t, r.Ask(t, askEveryHost, "", nil), http.StatusServiceUnavailable, "UPSTREAM_UNAVAILABLE")
	w.Steer(t, http.MethodDelete, "faults", nil)
	r = w.StartGateway(t, "", "OPSGRAPH_LIMITS_FAST_CALLS=50")
	w.Steer(t, http.MethodDelete, "calls", nil)
	for range 2 {
		got := r.Ask(t, askEveryHost, "", nil)
		kit.WantRefused(t, got, http.StatusBadRequest, "QUOTA_COST_TOO_HIGH")
		if !strings.Contains(got.Raw, "60") {
			t.Errorf("20 hosts of 3 calls are 60: %.300s", got.Raw)
		}
	}
	if calls := w.Sim.Calls(); calls["listHostDetails"] != 1 || calls["listHostMetricData"] != 0 {
		t.Errorf("calls %v", calls)
	}
}

// TestFound_B7_ReadIsAnswered has the upstream leave a few of many calls without an answer until the deadline: what was
// read is answered, and what was not is an error of its own.
func TestFound_B7_ReadIsAnswered(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 60})
	r := w.StartGateway(t, "limits:\n  request_timeout: 8s\n", "OPSGRAPH_UPSTREAM_TIMEOUT=20s")
	w.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listHostMetricData", "kind": "hang", "times": 3}})
	got := r.Ask(t, `{hosts(first: 500) {nodes {metrics(range: {last: "PT2H"}, names: ["cpu.usage.avg"]) {last}}}}`, "", nil)
	with, without := metricsOf(t, got)
	if with != 57 || without != 3 || len(got.Body.Errors) != 3 {
		t.Errorf("%d hosts with metrics, %d without, %d errors: %.600s", with, without, len(got.Body.Errors), got.Raw)
	}
	for _, failed := range got.Body.Errors {
		if failed.Extensions["code"] != "REQUEST_TIMEOUT" {
			t.Errorf("got %v", failed)
		}
	}
}
