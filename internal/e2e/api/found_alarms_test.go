package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// serialsWithin reads an alarm list of the upstream itself: the serial numbers of the alarms of a window, sorted.
func serialsWithin(t *testing.T, w *kit.World, path string, from, to time.Time) []string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf(
		"%s/rest/dataapi/homs/open-api/v1/%s/info?begin_time=%d&end_time=%d&page_size=1000&offset_value=0",
		w.Server.URL, path, from.UnixMilli(), to.UnixMilli()), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{
		"X-Auth-Token": {w.Login(t, simulator.Account{
			User: simulator.DemoUser, Password: simulator.DemoPassword, Domain: simulator.DemoDomain,
			ProjectID: simulator.DemoProjectID,
		})},
		"X-Apig-Appcode": {simulator.DemoAppCode}, "X-Hcso-Appcode": {simulator.DemoAppCode},
	}
	response, err := w.Client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var page struct {
		List []struct {
			CSN json.RawMessage `json:"csn"`
		} `json:"list"`
	}
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil || len(page.List) == 0 {
		t.Fatalf("alarms of the upstream: %d %v", response.StatusCode, err)
	}
	var serials []string
	for _, row := range page.List {
		serials = append(serials, strings.Trim(string(row.CSN), `"`))
	}
	slices.Sort(serials)
	return slices.Compact(serials)
}

// TestFound_B9_OlderAlarms asks for alarms older than the 30 days of the shared lists: those that the upstream itself
// has in that span, by one call of each list for all queries of the same days.
func TestFound_B9_OlderAlarms(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 40})
	r := w.StartGateway(t, "")
	from, to := time.Date(2026, 9, 10, 6, 0, 0, 0, time.UTC), time.Date(2026, 9, 12, 12, 30, 0, 0, time.UTC)
	device := serialsWithin(t, w, "DeviceAlarm", from, to)
	cloud := serialsWithin(t, w, "CloudServiceAlarm", from, to)
	w.Steer(t, http.MethodDelete, "calls", nil)
	document := `query ($range: TimeRange!) {
		device: alarms(filter: {range: $range, sources: [DEVICE]}, first: 500) {totalCount nodes {csn}}
		both: alarms(filter: {range: $range}) {totalCount}
		alarmSummary(filter: {range: $range}) {total}
		regions {alarms(filter: {range: $range}) {totalCount}}
	}`
	variables := fmt.Sprintf(`{"range":{"from":%q,"to":%q}}`, from.Format(time.RFC3339), to.Format(time.RFC3339))
	planned := r.Ask(t, document, variables, http.Header{"X-Opsgraph-Explain": {"plan"}})
	if planned.Status != http.StatusOK || len(w.Sim.Calls()) > 0 {
		t.Errorf("the plan: %d, calls %v, %.300s", planned.Status, w.Sim.Calls(), planned.Raw)
	}
	if got := strings.Count(planned.Raw, `"begin_time":"1788998400000"`); got < 2 {
		t.Errorf("the plan does not name the days that it would read of both lists: %.1500s", planned.Raw)
	}
	for range 2 {
		got := r.Ask(t, document, variables, nil)
		var data struct {
			Device struct {
				TotalCount int
				Nodes      []struct{ CSN string }
			}
			Both         struct{ TotalCount int }
			AlarmSummary struct{ Total int }
			Regions      []struct{ Alarms struct{ TotalCount int } }
		}
		if err := json.Unmarshal(got.Body.Data, &data); err != nil || len(got.Body.Errors) > 0 {
			t.Fatalf("%v %.500s", err, got.Raw)
		}
		var serials []string
		for _, node := range data.Device.Nodes {
			serials = append(serials, node.CSN)
		}
		slices.Sort(serials)
		if !slices.Equal(serials, device) || data.Device.TotalCount != len(device) {
			t.Errorf("device alarms %v, the upstream has %v", serials, device)
		}
		if want := len(device) + len(cloud); data.Both.TotalCount != want || data.AlarmSummary.Total != want {
			t.Errorf("%d alarms, summary %d, the upstream has %d", data.Both.TotalCount, data.AlarmSummary.Total, want)
		}
		inRegions := 0
		for _, region := range data.Regions {
			inRegions += region.Alarms.TotalCount
		}
		if inRegions == 0 || inRegions > data.Both.TotalCount {
			t.Errorf("%d alarms of regions, %d in all", inRegions, data.Both.TotalCount)
		}
		for _, operation := range []string{"listDeviceAlarms", "listCloudServiceAlarms"} {
			if calls := w.Sim.Calls()[operation]; calls != 1 {
				t.Errorf("%d calls of %s, want 1", calls, operation)
			}
		}
	}
}

// TestFound_B9_RangesOfAlarms has ranges that are refused, or hold nothing, without a call.
func TestFound_B9_RangesOfAlarms(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	r := w.StartGateway(t, "")
	for text, want := range map[string]string{
		`{from: "2026-08-01T00:00:00Z", to: "2026-09-02T00:00:00Z"}`: "at most 31 days",
		`{to: "2026-09-02T00:00:00Z"}`:                               "needs a start",
		`{last: "P32D"}`:                                             "at most 31 days",
	} {
		got := r.Ask(t, `{alarms(filter: {range: `+text+`}) {totalCount}}`, "", nil)
		if got.Code() != "BAD_USER_INPUT" || !strings.Contains(got.Raw, want) {
			t.Errorf("%s: %.400s", text, got.Raw)
		}
	}
	future := r.Ask(t, `{alarms(filter: {range: {from: "2027-01-01T00:00:00Z", to: "2027-01-02T00:00:00Z"}}) {totalCount}}`,
		"", nil)
	if !strings.Contains(future.Raw, `"totalCount":0`) {
		t.Errorf("a range to come: %.300s", future.Raw)
	}
	followed := r.Ask(t, `subscription {alarmChanges(filter: {range: {last: "P1D"}}) {kind}}`, "",
		http.Header{"Accept": {"text/event-stream"}})
	if !strings.Contains(followed.Raw, "BAD_USER_INPUT") || !strings.Contains(followed.Raw, "can't be followed") {
		t.Errorf("a subscription: %.300s", followed.Raw)
	}
	if calls := w.Sim.Calls(); len(calls) > 0 {
		t.Errorf("calls %v", calls)
	}
}
