package identity

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

func TestHostile_noToken_H147(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B) // there is something to read
	n.Forget()
	for name, header := range map[string]http.Header{
		"nothing":                {},
		"empty token":            {"X-Auth-Token": {""}},
		"domain id alone":        {"X-Hcso-Domain-Id": {n.A.Account.DomainID}},
		"token as authorization": {"Authorization": {"Bearer " + n.A.Token}, "X-Hcso-Domain-Id": {n.A.Account.DomainID}},
	} {
		got := r.Ask(t, kit.EveryHost, "", header)
		kit.WantRefused(t, got, http.StatusUnauthorized, "UNAUTHENTICATED")
		if got.Header.Get("WWW-Authenticate") != `X-Auth-Token realm="opsgraph"` {
			t.Errorf("%s: WWW-Authenticate is %q", name, got.Header.Get("WWW-Authenticate"))
		}
		if got.Header.Get("ETag") != "" || !strings.Contains(got.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: the refusal may be kept: %v", name, got.Header)
		}
	}
	if calls := n.Arrived(); len(calls) > 0 {
		t.Errorf("calls were made for nobody: %v", calls)
	}
}

func TestHostile_malformedToken_H148(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	for name, test := range map[string]struct {
		header http.Header
		status int
	}{
		"H-148 20 KB":      {http.Header{"X-Auth-Token": {strings.Repeat("CANARY", 3400)}}, 401},
		"H-148 40 KB":      {http.Header{"X-Auth-Token": {strings.Repeat("CANARY", 6800)}}, 401},
		"H-148 two tokens": {http.Header{"X-Auth-Token": {"CANARY1", "CANARY2"}}, 400},
		"H-148 two domain ids": {http.Header{
			"X-Auth-Token":     {n.A.Token},
			"X-Hcso-Domain-Id": {"CANARY1", n.A.Account.DomainID},
		}, 400},
		"H-148 blank inside":        {http.Header{"X-Auth-Token": {"CANARY CANARY"}}, 401},
		"H-148 tab":                 {http.Header{"X-Auth-Token": {"CANARY\tCANARY"}}, 401},
		"H-148 not ASCII":           {http.Header{"X-Auth-Token": {"CANARY\xe9"}}, 401},
		"H-148 domain id is a path": {http.Header{"X-Auth-Token": {n.A.Token}, "X-Hcso-Domain-Id": {"../CANARY"}}, 400},
		"H-148 empty domain id":     {http.Header{"X-Auth-Token": {n.A.Token}, "X-Hcso-Domain-Id": {""}}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.Ask(t, kit.EveryHost, "", test.header)
			if got.Status != test.status || strings.Contains(got.Raw, `"data"`) || strings.Contains(got.Raw, "CANARY") {
				t.Errorf("got %d, want %d: %.300s", got.Status, test.status, got.Raw)
			}
		})
	}
	if strings.Contains(r.Log.String(), "CANARY") {
		t.Error("the log has a token")
	}
}

func TestHostile_tokenWithAnothersDomain_H150(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.B.Header()), n.B, n.A)
	mixed := kit.With(n.A.Header(), "X-HCSO-Domain-Id", n.B.Account.DomainID)
	for range 2 { // the second time from memory
		kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", mixed), http.StatusForbidden, "FORBIDDEN")
	}
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", kit.With(n.A.Header(), "X-Tenant-Id", n.B.Account.DomainID)), n.A, n.B)
}

func TestHostile_sameQueryOfAnother_H151(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	for range 2 {
		kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
		kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.B.Header()), n.B, n.A)
	}
	if got := n.Lists(); got != 2 {
		t.Errorf("%d lists were read, want one for each tenant", got)
	}
	if got := n.Checks(); got != 2 {
		t.Errorf("%d checks were made, want one for each tenant", got)
	}
	if got := n.Sim.Calls()["createToken"]; got != 0 {
		t.Errorf("the gateway used its own credentials %d times", got)
	}
}

