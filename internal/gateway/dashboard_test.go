package gateway_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// dashboard is the query by which the cost of a whole page is judged: its scenario holds the whole answer.
const dashboard = `{ regions { code name
  hosts(first: 5) { totalCount nodes { hostId name memoryGib processors { model cores } virtualMachines(first: 10) { nodes { name } } } }
  cloudServices(types: [ECS_VM, EVS]) { type
    capacity { zone metricType unit total allocated available allocation observedAt }
    alarms(first: 5, filter: {cleared: false}) { totalCount nodes { name severity lastOccurredAt } } }
  alarmSummary { active bySeverity { severity count } } } }`

// minuteOperations are those of which the upstream allows 60 a minute, all together.
func minuteOperations() []string {
	return []string{
		"listHostPhysicalCapacity", "listCloudServiceCapacity", "listCloudAuditLogs", "listDeviceAssets",
		"listCloudServiceAlarms", "listDeviceAlarms",
	}
}

// minuteCalls counts the calls of the 60-a-minute operations so far.
func (w *world) minuteCalls() int {
	calls, sum := w.sim.Calls(), 0
	for _, operation := range minuteOperations() {
		sum += calls[operation]
	}
	return sum
}

// TestDashboardCold proves what the numbers of the scenario cannot tell: no two calls are alike, each service type is asked for once,
// and machines are asked for once for each host shown.
func TestDashboardCold(t *testing.T) {
	w := newWorld(t, worldSettings{Hosts: 60})
	r := w.startGateway(t, "")
	answer := r.ask(t, dashboard, "", nil)
	if answer.status != http.StatusOK || len(answer.body.Errors) > 0 {
		t.Fatalf("dashboard: %d %.500s", answer.status, answer.raw)
	}
	var data struct {
		Regions []struct {
			Hosts struct{ Nodes []struct{ HostID string } }
		}
	}
	if err := json.Unmarshal(answer.body.Data, &data); err != nil {
		t.Fatal(err)
	}
	hosts := map[string]bool{}
	for _, region := range data.Regions {
		for _, host := range region.Hosts.Nodes {
			hosts[host.HostID] = true
		}
	}
	arrived := w.arrived()
	slices.Sort(arrived)
	if distinct := slices.Compact(slices.Clone(arrived)); len(distinct) != len(arrived) {
		t.Errorf("calls were made twice: %q", arrived)
	}
	for _, service := range []string{"ECS_VM", "EVS"} {
		count := 0
		for _, call := range arrived {
			if strings.Contains(call, "service_type="+service+"&") || strings.HasSuffix(call, "service_type="+service) {
				count++
			}
		}
		if count != 1 {
			t.Errorf("%d calls for the capacity of %s", count, service)
		}
	}
	calls := w.sim.Calls()
	if calls["listHostVms"] != len(hosts) || len(hosts) < 20 {
		t.Errorf("%d calls of listHostVms for %d hosts", calls["listHostVms"], len(hosts))
	}
	if w.minuteCalls() != 4 || calls["listHostDetails"] != 1 {
		t.Errorf("calls: %v", calls)
	}
}

// TestDashboardColdForMany proves that queries which are under way at the same moment share their calls.
func TestDashboardColdForMany(t *testing.T) {
	w := newWorld(t, worldSettings{Hosts: 20})
	r := w.startGateway(t, "")
	answers := make([]string, 32)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() {
			answer := r.ask(t, dashboard, "", nil)
			answers[i] = string(answer.body.Data)
		})
	}
	wait.Wait()
	if distinct := slices.Compact(slices.Sorted(slices.Values(answers))); len(distinct) != 1 {
		t.Errorf("%d different answers", len(distinct))
	}
	calls := w.sim.Calls()
	if w.minuteCalls() != 4 || calls["listHostDetails"] != 1 || calls["createToken"] != 1 {
		t.Errorf("calls: %v", calls)
	}
	if calls["listHostVms"] > 20 {
		t.Errorf("%d calls of listHostVms for 20 hosts", calls["listHostVms"])
	}
}

// TestAge proves that the header tells the age of the oldest data of the answer, in whole seconds.
func TestAge(t *testing.T) {
	w := newWorld(t, worldSettings{Hosts: 3})
	r := w.startGateway(t, "")
	for _, test := range []struct {
		advance         time.Duration
		document, query string
		want            string
	}{
		{0, "hosts alone", `{hosts{totalCount}}`, "0"},
		{20 * time.Second, "what is new beside what is older", `{hosts{totalCount} alarms{totalCount}}`, "20"},
		{1500 * time.Millisecond, "whole seconds", `{alarms{totalCount}}`, "1"},
		{0, "nothing of the upstream", `{__typename}`, ""},
	} {
		w.clock.Advance(test.advance)
		answer := r.ask(t, test.query, "", nil)
		if got := answer.header.Get("Age"); got != test.want {
			t.Errorf("%s: age %q, want %q", test.document, got, test.want)
		}
	}
}
