package loaders_test

import (
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestNodesOfListsThatLackRows: an object that a whole list does not have is null, as there is none any more. Where a
// row could not be read it may be that one, so it is an error.
func TestNodesOfListsThatLackRows(t *testing.T) {
	ids := []string{
		model.NewID(model.KindHost, "gone"),
		model.NewID(model.KindVirtualMachine, "h0", "gone"),
		model.NewID(model.KindAlarm, string(model.AlarmSourceDevice), "gone"),
		model.NewID(model.KindDevice, "gone"),
		model.NewID(model.KindLoadBalancerCluster, "gone"),
		model.NewID(model.KindInstance, string(model.InstanceTypeEcs), "gone"),
		model.NewID(model.KindAuditEvent, "gone", "2026-11-20"),
	}
	for _, spoilt := range []bool{false, true} {
		all, u := newSources(t, 1)
		u.spoilt.Store(spoilt)
		if host, err := operation(t.Context(), all, u).Host(t.Context(), "gone"); host != nil || (err != nil) != spoilt {
			t.Errorf("a host before the list is held, a row unreadable %t: %v, %v", spoilt, host, err)
		}
		set := operation(t.Context(), all, u)
		if _, err := set.HostSummary(t.Context(), "", nil); err != nil { // hosts are looked up in the list
			t.Fatal(err)
		}
		nodes, errs := set.Nodes(t.Context(), ids)
		for i, id := range ids {
			parsed, err := model.ParseID(id)
			if err != nil {
				t.Fatal(err)
			}
			if nodes[i] != nil || (errs[i] != nil) != spoilt || spoilt && rest.KindOf(errs[i]) != rest.BadResponse {
				t.Errorf("%s, a row unreadable %t: %v, %v", parsed.Kind, spoilt, nodes[i], errs[i])
			}
		}
		host, err := set.HostBySerialNumber(t.Context(), "gone")
		if host != nil || (err != nil) != spoilt {
			t.Errorf("by serial number, a row unreadable %t: %v, %v", spoilt, host, err)
		}
	}
}