// TestTenantsAtOnce proves that two tenants who ask the same at the same moment on a cold cache share neither a call
// nor an answer, and that all callers of one tenant share both.
func TestTenantsAtOnce(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	n.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listHostDetails", "kind": "latency", "latencyMs": 100}})
	kit.Together(40, func(i int) {
		own, other := n.A, n.B
		if i%2 == 1 {
			own, other = other, own
		}
		kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", own.Header()), own, other)
	})
	if checks, lists := n.Checks(), n.Lists(); checks != 2 || lists != 2 {
		t.Errorf("%d checks and %d lists, want two of each", checks, lists)
	}
}

// TestHostile_revokedToken_H154 moves the clock: kept data are answered within the set time, not after it.
func TestHostile_revokedToken_H154(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, "OPSGRAPH_AGES_HOSTS_FRESH=9m") // nothing is refreshed meanwhile
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	n.Revoke(t, n.A)
	n.Clock.Advance(59 * time.Second)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	n.Clock.Advance(time.Second)
	kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), http.StatusUnauthorized, "UNAUTHENTICATED")
	// A new token of the same tenant reads what is kept.
	n.A.Token = n.Login(t, n.A.Account)
	lists := n.Lists()
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	if n.Lists() != lists {
		t.Error("a new token of the tenant emptied its cache")
	}
}

// TestRefusedInTheMiddle has the upstream refuse a token between the check and a call of the operation.
func TestRefusedInTheMiddle(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	n.Revoke(t, n.A)
	got := r.Ask(t, `{hosts(first: 100) {nodes {hostId}} alarms(first: 1) {totalCount}}`, "", n.A.Header())
	if got.Status != http.StatusOK || got.Code() != "UNAUTHENTICATED" || !strings.Contains(got.Raw, `"alarms":null`) {
		t.Errorf("got %d %s: %.300s", got.Status, got.Code(), got.Raw)
	}
	kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), http.StatusUnauthorized, "UNAUTHENTICATED")
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.B.Header()), n.B, n.A)
}

// TestOldDataAreNotForTheRefused has data past their age, and a caller who is refused while they are refreshed.
func TestOldDataAreNotForTheRefused(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, "OPSGRAPH_AUTH_ACCEPTED_FOR=1h")
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	n.Revoke(t, n.A)
	n.Clock.Advance(11 * time.Minute)
	got := r.Ask(t, kit.EveryHost, "", n.A.Header())
	if got.Code() != "UNAUTHENTICATED" {
		t.Errorf("got %d %s: %.300s", got.Status, got.Code(), got.Raw)
	}
	kit.WantNothingOf(t, got, n.A)
}

func TestRefusalIsRemembered(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	unknown := kit.With(n.A.Header(), "X-Auth-Token", "MIIFunknown")
	ask := func(want int) {
		t.Helper()
		kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", unknown), http.StatusUnauthorized, "UNAUTHENTICATED")
		if got := n.Checks(); got != want {
			t.Errorf("%d checks, want %d", got, want)
		}
	}
	ask(1)
	ask(1)
	n.Clock.Advance(10 * time.Second)
	ask(2)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
}

// TestOutageIsNoRefusal has the upstream away, which makes no token invalid.
func TestOutageIsNoRefusal(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	n.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 503}})
	got := r.Ask(t, kit.EveryHost, "", n.A.Header())
	kit.WantRefused(t, got, http.StatusServiceUnavailable, "UPSTREAM_UNAVAILABLE")
	if got.Header.Get("Retry-After") == "" || got.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("headers %v", got.Header)
	}
	n.Steer(t, http.MethodDelete, "faults", nil)
	testkit.Eventually(t, "the caller stays refused", func() bool {
		n.Clock.Advance(time.Second)
		return r.Ask(t, kit.EveryHost, "", n.A.Header()).Status == http.StatusOK
	})
}

