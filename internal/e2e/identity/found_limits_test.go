package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_E4_FloorsCantBeMinted has one account log in twelve times and spend the scarce quota with twelve tokens
// that come without a domain id: another tenant still has its floor of the 60 calls, six.
func TestFound_E4_FloorsCantBeMinted(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"domain", "token"} {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			n := kit.NewTenants(t, kit.WorldSettings{Quota: "off"})
			r := n.Passthrough(t, "OPSGRAPH_AUTH_SCOPE="+scope)
			for range 12 {
				r.Ask(t, `{cloudServices(types: [EVS, OBS, EIP, RDS, VPN]) {capacity {total}}}`, "",
					http.Header{"X-Auth-Token": {n.Login(t, n.A.Account)}})
			}
			spent := 0
			for _, request := range n.Arrived() {
				if strings.Contains(request, "/v1/CloudService/capacity") {
					spent++
				}
			}
			if spent < 40 || spent > 54 {
				t.Errorf("the account spent %d of 60 calls: a floor of 6 is not its", spent)
			}
			got := r.Ask(t, `{cloudServices(types: [EVS, OBS, EIP, RDS, VPN]) {capacity {total}}}`, "", n.B.Header())
			if got.Status != http.StatusOK || len(got.Body.Errors) > 0 {
				t.Errorf("another tenant has no floor: %d %.300s", got.Status, got.Raw)
			}
		})
	}
}

// callersOf are headers of one tenant's callers, each with a token of its own; with or without a domain id.
func callersOf(t *testing.T, n *kit.Tenants, who *kit.Tenant, count int, domain bool) []http.Header {
	t.Helper()
	var headers []http.Header
	for range count {
		header := http.Header{"X-Auth-Token": {n.Login(t, who.Account)}}
		if domain {
			header.Set("X-Hcso-Domain-Id", who.Account.DomainID)
		}
		headers = append(headers, header)
	}
	return headers
}

// fleetOf starts replicas, which share a Redis where there are several.
func fleetOf(t *testing.T, n *kit.Tenants, replicas int, environ ...string) []*kit.Replica {
	t.Helper()
	if replicas > 1 {
		environ = append(environ, kit.WithRedis(redistest.Start(t))...)
	}
	var fleet []*kit.Replica
	for range replicas {
		fleet = append(fleet, n.Passthrough(t, environ...))
	}
	return fleet
}

// TestFound_E5_ConnectionsOfATenant opens WebSockets and event streams with several tokens of one tenant: together they
// have as many as a tenant may, on one replica and on two.
func TestFound_E5_ConnectionsOfATenant(t *testing.T) {
	t.Parallel()
	for _, replicas := range []int{1, 2} {
		for _, domain := range []bool{true, false} {
			t.Run(fmt.Sprintf("%d replicas, domain id %v", replicas, domain), func(t *testing.T) {
				t.Parallel()
				n := kit.NewTenants(t, kit.WorldSettings{})
				fleet := fleetOf(t, n, replicas, "OPSGRAPH_LIMITS_SOCKET_CONNECTIONS=4")
				callers := callersOf(t, n, n.A, 5, domain)
				at := func(i int) *kit.Replica { return fleet[i%replicas] }
				first := openAs(t, at(0), callers[0])
				openAs(t, at(1), callers[1])
				at(0).FollowAs(t, deviceAlarms, callers[2])
				at(1).FollowAs(t, deviceAlarms, callers[3])
				payload := map[string]string{"X-Auth-Token": callers[4].Get("X-Auth-Token")}
				if domain {
					payload["X-HCSO-Domain-Id"] = callers[4].Get("X-Hcso-Domain-Id")
				}
				begin := func(r *kit.Replica) *kit.Socket {
					text, err := json.Marshal(map[string]any{"type": "connection_init", "payload": payload})
					if err != nil {
						t.Fatal(err)
					}
					s := kit.OpenSocket(t, r.Server.URL+"/graphql", "none")
					s.Send(string(text))
					return s
				}
				for i := range 2 {
					begin(at(i)).WantClosed(4429)
					got := at(i).Ask(t, deviceAlarms, "", kit.With(callers[4], "Accept", "text/event-stream"))
					kit.WantRefused(t, got, http.StatusTooManyRequests, "RATE_LIMITED")
					openAs(t, at(i), n.B.Header()) // another tenant is not concerned
				}
				_ = first.Conn.CloseNow()
				testkit.Eventually(t, "a place that was left is not free", func() bool {
					m, err := begin(at(1)).Read()
					return err == nil && m.Type == "connection_ack"
				})
			})
		}
	}
}

