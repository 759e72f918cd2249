package gateway_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestAcceptanceIsRenewed has a caller go on asking: the upstream is asked again behind a request in the last quarter of the acceptance, and
// the caller neither waits for that nor notices that the upstream is away for a moment.
func TestAcceptanceIsRenewed(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t, "OPSGRAPH_AGES_HOSTS_FRESH=9m") // nothing is refreshed meanwhile
	ask := func(want int) {
		t.Helper()
		wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
		testkit.Eventually(t, "the checks are others", func() bool { return n.checks() == want })
	}
	ask(1)
	n.clock.Advance(44 * time.Second)
	ask(1)
	n.clock.Advance(2 * time.Second)
	n.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 404}})
	ask(2) // in vain
	ask(2) // and not again at once
	n.steer(t, http.MethodDelete, "faults", nil)
	n.clock.Advance(2 * time.Second)
	ask(3)
	n.clock.Advance(40 * time.Second) // 88 s after the first acceptance, 40 s after the second
	ask(3)
	n.revoke(t, n.a)
	n.clock.Advance(6 * time.Second)
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
	testkit.Eventually(t, "a revoked token is still let in", func() bool {
		return r.ask(t, everyHost, "", n.a.header()).status == http.StatusUnauthorized // before its time is over: the renewal has told
	})
}

// TestOutageIsAskedOnce has many ask with a token while the upstream can't be asked about it: they are told so, with few checks, and not that
// they try out tokens.
func TestOutageIsAskedOnce(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t, "OPSGRAPH_CALLERS_CHECKS=1", "OPSGRAPH_CALLERS_CHECK_BURST=3")
	n.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 404}})
	for range 20 {
		wantRefused(t, r.ask(t, everyHost, "", n.a.header()), http.StatusBadGateway, "UPSTREAM_BAD_RESPONSE")
	}
	if got := n.checks(); got != 1 {
		t.Errorf("%d checks, want 1", got)
	}
	n.steer(t, http.MethodDelete, "faults", nil)
	n.clock.Advance(time.Second)
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
}
