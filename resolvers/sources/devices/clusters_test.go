package devices_test

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func clusterList(t *testing.T, rows ...string) (*devices.Clusters, *sourcestest.Upstream) {
	t.Helper()
	made, upstream := sourcestest.New(t, map[string]string{"/capacity/elbv3": sourcestest.ListOf(rows...)}, nil)
	held := made.Devices.Clusters.One(t.Context(), "", struct{}{}, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	return held.Held.Value, upstream
}

func TestQuirk021AnEmptyCountIsUnknownAndNotZero(t *testing.T) {
	list, upstream := clusterList(t, `{"cluster_id":"c1","lb_count":"164","lb_capacity":"8000","lb_v5_count":3,
		"l4_member_count":"","l4_member_capacity":"30000","l7_member_count":"182","l7_member_capacity":"0","l4_listener_count":"many"}`)
	cluster := list.ByID("c1")
	if *cluster.LoadBalancers.Count != 164 || *cluster.LoadBalancers.Capacity != 8000 ||
		*cluster.LoadBalancers.Usage != 0.0205 {
		t.Errorf("load balancers %+v", cluster.LoadBalancers)
	}
	if members := cluster.Layer4Members; members.Count != nil || *members.Capacity != 30000 || members.Usage != nil {
		t.Errorf("an empty count is %+v", members)
	}
	if members := cluster.Layer7Members; *members.Count != 182 || members.Usage != nil {
		t.Errorf("a capacity of 0 gives %+v", members)
	}
	if listeners := cluster.Layer7Listeners; listeners == nil || listeners.Count != nil || listeners.Capacity != nil {
		t.Errorf("what is not sent is %+v", listeners)
	}
	if *cluster.LoadBalancersV5 != 3 || upstream.Count("l4_listener_count") != 1 ||
		upstream.Count("l4_member_count") != 0 {
		t.Errorf("version 5: %v; unreadable: %d, %d", cluster.LoadBalancersV5,
			upstream.Count("l4_listener_count"), upstream.Count("l4_member_count"))
	}
}

func TestClustersLatestAndInOrder(t *testing.T) {
	list, upstream := clusterList(t,
		`{"cluster_id":"c3","cluster_code":"b","time_stamp":"1763719200000"}`,
		`{"cluster_id":"c2","cluster_code":"b","region_id":"cn-north-7","time_stamp":"1763719200000","lb_count":"1"}`,
		`{"cluster_id":"c2","cluster_code":"b","region_id":"cn-north-7","time_stamp":"1763722800000","lb_count":"2"}`,
		`{"cluster_id":"c4","region_id":"cn-north-7"}`,
		`{"cluster_id":"c1","cluster_code":"c","region_id":"cn-north-7"}`,
		`{"cluster_id":"c5","cluster_code":"z","region_id":"cn-east-2"}`,
		`{"cluster_code":"without an id"}`,
	)
	var ids []string
	for _, cluster := range list.All {
		ids = append(ids, cluster.ClusterID)
	}
	if got := strings.Join(ids, " "); got != "c5 c2 c1 c4 c3" || upstream.Count("cluster_id") != 1 {
		t.Errorf("clusters %s, %d without an id", got, upstream.Count("cluster_id"))
	}
	latest := list.ByID("c2")
	if *latest.LoadBalancers.Count != 2 || !latest.ObservedAt.Equal(time.UnixMilli(1763722800000)) {
		t.Errorf("of two measurements this one is kept: %+v at %v", latest.LoadBalancers, latest.ObservedAt)
	}
	if got := len(list.InRegion("cn-north-7")); got != 3 {
		t.Errorf("%d clusters in the region", got)
	}
	if got := dataset.Select(list.All, dataset.Matches(devices.ClustersIn([]string{"cn-east-2"}))); len(got) != 1 ||
		got[0].ClusterID != "c5" {
		t.Errorf("clusters of the asked region: %v", got)
	}
	if len(dataset.Select(list.All, dataset.Matches(devices.ClustersIn(nil)))) != 5 ||
		len(dataset.Select(list.All, dataset.Matches(devices.ClustersIn([]string{})))) != 0 {
		t.Error("no filter accepts all, an empty one none")
	}
}