// TestChecksAreBounded has one address try tokens.
func TestChecksAreBounded(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, "OPSGRAPH_CALLERS_CHECKS=1", "OPSGRAPH_CALLERS_CHECK_BURST=3")
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	n.Forget()
	for i := range 6 {
		got := r.Ask(t, kit.EveryHost, "", kit.With(n.A.Header(), "X-Auth-Token", "MIIF"+strings.Repeat("x", i)))
		if i < 2 {
			kit.WantRefused(t, got, http.StatusUnauthorized, "UNAUTHENTICATED")
			continue
		}
		kit.WantRefused(t, got, http.StatusTooManyRequests, "RATE_LIMITED")
		if got.Header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After is %q", got.Header.Get("Retry-After"))
		}
	}
	if got := n.Checks(); got != 2 {
		t.Errorf("%d checks, want 2", got)
	}
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B) // who is known needs no check
}

// TestWithoutDomainID has callers of a site where the domain id is optional: each token is a scope of its own.
func TestWithoutDomainID(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	for _, who := range []*kit.Tenant{n.A, n.B} {
		other := map[*kit.Tenant]*kit.Tenant{n.A: n.B, n.B: n.A}[who]
		kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", http.Header{"X-Auth-Token": {who.Token}}), who, other)
		kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", who.Header()), who, other)
	}
	if got := n.Lists(); got != 4 {
		t.Errorf("%d lists were read: what came without a domain id was shared with what came with one", got)
	}
	for _, header := range n.SentHeaders() {
		if header.Get("X-Hcso-Domainid") == simulator.DemoHCSODomain {
			t.Error("the gateway's own domain id went out")
		}
	}
}

// TestScopeOfTokens proves that with auth.scope token two tokens of one tenant share nothing.
func TestScopeOfTokens(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, "OPSGRAPH_AUTH_SCOPE=token")
	second := *n.A
	second.Token = n.Login(t, n.A.Account)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", second.Header()), n.A, n.B)
	if got := n.Lists(); got != 2 {
		t.Errorf("%d lists were read, want one for each token", got)
	}
}

// TestCallersTokensGoUpstream proves what each system gets: the caller's token, its domain id, and the gateway's
// AppCodes.
func TestCallersTokensGoUpstream(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	const document = `mutation {
		meter: createMeterJob(input: {}) {meterJob {domainId} userErrors {message}}
		asp: collectAspReport(input: {instanceId: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", from: "2026-11-21T08:00:00Z", to: "2026-11-21T09:00:00Z"}) {
			aspReportJob {jobId} userErrors {field message}
		}
		export: exportUserUsage(input: {from: "2026-11-20T08:00:00Z", to: "2026-11-21T09:00:00Z"}) {usageExportJob {jobId} userErrors {field message}}
		own: exportUserUsage(input: {projectId: "` + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" + `", from: "2026-11-20T08:00:00Z", to: "2026-11-21T09:00:00Z"}) {
			usageExportJob {jobId} userErrors {field message}
		}
		other: exportUserUsage(input: {projectId: "` + "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" + `", from: "2026-11-20T08:00:00Z", to: "2026-11-21T09:00:00Z"}) {
			usageExportJob {jobId}
		}
	}`
	got := r.Ask(t, document, "", n.A.Header())
	for _, want := range []string{
		`"meter":{"meterJob":{"domainId":"anna-domain"},"userErrors":[]}`,
		`"asp":{"aspReportJob":null,"userErrors":[{"field":["input","projectId"],"message":"The project of the token is not known; give projectId."}]}`,
		`"export":{"usageExportJob":null,"userErrors":[{"field":["input","projectId"],"message":"The project of the token is not known; give projectId."}]}`,
		`"own":{"usageExportJob":{"jobId":"`, `"other":null`, `"code":"FORBIDDEN"`,
	} {
		if !strings.Contains(got.Raw, want) {
			t.Errorf("the answer lacks %s", want)
		}
	}
	if t.Failed() {
		t.Logf("answer: %.1500s", got.Raw)
	}
	for i, header := range n.SentHeaders() {
		if header.Get("X-Auth-Token") != n.A.Token {
			t.Errorf("%s went out without the caller's token", n.Arrived()[i])
		}
	}
	if !slices.ContainsFunc(n.Arrived(),
		func(call string) bool { return strings.Contains(call, "/meter/v1/anna-domain/") }) {
		t.Errorf("no meter job of the caller's domain: %v", n.Arrived())
	}
}
