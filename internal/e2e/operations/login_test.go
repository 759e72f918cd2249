package operations

import (
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// askServed asks a gateway with an address of its own, and is the status of the answer.
func askServed(t *testing.T, client *http.Client, served *kit.Served, method, path, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+served.Address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

// TestLoginAtStart: a gateway that serves has logged in before anybody asks, once, and no query waits for it.
func TestLoginAtStart(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	served := w.Serve(t, kit.FreeAddress(t))
	testkit.Eventually(t, "no login", func() bool { return w.Sim.Calls()["createToken"] == 1 })
	const hosts = `{"query": "{ hosts { totalCount } }"}`
	if status := askServed(t, w.Client, served, http.MethodPost, "/graphql", hosts); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if got := w.Sim.Calls(); got["createToken"] != 1 || got["listHostDetails"] != 1 {
		t.Errorf("calls %v, want one login and one list", got)
	}
}

// TestLoginAtStartFails: a login that fails, is refused or hangs neither stops the start nor delays it, and its end
// waits for none.
func TestLoginAtStartFails(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]map[string]any{
		"unavailable": {"operation": "createToken", "kind": "status", "status": 503},
		"refused":     {"operation": "createToken", "kind": "status", "status": 401},
		"hangs":       {"operation": "createToken", "kind": "hang"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
			w.Steer(t, http.MethodPut, "faults", []map[string]any{fault})
			served := w.Serve(t, kit.FreeAddress(t))
			if status := askServed(t, w.Client, served, http.MethodGet, "/healthz", ""); status != http.StatusOK {
				t.Errorf("status %d", status)
			}
			testkit.Eventually(t, "no login was tried", func() bool { return w.Sim.Calls()["createToken"] > 0 })
		})
	}
}

// TestNoLoginForCallersWithTokens: where callers have tokens of their own the gateway has none.
func TestNoLoginForCallersWithTokens(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	served := n.Serve(t, kit.FreeAddress(t), "OPSGRAPH_AUTH_MODE=passthrough")
	if status := askServed(t, n.Client, served, http.MethodGet, "/healthz", ""); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	served.Stop()
	if got := n.Sim.Calls()["createToken"]; got != 0 {
		t.Errorf("the gateway used its own credentials %d times", got)
	}
}
