package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// callsOf counts the calls of a path among those that arrived after the first ones.
func callsOf(w *kit.World, path string, after int) int {
	calls := 0
	for _, call := range w.Arrived()[after:] {
		if strings.Contains(call, path+"?") {
			calls++
		}
	}
	return calls
}

// warned are the messages of the warnings of a code.
func warned(r *kit.Reply, code string) []string {
	var messages []string
	warnings, _ := r.Body.Extensions["warnings"].([]any)
	for _, one := range warnings {
		if warning, _ := one.(map[string]any); warning["code"] == code {
			messages = append(messages, fmt.Sprint(warning["operation"], ": ", warning["message"]))
		}
	}
	return messages
}

// readData reads the data of an answer without errors.
func readData(t *testing.T, got *kit.Reply, into any) {
	t.Helper()
	if len(got.Body.Errors) > 0 {
		t.Fatalf("errors: %.600s", got.Raw)
	}
	if err := json.Unmarshal(got.Body.Data, into); err != nil {
		t.Fatal(err)
	}
}

func TestMetricsOfManyHosts(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 50, Regions: 2})
	r := w.StartGateway(t, "")
	const document = `{hosts(first: 50) {nodes {metrics(names: ["cpu.usage"]) {key count points(maxPoints: 4) {at value}}}}}`
	var data struct {
		Hosts struct {
			Nodes []struct{ Metrics []struct{ Key string } }
		}
	}
	readData(t, r.Ask(t, document, "", nil), &data)
	if len(data.Hosts.Nodes) != 50 {
		t.Fatalf("%d hosts", len(data.Hosts.Nodes))
	}
	for i, host := range data.Hosts.Nodes {
		if len(host.Metrics) != 2 || host.Metrics[0].Key != "cpu.usage.avg" {
			t.Errorf("host %d: %v", i, host.Metrics)
		}
	}
	if calls := callsOf(w, "/host/metricdata", 0); calls != 50 {
		t.Errorf("%d calls for 50 hosts", calls)
	}
	before := len(w.Arrived())
	w.Clock.Advance(20 * time.Second) // the same minute
	readData(t, r.Ask(t, document, "", nil), &data)
	if calls := callsOf(w, "/host/metricdata", before); calls > 50 {
		t.Errorf("%d calls for 50 hosts again", calls)
	}
}

func TestRangesAreBoundedBeforeAnyCall(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 6, Regions: 1})
	r := w.StartGateway(t, "")
	readData(t, r.Ask(t, `{hosts(first: 1) {nodes {name}} devices(first: 1) {nodes {name}}}`, "", nil), new(any))
	tests := map[string]struct{ document, message string }{
		"hosts": {
			`{hosts(first: 1) {nodes {metrics(range: {last: "PT24H1S"}) {key}}}}`,
			"The range is 24 hours and 1 second long; host metrics can be asked for 24 hours at most.",
		},
		"all network devices": {
			`{networkDeviceMetrics(range: {last: "PT61M"}) {totalCount}}`,
			"The range is 1 hour and 1 minute long; network device metrics without managementIp can be asked for 1 hour at most.",
		},
		"one network device": {
			`{networkDeviceMetrics(range: {last: "P2D"}, managementIp: "10.0.0.1") {totalCount}}`,
			"The range is 2 days long; the metrics of a network device can be asked for 24 hours at most.",
		},
		"instances": {
			`{instances(type: ECS, filter: {range: {last: "P8D"}}) {totalCount}}`,
			"The range is 8 days long; instances can be asked for 7 days at most.",
		},
		"no start": {
			`{networkDeviceMetrics(range: {to: "2026-11-21T09:00:00Z"}) {totalCount}}`,
			"The range needs a start: give from or last.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := len(w.Arrived())
			got := r.Ask(t, test.document, "", nil)
			if got.Code() != "BAD_USER_INPUT" || got.Body.Errors[0].Message != test.message ||
				got.Body.Errors[0].Extensions["argument"] != "range" {
				t.Errorf("got %.600s", got.Raw)
			}
			if after := len(w.Arrived()); after != before {
				t.Errorf("%d calls", after-before)
			}
		})
	}
}

