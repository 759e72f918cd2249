package kit

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"
)

// KnownIDs are ids of all kinds of things of a site, as answers show them.
func KnownIDs(t testing.TB, w *World) map[string][]string {
	t.Helper()
	r := w.StartGateway(t, "")
	defer r.Close()
	answer := r.Ask(t, `{
		hosts(first: 8) { nodes { id hostId serialNumber regionCode virtualMachines(first: 2) { nodes { id } } } }
		devices(first: 4) { nodes { id deviceId managementIp } }
		alarms(first: 4) { nodes { id } }
		instances(type: ECS, first: 4) { nodes { id payPerUseResource { id } } }
		loadBalancerClusters(first: 2) { nodes { id } }
		auditEvents(filter: {range: {last: "P2D"}}, first: 2) { nodes { id } }
		regions { id code cloudServices(types: [EVS, ELB]) { id } } }`, "", nil)
	if answer.Status != http.StatusOK || len(answer.Body.Errors) > 0 {
		t.Fatalf("%d %.500s", answer.Status, answer.Raw)
	}
	var data any
	if err := json.Unmarshal(answer.Body.Data, &data); err != nil {
		t.Fatal(err)
	}
	known := map[string][]string{}
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case []any:
			for _, item := range value {
				walk(item)
			}
		case map[string]any:
			for _, name := range []string{"id", "hostId", "serialNumber", "deviceId", "managementIp", "code"} {
				if text, ok := value[name].(string); ok {
					known[name] = append(known[name], text)
				}
			}
			for _, name := range slices.Sorted(maps.Keys(value)) {
				walk(value[name])
			}
		}
	}
	walk(data)
	return known
}
