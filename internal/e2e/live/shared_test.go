package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestLiveShared has equal subscriptions over a WebSocket and event streams, one that asks for more and one that wants
// its calls explained follow one alarm: each change is executed once for the equal ones, and once for each other. What
// was executed shows in what was read, since all of them ask for the alarm's host.
func TestLiveShared(t *testing.T) {
	t.Parallel()
	const (
		equal = `subscription { alarmChanges(filter: {textContains: "shared"}) {
			eventId kind alarm { csn severity host { hostId } } } }`
		other = `subscription { alarmChanges(filter: {textContains: "shared"}) {
			eventId kind alarm { csn severity host { hostId virtualMachines { totalCount } } } } }`
	)
	// The clock of the gateway stands, too: what is shared is kept for a second of it.
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2, Quota: "off"})
	r := w.StartLive(t, "OPSGRAPH_AGES_HOSTS_FRESH=9m", "OPSGRAPH_AGES_VIRTUAL_MACHINES_FRESH=9m")
	host := kit.Answered[struct {
		Hosts struct {
			Nodes []struct {
				HostID          string
				VirtualMachines struct{ TotalCount int }
			}
		}
	}](t, r, `{ hosts(first: 1) { nodes { hostId virtualMachines { totalCount } } } }`, "").Hosts.Nodes[0]
	csn := w.Change(t,
		fmt.Sprintf(`{"raiseAlarm":{"source":"DEVICE","severity":1,"name":"shared","hostId":%q}}`, host.HostID))
	socket := kit.OpenSocket(t, r.Server.URL+"/graphql", "")
	for _, id := range []string{"a", "b"} {
		socket.Subscribe(id, equal)
	}
	socket.Subscribe("query", `{ __typename }`) // it begins when those before it stand
	for range 2 {
		if m := socket.Receive(); m.ID != "query" {
			t.Fatalf("got %+v, want an answer and its end", m)
		}
	}
	streams := map[string]*kit.EventReader{
		"equal": r.Follow(t, equal, ""), "equal, too": r.Follow(t, equal, ""), "other": r.Follow(t, other, ""),
		"explained": r.FollowAs(t, equal, http.Header{"X-Opsgraph-Explain": {"1"}}),
	}
	polls := func() int { return min(w.Sim.Calls()["listDeviceAlarms"], w.Sim.Calls()["listCloudServiceAlarms"]) }
	began := polls()
	testkit.Eventually(t, "alarms are not polled", func() bool {
		w.Clock.Advance(200 * time.Millisecond)
		return polls() >= began+3
	})
	for _, change := range []struct{ body, kind, severity string }{
		{fmt.Sprintf(`{"updateAlarm":{"csn":%q,"severity":2}}`, csn), "UPDATED", "MAJOR"},
		{fmt.Sprintf(`{"clearAlarm":{"csn":%q}}`, csn), "CLEARED", "MAJOR"},
	} {
		hosts, machines := reads(t, r, "listHostDetails"), reads(t, r, "listHostVms")
		w.Change(t, change.body)
		testkit.Eventually(t, "the change is not found", func() bool {
			if reads(t, r, "listHostDetails") > hosts {
				return true
			}
			w.Clock.Advance(200 * time.Millisecond) // the one that may follow the first execution ends no sharing
			return false
		})
		want := func(who string, got kit.LiveAnswer, more bool) {
			t.Helper()
			e := got.Event()
			if len(got.Errors) > 0 || e.Kind != change.kind || e.Alarm == nil || e.Alarm.Csn != csn ||
				e.Alarm.Severity != change.severity || e.Alarm.Host == nil || e.Alarm.Host.HostID != host.HostID {
				t.Fatalf("%s: got %+v, want %s of %s", who, got, change.kind, csn)
			}
			if of := e.Alarm.Host.VirtualMachines; (of != nil) != more ||
				more && of.TotalCount != host.VirtualMachines.TotalCount {
				t.Errorf("%s: machines %+v of %d", who, of, host.VirtualMachines.TotalCount)
			}
			if ages := len(got.Extensions.Freshness); !more && ages != 2 {
				t.Errorf("%s: ages %+v, want those of alarms and hosts", who, got.Extensions.Freshness)
			}
		}
		places := map[string]bool{}
		for who, e := range streams {
			got, ok := e.Next()
			if !ok || got.Event().EventID != e.LastID {
				t.Fatalf("%s: %+v with the id %q", who, got, e.LastID)
			}
			want(who, got, who == "other")
			places[e.LastID] = true
		}
		told := map[string]bool{}
		for range 2 {
			m := socket.Receive()
			var got kit.LiveAnswer
			if err := json.Unmarshal(m.Payload, &got); err != nil || m.Type != "next" {
				t.Fatalf("%+v: %v", m, err)
			}
			want(m.ID, got, false)
			told[m.ID], places[got.Event().EventID] = true, true
		}
		if !told["a"] || !told["b"] || len(places) != 1 {
			t.Errorf("told %v, of the events %v", told, places)
		}
		if got := reads(t, r, "listHostDetails") - hosts; got != 3 {
			t.Errorf("%s: executed %v times, want 3: for the equal ones, for the other, and to explain", change.kind, got)
		}
		if got := reads(t, r, "listHostVms") - machines; got != 1 {
			t.Errorf("%s: executed %v times for the one that asks for machines, want once", change.kind, got)
		}
	}
}

// reads is how often an operation or event was given data of an upstream operation, wherever they came from.
func reads(t *testing.T, r *kit.Replica, operation string) (all float64) {
	t.Helper()
	for _, tier := range []string{"memory", "upstream"} {
		for _, state := range []string{"fresh", "stale"} {
			all += r.Metric(t,
				fmt.Sprintf("opsgraph_data_reads_total{operation=%q,state=%q,tier=%q}", operation, state, tier))
		}
	}
	return all
}