func TestInstancesLeadToMachinesAndHosts(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 12, Regions: 2})
	r := w.StartGateway(t, "")
	var data struct {
		Instances struct {
			Nodes []struct {
				ID, ResourceID string
				RegionCode     string
				VirtualMachine *struct {
					VMID     string `json:"vmId"`
					Instance struct{ ResourceID string }
				}
				Host *struct{ Region struct{ Code string } }
			}
		}
	}
	readData(t, r.Ask(t, `{instances(type: ECS, first: 40) {nodes {
		id resourceId regionCode virtualMachine {vmId instance {resourceId}} host {region {code}}
	}}}`, "", nil), &data)
	placed := 0
	for _, instance := range data.Instances.Nodes {
		if instance.VirtualMachine == nil {
			continue
		}
		placed++
		if instance.VirtualMachine.VMID != instance.ResourceID ||
			instance.VirtualMachine.Instance.ResourceID != instance.ResourceID {
			t.Errorf("%s is the machine %+v", instance.ResourceID, instance.VirtualMachine)
		}
		if instance.Host == nil || instance.Host.Region.Code != instance.RegionCode {
			t.Errorf("%s in %s runs on %+v", instance.ResourceID, instance.RegionCode, instance.Host)
		}
	}
	if placed == 0 {
		t.Error("no instance is a machine")
	}
	if calls := callsOf(w, "/host/vms", 0); calls > 12 {
		t.Errorf("%d calls for 12 hosts", calls)
	}
	t.Run("by its id", func(t *testing.T) {
		want := data.Instances.Nodes[0]
		var node struct{ Node struct{ ResourceID string } }
		readData(t, r.Ask(t, `query($id: ID!) {node(id: $id) {... on Instance {resourceId}}}`, `{"id": "`+want.ID+`"}`, nil),
			&node)
		if node.Node.ResourceID != want.ResourceID {
			t.Errorf("got %q, want %q", node.Node.ResourceID, want.ResourceID)
		}
	})
}

func TestPlacementIsBounded(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 12, Regions: 1})
	r := w.StartGateway(t, "windows: {placement_hosts: 5}\n")
	got := r.Ask(t, `{instances(type: ECS, first: 3) {nodes {host {name} virtualMachine {name}}}}`, "", nil)
	readData(t, got, new(any))
	if calls := callsOf(w, "/host/vms", 0); calls != 5 {
		t.Errorf("%d calls, want 5", calls)
	}
	want := "listHostVms: The machines of 7 hosts are not held and were not asked for: what runs there is not found."
	if cuts := warned(got, "TRUNCATED"); len(cuts) != 1 || cuts[0] != want {
		t.Errorf("warned %q", cuts)
	}
}

func TestNetworkMetricsAreCutAtThePageLimit(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 40, Regions: 5})
	r := w.StartGateway(t, "upstream: {pages: 2}\n")
	got := r.Ask(t, `{networkDeviceMetrics(range: {last: "PT1H"}, first: 3) {
		totalCount pageInfo {hasNextPage endCursor} nodes {managementIp device {managementIp} series {truncated count}}
	}}`, "", nil)
	var data struct {
		NetworkDeviceMetrics struct {
			TotalCount *int
			Nodes      []struct {
				ManagementIP string
				Device       *struct{ ManagementIP string }
				Series       struct{ Truncated bool }
			}
		}
	}
	readData(t, got, &data)
	if data.NetworkDeviceMetrics.TotalCount != nil || len(data.NetworkDeviceMetrics.Nodes) != 3 {
		t.Errorf("got %.600s", got.Raw)
	}
	for _, metric := range data.NetworkDeviceMetrics.Nodes {
		if !metric.Series.Truncated || metric.Device == nil || metric.Device.ManagementIP != metric.ManagementIP {
			t.Errorf("got %+v", metric)
		}
	}
	cuts := warned(got, "TRUNCATED")
	if len(cuts) != 1 ||
		!strings.HasPrefix(cuts[0], "listNetworkDeviceMetricData: listNetworkDeviceMetricData was cut after 2 pages (") {
		t.Errorf("warned %q", cuts)
	}
}

func TestMetricsFailAlone(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 6, Regions: 1})
	r := w.StartGateway(t, "")
	w.Steer(t, "PUT", "faults",
		[]map[string]any{{"operation": "listHostMetricData", "kind": "status", "status": 500, "times": 100}})
	got := r.Ask(t, `{hosts(first: 2) {nodes {name metrics {key} performance {key}}}}`, "", nil)
	var data struct {
		Hosts struct {
			Nodes []struct {
				Name                 string
				Metrics, Performance []struct{ Key string }
			}
		}
	}
	if err := json.Unmarshal(got.Body.Data, &data); err != nil {
		t.Fatal(err)
	}
	for _, host := range data.Hosts.Nodes {
		if host.Metrics != nil || host.Performance == nil {
			t.Errorf("got %+v", host)
		}
	}
	if len(got.Body.Errors) != 2 || got.Code() != "UPSTREAM_UNAVAILABLE" {
		t.Errorf("got %.600s", got.Raw)
	}
}
