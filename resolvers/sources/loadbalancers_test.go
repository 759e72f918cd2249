package sources_test

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func clusterList(t *testing.T, rows ...string) (*sources.ClusterList, *inventory) {
	t.Helper()
	made, upstream := newInventory(t, map[string]string{"/capacity/elbv3": listOf(rows...)}, nil)
	held, err := made.LoadBalancers.Load(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	return held.Value, upstream
}

func TestQuirk021AnEmptyCountIsUnknownAndNotZero(t *testing.T) {
	list, upstream := clusterList(t, `{"cluster_id":"c1","lb_count":"164","lb_capacity":"8000","lb_v5_count":3,
		"l4_member_count":"","l4_member_capacity":"30000","l7_member_count":"182","l7_member_capacity":"0","l4_listener_count":"many"}`)
	cluster := list.ByID("c1")
	if *cluster.LoadBalancers.Count != 164 || *cluster.LoadBalancers.Capacity != 8000 || *cluster.LoadBalancers.Usage != 0.0205 {
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
	if *cluster.LoadBalancersV5 != 3 || upstream.count("l4_listener_count") != 1 || upstream.count("l4_member_count") != 0 {
		t.Errorf("version 5: %v; unreadable: %d, %d", cluster.LoadBalancersV5,
			upstream.count("l4_listener_count"), upstream.count("l4_member_count"))
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
	if got := strings.Join(ids, " "); got != "c5 c2 c1 c4 c3" || upstream.count("cluster_id") != 1 {
		t.Errorf("clusters %s, %d without an id", got, upstream.count("cluster_id"))
	}
	latest := list.ByID("c2")
	if *latest.LoadBalancers.Count != 2 || !latest.ObservedAt.Equal(time.UnixMilli(1763722800000)) {
		t.Errorf("of two measurements this one is kept: %+v at %v", latest.LoadBalancers, latest.ObservedAt)
	}
	if got := len(list.InRegion("cn-north-7")); got != 3 {
		t.Errorf("%d clusters in the region", got)
	}
	if got := list.InRegions([]string{"cn-east-2"}); len(got) != 1 || got[0].ClusterID != "c5" {
		t.Errorf("clusters of the asked region: %v", got)
	}
	if len(list.InRegions(nil)) != 5 || len(list.InRegions([]string{})) != 0 {
		t.Error("no filter accepts all, an empty one none")
	}
}

func TestTenantInstances(t *testing.T) {
	const web = `{"resource_id":"f0ae18b6","region_code":"cn-north-7","x":1}`
	for name, test := range map[string]struct {
		answer  string
		want    string // resource ids and positions
		counted int
	}{
		"a list in an object":              {listOf(`{"resource_id":"b"}`, `{"x":1}`, `{"resource_id":"a"}`), "a/0 b/0 null/0", 0},
		"Quirk101 a bare list":             {`[` + web + `]`, "f0ae18b6/0", 0},
		"Quirk101 no list at all":          {`{"note":"nothing"}`, "", 1},
		"Quirk101 rows that are no object": {`["text",7,null]`, "null/0 null/1 null/2", 0},
		"Quirk101 an id that is no text":   {`[{"resource_id":7},{"resource_id":{"a":1}}]`, "null/0 null/1", 0},
		"rows of one id":                   {listOf(`{"resource_id":"a","x":2}`, `{"resource_id":"a","x":1}`), "a/0 a/1", 0},
		"none":                             {listOf(), "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			made, upstream := newInventory(t, map[string]string{"/InstanceData/ECS": test.answer}, nil)
			held, err := made.TenantInstances.Load(t.Context(), "", model.TenantInstanceTypeEcs, 0)
			if err != nil {
				t.Fatal(err)
			}
			var rows []string
			for _, row := range held.Value.All {
				rows = append(rows, shown(row.ResourceID)+"/"+shown(&row.Position))
			}
			if got := strings.Join(rows, " "); got != test.want || upstream.count("list") != test.counted {
				t.Errorf("rows %q, want %q; counted %d", got, test.want, upstream.count("list"))
			}
			t.Run("Quirk063 is asked without pages", func(t *testing.T) {
				if got := upstream.asked(); len(got) != 1 || strings.Contains(got[0], "?") {
					t.Errorf("asked %v", got)
				}
			})
		})
	}
	made, _ := newInventory(t, map[string]string{"/InstanceData/ECS": listOf(web)}, nil)
	held, err := made.TenantInstances.Load(t.Context(), "", model.TenantInstanceTypeEcs, 0)
	if err != nil {
		t.Fatal(err)
	}
	if row := held.Value.All[0]; string(row.Raw) != web || shown(row.RegionCode) != "cn-north-7" {
		t.Errorf("row %s in %s", row.Raw, shown(row.RegionCode))
	}
}

func TestSharedScreens(t *testing.T) {
	made, upstream := newInventory(t, map[string]string{
		"/data/any": "{ \"services\": [1, 2.50] }", "/data/empty": "204", "/data/login": "302",
	}, nil)
	got := made.Screens.Load(t.Context(), "", []string{"any", "empty", "login", "a/../b"}, 0)
	if screen := got["any"]; screen.Err != nil || string(screen.Held.Value.Data) != `{"services":[1,2.50]}` {
		t.Errorf("Quirk101 data as sent: %v %+v", screen.Err, screen.Held.Value)
	}
	if screen := got["empty"]; screen.Err != nil || string(screen.Held.Value.Data) != `{}` {
		t.Errorf("no data: %v %+v", screen.Err, screen.Held.Value)
	}
	t.Run("Quirk081 a redirect is not followed", func(t *testing.T) {
		if got["login"].Err == nil {
			t.Error("a share that wants a login has data")
		}
		for _, request := range upstream.asked() {
			if strings.Contains(request, "authui") {
				t.Errorf("asked %s", request)
			}
		}
	})
	if got["a/../b"].Err == nil || len(upstream.asked()) != 3 {
		t.Errorf("a share id that is none was sent: %v", upstream.asked())
	}
}
