package api

import (
	"net/http"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestCertainLists asks while the list of hosts never comes. A list that the query surely reads is asked for all the
// same; one that it may not need is not.
func TestCertainLists(t *testing.T) {
	t.Parallel()
	const capacity, alarms = "listCloudServiceCapacity", "listCloudServiceAlarms"
	for name, test := range map[string]struct {
		query, variables string
		settings         kit.WorldSettings
		want             map[string]int
	}{
		"below regions that are known": {
			query: `{ regions { cloudServices(types: [EVS]) { capacity { total } } alarmSummary { total }
				hosts { totalCount } } }`,
			want: map[string]int{capacity: 1, alarms: 1},
		},
		"below regions that are not known": {
			query:    `{ regions { cloudServices(types: [EVS]) { capacity { total } } } }`,
			settings: kit.WorldSettings{UnknownRegions: true},
			want:     map[string]int{capacity: 0},
		},
		"left out by a directive": {
			query: `query($yes: Boolean!) { regions { code ... @include(if: false) { alarmSummary { total } }
				cloudServices(types: [EVS]) @skip(if: $yes) { capacity { total } } } }`,
			variables: `{"yes": true}`,
			want:      map[string]int{capacity: 0, alarms: 0},
		},
		"let in by a directive": {
			query: `query($no: Boolean!) { regions { code ... @include(if: true) { alarmSummary { total } }
				cloudServices(types: [EVS]) @skip(if: $no) { capacity { total } } } }`,
			variables: `{"no": false}`,
			want:      map[string]int{capacity: 1, alarms: 1},
		},
		"below a host that may not be there": {
			query: `{ host(serialNumber: "none") { alarms { totalCount } } }`,
			want:  map[string]int{alarms: 0},
		},
		"below hosts that may be none": {
			query: `{ hosts(first: 1) { nodes { alarms { totalCount } } } }`,
			want:  map[string]int{alarms: 0},
		},
		"only planned": {
			query: `{ regions { alarmSummary { total } } }`,
			want:  map[string]int{alarms: 0, "listHostDetails": 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := kit.NewWorld(t, test.settings)
			w.Steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listHostDetails", "kind": "hang"}})
			r := w.StartGateway(t, "", "OPSGRAPH_LIMITS_REQUEST_TIMEOUT=1s", "OPSGRAPH_UPSTREAM_TIMEOUT=900ms")
			header := http.Header{}
			if name == "only planned" {
				header.Set("X-Opsgraph-Explain", "plan")
			}
			r.Ask(t, test.query, test.variables, header)
			calls := w.Sim.Calls()
			for operation, want := range test.want {
				if got := calls[operation]; got != want {
					t.Errorf("%d calls of %s, want %d", got, operation, want)
				}
			}
		})
	}
}

// TestCertainListFails: a list that fails before its field asks is the field's error, and is not called again.
func TestCertainListFails(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	w.Steer(t, http.MethodPut, "faults", []map[string]any{
		{"operation": "listCloudServiceAlarms", "kind": "status", "status": 400},
		{"operation": "listHostDetails", "kind": "latency", "latencyMs": 300},
	})
	r := w.StartGateway(t, "")
	got := r.Ask(t, `{ regions { code alarmSummary { total } } }`, "", nil)
	if len(got.Body.Errors) == 0 || got.Code() == "" {
		t.Errorf("no error: %.300s", got.Raw)
	}
	if calls := w.Sim.Calls(); calls["listCloudServiceAlarms"] != 1 || calls["listHostDetails"] != 1 {
		t.Errorf("calls %v, want each list once", calls)
	}
}
