package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestInventoryNodesAreFetchedAgain holds that devices, audit events, load-balancer clusters and screens are found by
// the ids that the lists gave out, on data that are held already, and that ids of nothing are null without an error.
func TestInventoryNodesAreFetchedAgain(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	lists := r.Ask(t, `{devices(first:1){nodes{id}} auditEvents(filter:{range:{last:"P2D"}},first:1){nodes{id}}
		loadBalancerClusters(first:1){nodes{id}} sharedScreen(shareId:"any"){id}}`, "", nil)
	type nodes struct{ Nodes []struct{ ID string } }
	var data struct {
		Devices, AuditEvents, LoadBalancerClusters nodes
		SharedScreen                               struct{ ID string }
	}
	if err := json.Unmarshal(lists.Body.Data, &data); err != nil || len(lists.Body.Errors) > 0 {
		t.Fatalf("%v %.500s", err, lists.Raw)
	}
	future := model.AuditEventID("1", time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	ids, err := json.Marshal(map[string][]string{"ids": {
		data.Devices.Nodes[0].ID, data.AuditEvents.Nodes[0].ID, data.LoadBalancerClusters.Nodes[0].ID, data.SharedScreen.ID,
		model.NewID(model.KindDevice, "none"), model.NewID(model.KindLoadBalancerCluster, "none"), future,
	}})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Ask(t, `query($ids:[ID!]!){nodes(ids:$ids){__typename id}}`, string(ids), nil)
	var again struct {
		Nodes []*struct {
			Typename string `json:"__typename"`
			ID       string
		}
	}
	if err := json.Unmarshal(got.Body.Data, &again); err != nil || len(got.Body.Errors) > 0 || len(again.Nodes) != 7 {
		t.Fatalf("%v %.500s", err, got.Raw)
	}
	want := []struct{ typename, id string }{
		{"Device", data.Devices.Nodes[0].ID},
		{"AuditEvent", data.AuditEvents.Nodes[0].ID},
		{"LoadBalancerCluster", data.LoadBalancerClusters.Nodes[0].ID},
		{"SharedScreen", data.SharedScreen.ID},
	}
	for i, node := range again.Nodes {
		switch {
		case i >= len(want) && node != nil:
			t.Errorf("an id of nothing gives %+v", node)
		case i < len(want) && (node == nil || node.Typename != want[i].typename || node.ID != want[i].id):
			t.Errorf("node %d is %+v, want %+v", i, node, want[i])
		}
	}
	calls := w.Sim.Calls()
	if calls["listDeviceAssets"] != 1 || calls["listElbv3Capacity"] != 1 || calls["getScreenData"] != 1 ||
		calls["listCloudAuditLogs"] != 1 {
		t.Errorf("calls %v: the days around the event are those of the list, and nothing is read twice", calls)
	}
}
