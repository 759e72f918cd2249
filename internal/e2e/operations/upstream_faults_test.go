package operations

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestF02UpstreamThatSlowsDown lets the upstream become slower step by step, from well within the limit of an attempt
// to far beyond: every query is answered with held data, which age meanwhile; no more calls are under way than allowed;
// and a while after the upstream has recovered the data are fresh.
func TestF02UpstreamThatSlowsDown(t *testing.T) {
	t.Parallel()
	const document = `{hosts(first: 100) {totalCount nodes {hostId virtualMachines(first: 1) {nodes {name}}}}}`
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 20, Regions: 2, Quota: "off"})
	r := w.StartGateway(t, "",
		append(kit.Unlimited(), "OPSGRAPH_UPSTREAM_MAX_IN_FLIGHT=4", "OPSGRAPH_UPSTREAM_TIMEOUT=300ms")...)
	want := r.Ask(t, document, "", nil)
	if kit.Summary(want) != kit.FreshData {
		t.Fatalf("cold: %.300s", want.Raw)
	}
	for _, latency := range []int{30, 60, 600, 1000, 2000} {
		w.Steer(t, http.MethodPut, "faults", []map[string]any{{"kind": "latency", "latencyMs": latency}})
		w.Clock.Advance(90 * time.Second) // beyond fresh, and at the last step still below the stale age
		for range 3 {
			answer := r.Ask(t, document, "", nil)
			if len(answer.Body.Errors) > 0 || string(answer.Body.Data) != string(want.Body.Data) {
				t.Errorf("latency of %d ms: %.500s", latency, answer.Raw)
			}
		}
		testkit.Eventually(t, "calls do not end", func() bool { return w.Flying.Load() == 0 })
		w.Settle(t)
	}
	if answer := r.Ask(t, document, "", nil); !strings.Contains(answer.Raw, `"stale":true`) {
		t.Errorf("at the end of the ramp: %.300s", answer.Raw)
	}
	// One call that was given up may be counted until its end has arrived, for each that took its place.
	if most := w.MostFlying.Load(); most > 8 {
		t.Errorf("%d calls were under way at once, 4 may be", most)
	}
	w.Steer(t, http.MethodDelete, "faults", nil)
	testkit.Eventually(t, "the data do not become fresh", func() bool {
		w.Clock.Advance(time.Second)
		return kit.Summary(r.Ask(t, document, "", nil)) == kit.FreshData
	})
}

// TestF36RowsOfAnotherAccount answers questions about one account with rows of another: nothing of such an answer is
// shown or kept.
func TestF36RowsOfAnotherAccount(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-of-another"
	answered := func(operation, body string) map[string]any {
		return map[string]any{"operation": operation, "kind": "status", "status": 200, "body": body}
	}
	billed := answered("listCustomerOnDemandResources",
		`{"resources":[{"customer_id":"ours","resource_id":"a"},{"customer_id":"theirs","resource_id":"`+canary+
			`"}],"total_count":2}`)
	metered := answered("listMeterJobSdrs",
		`{"data":[{"domain_id":"ours","resource_id":"a"},{"domain_id":"theirs","resource_id":"`+canary+`"}],"marker":""}`)
	finished := answered("getMeterQueryJob", `{"id":"j","status":"success","progress":100}`)
	tests := []struct {
		name, document string
		faults, mended []map[string]any
	}{
		{
			"billed resources", `{payPerUseResources(customerId: "ours") {nodes {resourceId}}}`,
			[]map[string]any{billed},
			[]map[string]any{answered("listCustomerOnDemandResources",
				`{"resources":[{"customer_id":"ours","resource_id":"a"}],"total_count":1}`)},
		},
		{
			"usage records", `{meterJob(jobId: "j", domainId: "ours") {records(first: 5) {nodes {resourceId}}}}`,
			[]map[string]any{finished, metered},
			[]map[string]any{
				finished,
				answered("listMeterJobSdrs", `{"data":[{"domain_id":"ours","resource_id":"a"},{"resource_id":"a"}],"marker":""}`),
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
			r := w.StartGateway(t, "")
			w.Steer(t, http.MethodPut, "faults", test.faults)
			got := r.Ask(t, test.document, "", nil)
			if got.Code() != "UPSTREAM_BAD_RESPONSE" || strings.Contains(got.Raw, canary) {
				t.Errorf("got %.500s", got.Raw)
			}
			if !strings.Contains(r.Log.String(), `"upstream answered with rows of another account"`) ||
				strings.Contains(r.Log.String(), canary) {
				t.Error("the log says nothing, or too much")
			}
			w.Steer(t, http.MethodPut, "faults", test.mended)
			w.Clock.Advance(time.Minute)
			got = r.Ask(t, test.document, "", nil)
			if len(got.Body.Errors) > 0 || !strings.Contains(got.Raw, `"resourceId":"a"`) || strings.Contains(got.Raw, canary) {
				t.Errorf("once the upstream is well: %.500s", got.Raw)
			}
		})
	}
}

// TestF37ClockOfTheUpstream has an upstream whose clock is ten minutes ahead or behind: ages count from when the
// gateway received the data.
func TestF37ClockOfTheUpstream(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		t.Run(skew.String(), func(t *testing.T) {
			t.Parallel()
			w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
			w.GatewayNow = func() time.Time { return w.Clock.Now().Add(-skew) }
			r := w.StartGateway(t, "")
			got := r.Ask(t, kit.WantAlarms, "", nil)
			oldest := fmt.Sprintf(`"oldest":%q`, w.GatewayNow().UTC().Format(time.RFC3339))
			if kit.Summary(got) != kit.FreshData || got.Header.Get("Age") != "0" || !strings.Contains(got.Raw, oldest) {
				t.Errorf("age %s, want %s: %.400s", got.Header.Get("Age"), oldest, got.Raw)
			}
			w.Clock.Advance(20 * time.Second) // of the 30 that alarms are fresh, a fifth less where that is spread
			got = r.Ask(t, kit.WantAlarms, "", nil)
			if kit.Summary(got) != kit.FreshData || got.Header.Get("Age") != "20" || w.MinuteCalls() != 1 {
				t.Errorf("20 s later: age %s, %d calls: %.400s", got.Header.Get("Age"), w.MinuteCalls(), got.Raw)
			}
			w.Clock.Advance(11 * time.Second)
			testkit.Eventually(t, "the data are not refreshed", func() bool {
				return kit.Summary(r.Ask(t, kit.WantAlarms, "", nil)) == kit.FreshData && w.MinuteCalls() == 2
			})
		})
	}
}
