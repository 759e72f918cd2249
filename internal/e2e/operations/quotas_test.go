package operations

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// quotaOf is what the field upstream reports of the quota of an operation.
func quotaOf(t *testing.T, r *kit.Replica, operation string) (name string, left int) {
	t.Helper()
	operations := kit.Answered[struct {
		Upstream struct {
			Operations []struct {
				Name  string
				Quota *struct {
					Name string
					Left int
				}
			}
		}
	}](t, r, `{ upstream { operations { name quota { name left } } } }`, "").Upstream.Operations
	for _, one := range operations {
		if one.Name == operation && one.Quota != nil {
			return one.Quota.Name, one.Quota.Left
		}
	}
	t.Fatalf("no quota of %s", operation)
	return "", 0
}

// TestHostsUnderAQuotaOfTheirOwn gives listHostDetails 60 calls a minute. Without a list in memory, hosts by id are
// read in the way that costs fewer calls, with the same answer either way.
func TestHostsUnderAQuotaOfTheirOwn(t *testing.T) {
	for _, test := range []struct {
		name     string
		hosts    int
		pageSize string
		spent    int // of the 60, before the question, beside the first list
		asked    int
		calls    int
	}{
		{"10 left, 40 asked: one scan", 50, "500", 49, 40, 1},
		{"59 left, 2 asked, a list of one page: one scan", 200, "500", 0, 2, 1},
		{"49 left, 2 asked, a list of eleven pages: one by one", 200, "20", 0, 2, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := kit.NewWorld(t, kit.WorldSettings{Hosts: test.hosts, Regions: 3})
			r := w.StartGateway(t, "", "OPSGRAPH_QUOTA_OPERATIONS=listHostDetails=60/1m",
				"OPSGRAPH_UPSTREAM_PAGE_SIZE="+test.pageSize,
				"OPSGRAPH_AGES_HOSTS_FRESH=1s", "OPSGRAPH_AGES_HOSTS_STALE=1s", "OPSGRAPH_AGES_HOSTS_DEAD=1s")
			type host struct{ ID, HostID, Name string }
			all := kit.Answered[struct {
				Hosts struct{ Nodes []host }
			}](t, r, fmt.Sprintf(`{ hosts(first: %d) { nodes { id hostId name } } }`, test.asked), "").Hosts.Nodes
			w.Clock.Advance(2 * time.Minute)
			for range test.spent {
				r.Ask(t, askHosts, "", nil)
				w.Clock.Advance(1100 * time.Millisecond)
			}
			before := w.Sim.Calls()["listHostDetails"]
			if name, left := quotaOf(t, r, "listHostDetails"); name != "listHostDetails-minute" || left != 60-before {
				t.Fatalf("quota %s, %d left, want %d", name, left, 60-before)
			}
			ids := make([]string, len(all))
			for i := range all {
				ids[i] = all[i].ID
			}
			variables, err := json.Marshal(map[string]any{"ids": ids})
			if err != nil {
				t.Fatal(err)
			}
			got := kit.Answered[struct{ Nodes []host }](t, r,
				`query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Host { hostId name } } }`, string(variables)).Nodes
			if fmt.Sprint(got) != fmt.Sprint(all) {
				t.Errorf("hosts differ:\n%v\n%v", got, all)
			}
			if calls := w.Sim.Calls()["listHostDetails"] - before; calls != test.calls {
				t.Errorf("%d calls, want %d", calls, test.calls)
			}
			if name, left := quotaOf(t, r, "listDeviceAlarms"); name != "esm-minute" || left != 60 {
				t.Errorf("quota of another operation: %s, %d left", name, left)
			}
		})
	}
}

func TestAQuotaOfNoOperationIsRefused(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	cfg, err := config.Load("", append(w.Environment(), "OPSGRAPH_QUOTA_OPERATIONS=listHostDetail=60/1m"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := gateway.New(t.Context(), cfg, gateway.Dependencies{Version: "test"})
	if err == nil {
		err = errors.Join(errors.New("it starts"), g.Close())
	}
	if !strings.Contains(err.Error(), "OPSGRAPH_QUOTA_OPERATIONS") ||
		!strings.Contains(err.Error(), "listHostDetail is no operation") {
		t.Errorf("error = %v", err)
	}
}

// TestAppCodesAreCountedApart: gateways on one Redis share the count of a quota where they have the same AppCode, by
// which the upstream counts.
func TestAppCodesAreCountedApart(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 3})
	environ := []string{"OPSGRAPH_REDIS_URL=" + redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s"}
	one, same := w.StartGateway(t, "", environ...), w.StartGateway(t, "", environ...)
	other := w.StartGateway(t, "", append(environ, "OPSGRAPH_ESM_APPCODE=another-appcode")...)
	if got := one.Ask(t, askAlarms, "", nil); got.Code() != "" {
		t.Fatalf("%.400s", got.Raw)
	}
	for name, want := range map[string]struct {
		r    *kit.Replica
		left int
	}{"the same AppCode": {same, 58}, "another AppCode": {other, 60}} {
		testkit.Eventually(t, name+": not what is left", func() bool {
			_, left := quotaOf(t, want.r, "listDeviceAlarms")
			return left == want.left
		})
	}
}

// TestPeopleHaveTheRestOfAQuota spends the background's part of a quota. A query for newer data gets them from the
// rest, whether the refresh in the background was refused or waits.
func TestPeopleHaveTheRestOfAQuota(t *testing.T) {
	for name, environ := range map[string][]string{
		"alone":  nil,
		"shared": {"OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if environ != nil {
				environ = append(environ, "OPSGRAPH_REDIS_URL="+redistest.Start(t).URL())
			}
			w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
			r := w.StartGateway(t, "",
				append(environ, "OPSGRAPH_QUOTA_OPERATIONS=listHostDetails=8/1m", "OPSGRAPH_QUOTA_BACKGROUND_SHARE=0.125",
					"OPSGRAPH_AGES_HOSTS_FRESH=1s", "OPSGRAPH_AGES_HOSTS_STALE=10m", "OPSGRAPH_AGES_HOSTS_DEAD=1h")...)
			calls := func() int { return w.Sim.Calls()["listHostDetails"] }
			r.Ask(t, askHosts, "", nil)
			testkit.Eventually(t, "the one refresh in the background", func() bool {
				w.Clock.Advance(2 * time.Second) // more than once, if the first list is on its way to Redis still
				r.Ask(t, askHosts, "", nil)
				return calls() == 2
			})
			w.Clock.Advance(2 * time.Second)
			if stale := r.Ask(t, askHosts, "", nil); !strings.Contains(stale.Raw, `"stale":true`) {
				t.Fatalf("%.400s", stale.Raw)
			}
			answer := r.Ask(t, askHosts, "", http.Header{"X-Opsgraph-Max-Age": {"1"}})
			if answer.Code() != "" || !strings.Contains(answer.Raw, `"stale":false`) || calls() != 3 {
				t.Errorf("%d calls, want 3: %.400s", calls(), answer.Raw)
			}
		})
	}
}
