// Package api queries the schema over HTTP, and counts the upstream calls of each answer.
package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestDashboardCold proves what the numbers of the scenario cannot show: no two calls are alike, each service type is
// asked for once, and machines are asked for once for each host shown.
func TestDashboardCold(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 60})
	r := w.StartGateway(t, "")
	answer := r.Ask(t, kit.Dashboard, "", nil)
	if answer.Status != http.StatusOK || len(answer.Body.Errors) > 0 {
		t.Fatalf("dashboard: %d %.500s", answer.Status, answer.Raw)
	}
	var data struct {
		Regions []struct {
			Hosts struct{ Nodes []struct{ HostID string } }
		}
	}
	if err := json.Unmarshal(answer.Body.Data, &data); err != nil {
		t.Fatal(err)
	}
	hosts := map[string]bool{}
	for _, region := range data.Regions {
		for _, host := range region.Hosts.Nodes {
			hosts[host.HostID] = true
		}
	}
	arrived := w.Arrived()
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
	calls := w.Sim.Calls()
	if calls["listHostVms"] != len(hosts) || len(hosts) < 20 {
		t.Errorf("%d calls of listHostVms for %d hosts", calls["listHostVms"], len(hosts))
	}
	if w.MinuteCalls() != 4 || calls["listHostDetails"] != 1 {
		t.Errorf("calls: %v", calls)
	}
}

// TestDashboardColdForMany proves that queries which are under way at the same moment share their calls.
func TestDashboardColdForMany(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 20})
	r := w.StartGateway(t, "")
	answers := make([]string, 32)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() {
			answer := r.Ask(t, kit.Dashboard, "", nil)
			answers[i] = string(answer.Body.Data)
		})
	}
	wait.Wait()
	if distinct := slices.Compact(slices.Sorted(slices.Values(answers))); len(distinct) != 1 {
		t.Errorf("%d different answers", len(distinct))
	}
	calls := w.Sim.Calls()
	if w.MinuteCalls() != 4 || calls["listHostDetails"] != 1 || calls["createToken"] != 1 {
		t.Errorf("calls: %v", calls)
	}
	if calls["listHostVms"] > 20 {
		t.Errorf("%d calls of listHostVms for 20 hosts", calls["listHostVms"])
	}
}

// TestAge proves that the header has the age of the oldest data of the answer, in whole seconds.
func TestAge(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	r := w.StartGateway(t, "")
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
		w.Clock.Advance(test.advance)
		answer := r.Ask(t, test.query, "", nil)
		if got := answer.Header.Get("Age"); got != test.want {
			t.Errorf("%s: age %q, want %q", test.document, got, test.want)
		}
	}
}