// TestFound_E5_RatesOfATenant counts requests of two callers of one tenant, on one replica and on two: each caller has
// its own rate, and the tenant a higher one beside it.
func TestFound_E5_RatesOfATenant(t *testing.T) {
	t.Parallel()
	for _, replicas := range []int{1, 2} {
		t.Run(fmt.Sprintf("%d replicas", replicas), func(t *testing.T) {
			t.Parallel()
			n := kit.NewTenants(t, kit.WorldSettings{})
			fleet := fleetOf(t, n, replicas, "OPSGRAPH_CALLERS_RATE=0.01", "OPSGRAPH_CALLERS_BURST=3",
				"OPSGRAPH_CALLERS_TENANT_RATE=0.01", "OPSGRAPH_CALLERS_TENANT_BURST=5")
			callers := callersOf(t, n, n.A, 3, true)
			ask := func(i, caller, want int) {
				t.Helper()
				if got := fleet[i%replicas].Ask(t, `{__typename}`, "", callers[caller]); got.Status != want {
					t.Errorf("caller %d: %d, want %d: %s", caller, got.Status, want, got.Raw)
				}
			}
			for i := range 3 {
				ask(i, 0, http.StatusOK)
			}
			ask(0, 0, http.StatusTooManyRequests)
			ask(1, 0, http.StatusTooManyRequests)
			ask(0, 1, http.StatusOK) // one caller does not stop the others
			ask(1, 1, http.StatusOK)
			ask(0, 1, http.StatusTooManyRequests)
			ask(1, 2, http.StatusTooManyRequests)
			got := fleet[0].Ask(t, `{__typename}`, "", callers[2])
			kit.WantRefused(t, got, http.StatusTooManyRequests, "RATE_LIMITED")
			if got.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			kit.WantOwn(t, fleet[0].Ask(t, kit.EveryHost, "", n.B.Header()), n.B, n.A)
		})
	}
}

// TestFound_E5_OperationsOfATenant has operations hang on two replicas: they count together, for the caller and for its
// tenant.
func TestFound_E5_OperationsOfATenant(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	fleet := fleetOf(t, n, 2, "OPSGRAPH_CALLERS_OPERATIONS=2", "OPSGRAPH_CALLERS_TENANT_OPERATIONS=3",
		"OPSGRAPH_CALLERS_RATE=100000", "OPSGRAPH_CALLERS_BURST=100000")
	callers := callersOf(t, n, n.A, 3, true)
	n.Steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listDeviceAssets", "kind": "hang"}})
	ctx, leave := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer leave()
	hang := func(r *kit.Replica, header http.Header) {
		waiting.Go(func() {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Server.URL+"/graphql",
				strings.NewReader(kit.RequestBody(t, `{devices(first: 1) {totalCount}}`, "")))
			if err != nil {
				return
			}
			request.Header = kit.With(header, "Content-Type", "application/json")
			if response, err := r.Client.RoundTrip(request); err == nil {
				response.Body.Close()
			}
		})
	}
	full := func(r *kit.Replica, header http.Header) bool {
		got := r.Ask(t, `{__typename}`, "", header)
		return got.Status == http.StatusTooManyRequests && got.Code() == "RATE_LIMITED"
	}
	testkit.Eventually(t, "a third operation of one caller is let in", func() bool {
		hang(fleet[0], callers[0]) // again and again: the upstream's time-out ends it
		hang(fleet[1], callers[0])
		return full(fleet[0], callers[0]) && full(fleet[1], callers[0])
	})
	testkit.Eventually(t, "a fourth operation of one tenant is let in", func() bool {
		hang(fleet[0], callers[0])
		hang(fleet[1], callers[0])
		hang(fleet[1], callers[1])
		return full(fleet[0], callers[2])
	})
	kit.WantOwn(t, fleet[1].Ask(t, kit.EveryHost, "", n.B.Header()), n.B, n.A)
	n.Steer(t, http.MethodDelete, "faults", nil)
}

// TestFound_E5_LimitsWithoutRedis freezes and ends the Redis of two replicas: each goes by its own count, and no
// request is broken.
func TestFound_E5_LimitsWithoutRedis(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	server := redistest.Start(t)
	environ := append(kit.WithRedis(server), "OPSGRAPH_REDIS_TIMEOUT=50ms", "OPSGRAPH_CALLERS_RATE=0.01",
		"OPSGRAPH_CALLERS_BURST=20")
	first, second := n.Passthrough(t, environ...), n.Passthrough(t, environ...)
	ask := func(r *kit.Replica, header http.Header, times int) {
		t.Helper()
		for range times {
			if got := r.Ask(t, `{__typename}`, "", header); got.Status != http.StatusOK {
				t.Fatalf("got %d %s", got.Status, got.Raw)
			}
		}
		kit.WantRefused(t, r.Ask(t, `{__typename}`, "", header), http.StatusTooManyRequests, "RATE_LIMITED")
	}
	callers := callersOf(t, n, n.A, 2, true)
	for _, header := range callers { // accepted before: a check of the token takes from the quota, which Redis counts
		kit.WantOwn(t, first.Ask(t, kit.EveryHost, "", header), n.A, n.B)
		kit.WantOwn(t, second.Ask(t, kit.EveryHost, "", header), n.A, n.B)
	}
	for i, end := range []func(){server.Pause, func() { server.Resume(); server.Kill() }} {
		end()
		ask(first, callers[i], 19)
		ask(second, callers[i], 19)
	}
}
