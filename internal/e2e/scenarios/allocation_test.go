package scenarios

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// forecasts asks what is allocated of two services and what it leads to.
const forecasts = `{ allocationTable(types: [EVS, SFS]) { cells { type forecast { outlook } } } }`

// TestPlan_forecasts: each asked type has its latest figures and its last 31 days, which are read once.
func TestPlan_forecasts(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	r := w.StartGateway(t, "")
	minute := "esm-minute"
	entry := func(service, begin string, calls bounds, cached string, assumed bool) plannedEntry {
		parameters := map[string]string{"service_type": service}
		if begin != "" {
			parameters["begin_time"] = begin
		}
		return plannedEntry{
			System: "esm", Operation: "listCloudServiceCapacity", Parameters: parameters, Calls: calls, Cached: cached,
			Quota: &minute, Assumed: assumed,
		}
	}
	const firstDay = "1792598400000" // 2026-10-22 in UTC+8
	cold := plan(t, r, forecasts, "", nil)
	want := []plannedEntry{
		entry("EVS", "", bounds{1, 1}, "missing", true), entry("SFS", "", bounds{1, 1}, "missing", true),
		entry("EVS", firstDay, bounds{0, 2}, "missing", true), entry("SFS", firstDay, bounds{0, 2}, "missing", true),
		{System: "iam", Operation: "createToken", Calls: bounds{0, 1}, Cached: "missing"},
	}
	if diff := cmp.Diff(want, cold.Extensions.Explain); diff != "" || cold.Extensions.Cost.Counted[minute] != 4 {
		t.Errorf("cold, %+v counted (-want +got):\n%s", cold.Extensions.Cost.Counted, diff)
	}
	if refused := plan(t, r, `{ allocationTable(nearlyFull: 1, full: 0) { cells { level } } }`, "", nil); len(refused.Extensions.Explain) > 0 {
		t.Errorf("what is refused is planned: %+v", refused.Extensions.Explain)
	}
	explained := r.Ask(t, forecasts, "", http.Header{"X-Opsgraph-Explain": {"1"}})
	entries, _ := explained.Body.Extensions["explain"].([]any)
	awaited := 0
	for _, one := range entries {
		if fields, _ := one.(map[string]any); fields["background"] == false {
			awaited++
		}
	}
	if len(entries) < 4 || awaited != len(entries) {
		t.Errorf("calls that the query waited for stand as work in the background: %v", entries)
	}
	warm := plan(t, r, forecasts, "", nil)
	want = []plannedEntry{
		entry("EVS", "", bounds{}, "held", false), entry("SFS", "", bounds{}, "held", false),
		entry("EVS", firstDay, bounds{}, "held", false), entry("SFS", firstDay, bounds{}, "held", false),
	}
	if diff := cmp.Diff(want, warm.Extensions.Explain); diff != "" {
		t.Errorf("warm (-want +got):\n%s", diff)
	}
}

// TestForecastsAreReadForAllReplicas: the last 31 days of a service are one reading for all.
func TestForecastsAreReadForAllReplicas(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	shared := kit.WithRedis(redistest.Start(t))
	first := w.StartGateway(t, "", shared...)
	want := first.Ask(t, forecasts, "", nil)
	if len(want.Body.Errors) > 0 || w.Sim.Calls()["listCloudServiceCapacity"] != 4 {
		t.Fatalf("%v, %.500s", w.Sim.Calls(), want.Raw)
	}
	first.Close() // what it holds is in Redis by now
	second := w.StartGateway(t, "", shared...)
	got := second.Ask(t, forecasts, "", nil)
	if diff := cmp.Diff(string(want.Body.Data), string(got.Body.Data)); diff != "" {
		t.Errorf("another replica (-first +second):\n%s", diff)
	}
	if calls := w.Sim.Calls()["listCloudServiceCapacity"]; calls != 4 {
		t.Errorf("%d calls, want those of the first replica alone", calls)
	}
}
