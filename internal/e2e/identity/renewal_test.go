package identity

import (
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestAcceptanceIsRenewed has a caller send requests regularly: in the last quarter of the acceptance the upstream is
// asked again in the background, and the caller neither waits for that nor notices a short outage of the upstream.
func TestAcceptanceIsRenewed(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, "OPSGRAPH_AGES_HOSTS_FRESH=9m") // nothing is refreshed meanwhile
	ask := func(want int) {
		t.Helper()
		kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
		testkit.Eventually(t, "the checks are others", func() bool { return n.Checks() == want })
	}
	ask(1)
	n.Clock.Advance(44 * time.Second)
	ask(1)
	n.Clock.Advance(2 * time.Second)
	n.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 404}})
	ask(2) // in vain
	ask(2) // and not again at once
	n.Steer(t, http.MethodDelete, "faults", nil)
	n.Clock.Advance(2 * time.Second)
	ask(3)
	n.Clock.Advance(40 * time.Second) // 88 s after the first acceptance, 40 s after the second
	ask(3)
	n.Revoke(t, n.A)
	n.Clock.Advance(6 * time.Second)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	testkit.Eventually(t, "a revoked token is still let in", func() bool {
		// before its time is over: the renewal has shown
		return r.Ask(t, kit.EveryHost, "", n.A.Header()).Status == http.StatusUnauthorized
	})
}

// TestOutageIsAskedOnce has many ask with a token while the upstream can't be asked about it: they get an error, with
// few checks, and not that they try out tokens.
func TestOutageIsAskedOnce(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, "OPSGRAPH_CALLERS_CHECKS=1", "OPSGRAPH_CALLERS_CHECK_BURST=3")
	n.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 404}})
	for range 20 {
		kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), http.StatusBadGateway, "UPSTREAM_BAD_RESPONSE")
	}
	if got := n.Checks(); got != 1 {
		t.Errorf("%d checks, want 1", got)
	}
	n.Steer(t, http.MethodDelete, "faults", nil)
	n.Clock.Advance(time.Second)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
}
