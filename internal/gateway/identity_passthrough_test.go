package gateway_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

func TestHostile_noToken_H147(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b) // there is something to read
	n.forget()
	for name, header := range map[string]http.Header{
		"nothing":                {},
		"empty token":            {"X-Auth-Token": {""}},
		"domain id alone":        {"X-Hcso-Domain-Id": {n.a.account.DomainID}},
		"token as authorization": {"Authorization": {"Bearer " + n.a.token}, "X-Hcso-Domain-Id": {n.a.account.DomainID}},
	} {
		got := r.ask(t, everyHost, "", header)
		wantRefused(t, got, http.StatusUnauthorized, "UNAUTHENTICATED")
		if got.header.Get("WWW-Authenticate") != `X-Auth-Token realm="opsgraph"` {
			t.Errorf("%s: WWW-Authenticate is %q", name, got.header.Get("WWW-Authenticate"))
		}
		if got.header.Get("ETag") != "" || !strings.Contains(got.header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: the refusal may be kept: %v", name, got.header)
		}
	}
	if calls := n.arrived(); len(calls) > 0 {
		t.Errorf("calls were made for nobody: %v", calls)
	}
}

func TestHostile_malformedToken_H148(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	for name, test := range map[string]struct {
		header http.Header
		status int
	}{
		"H-148 20 KB":               {http.Header{"X-Auth-Token": {strings.Repeat("CANARY", 3400)}}, 401},
		"H-148 40 KB":               {http.Header{"X-Auth-Token": {strings.Repeat("CANARY", 6800)}}, 401},
		"H-148 two tokens":          {http.Header{"X-Auth-Token": {"CANARY1", "CANARY2"}}, 400},
		"H-148 two domain ids":      {http.Header{"X-Auth-Token": {n.a.token}, "X-Hcso-Domain-Id": {"CANARY1", n.a.account.DomainID}}, 400},
		"H-148 blank inside":        {http.Header{"X-Auth-Token": {"CANARY CANARY"}}, 401},
		"H-148 tab":                 {http.Header{"X-Auth-Token": {"CANARY\tCANARY"}}, 401},
		"H-148 not ASCII":           {http.Header{"X-Auth-Token": {"CANARY\xe9"}}, 401},
		"H-148 domain id is a path": {http.Header{"X-Auth-Token": {n.a.token}, "X-Hcso-Domain-Id": {"../CANARY"}}, 400},
		"H-148 empty domain id":     {http.Header{"X-Auth-Token": {n.a.token}, "X-Hcso-Domain-Id": {""}}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.ask(t, everyHost, "", test.header)
			if got.status != test.status || strings.Contains(got.raw, `"data"`) || strings.Contains(got.raw, "CANARY") {
				t.Errorf("got %d, want %d: %.300s", got.status, test.status, got.raw)
			}
		})
	}
	if strings.Contains(r.log.String(), "CANARY") {
		t.Error("the log has a token")
	}
}

func TestHostile_tokenWithAnothersDomain_H150(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	wantOwn(t, r.ask(t, everyHost, "", n.b.header()), n.b, n.a)
	mixed := with(n.a.header(), "X-HCSO-Domain-Id", n.b.account.DomainID)
	for range 2 { // the second time from memory
		wantRefused(t, r.ask(t, everyHost, "", mixed), http.StatusForbidden, "FORBIDDEN")
	}
	wantOwn(t, r.ask(t, everyHost, "", with(n.a.header(), "X-Tenant-Id", n.b.account.DomainID)), n.a, n.b)
}

func TestHostile_sameQueryOfAnother_H151(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	for range 2 {
		wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
		wantOwn(t, r.ask(t, everyHost, "", n.b.header()), n.b, n.a)
	}
	if got := n.lists(); got != 2 {
		t.Errorf("%d lists were read, want one for each tenant", got)
	}
	if got := n.checks(); got != 2 {
		t.Errorf("%d checks were made, want one for each tenant", got)
	}
	if got := n.sim.Calls()["createToken"]; got != 0 {
		t.Errorf("the gateway used its own credentials %d times", got)
	}
}

// TestTenantsAtOnce proves that two tenants who ask the same at the same moment on a cold cache share neither a call nor an answer, and
// that all callers of one tenant share both.
func TestTenantsAtOnce(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	n.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listHostDetails", "kind": "latency", "latencyMs": 100}})
	together(40, func(i int) {
		own, other := n.a, n.b
		if i%2 == 1 {
			own, other = other, own
		}
		wantOwn(t, r.ask(t, everyHost, "", own.header()), own, other)
	})
	if checks, lists := n.checks(), n.lists(); checks != 2 || lists != 2 {
		t.Errorf("%d checks and %d lists, want two of each", checks, lists)
	}
}

// TestHostile_revokedToken_H154 moves the clock: kept data are answered within the set time, not after it.
func TestHostile_revokedToken_H154(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t, "OPSGRAPH_AGES_HOSTS_FRESH=9m") // nothing is refreshed meanwhile
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
	n.revoke(t, n.a)
	n.clock.Advance(59 * time.Second)
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
	n.clock.Advance(time.Second)
	wantRefused(t, r.ask(t, everyHost, "", n.a.header()), http.StatusUnauthorized, "UNAUTHENTICATED")
	// A new token of the same tenant reads what is kept.
	n.a.token = n.login(t, n.a.account)
	lists := n.lists()
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
	if n.lists() != lists {
		t.Error("a new token of the tenant emptied its cache")
	}
}

// TestRefusedInTheMiddle has the upstream refuse a token between the check and a call of the operation.
func TestRefusedInTheMiddle(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
	n.revoke(t, n.a)
	got := r.ask(t, `{hosts(first: 100) {nodes {hostId}} alarms(first: 1) {totalCount}}`, "", n.a.header())
	if got.status != http.StatusOK || got.code() != "UNAUTHENTICATED" || !strings.Contains(got.raw, `"alarms":null`) {
		t.Errorf("got %d %s: %.300s", got.status, got.code(), got.raw)
	}
	wantRefused(t, r.ask(t, everyHost, "", n.a.header()), http.StatusUnauthorized, "UNAUTHENTICATED")
	wantOwn(t, r.ask(t, everyHost, "", n.b.header()), n.b, n.a)
}

// TestOldDataAreNotForTheRefused has data past their age and a caller whom the upstream refuses while they are refreshed.
func TestOldDataAreNotForTheRefused(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t, "OPSGRAPH_AUTH_ACCEPTED_FOR=1h")
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
	n.revoke(t, n.a)
	n.clock.Advance(11 * time.Minute)
	got := r.ask(t, everyHost, "", n.a.header())
	if got.code() != "UNAUTHENTICATED" {
		t.Errorf("got %d %s: %.300s", got.status, got.code(), got.raw)
	}
	wantNothingOf(t, got, n.a)
}

func TestRefusalIsRemembered(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	unknown := with(n.a.header(), "X-Auth-Token", "MIIFunknown")
	ask := func(want int) {
		t.Helper()
		wantRefused(t, r.ask(t, everyHost, "", unknown), http.StatusUnauthorized, "UNAUTHENTICATED")
		if got := n.checks(); got != want {
			t.Errorf("%d checks, want %d", got, want)
		}
	}
	ask(1)
	ask(1)
	n.clock.Advance(10 * time.Second)
	ask(2)
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
}

// TestOutageIsNoRefusal has the upstream away: that says nothing about a token.
func TestOutageIsNoRefusal(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	n.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 503}})
	got := r.ask(t, everyHost, "", n.a.header())
	wantRefused(t, got, http.StatusServiceUnavailable, "UPSTREAM_UNAVAILABLE")
	if got.header.Get("Retry-After") == "" || got.header.Get("WWW-Authenticate") != "" {
		t.Errorf("headers %v", got.header)
	}
	n.steer(t, http.MethodDelete, "faults", nil)
	testkit.Eventually(t, "the caller stays refused", func() bool {
		n.clock.Advance(time.Second)
		return r.ask(t, everyHost, "", n.a.header()).status == http.StatusOK
	})
}

// TestChecksAreBounded has one address try tokens.
func TestChecksAreBounded(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t, "OPSGRAPH_CALLERS_CHECKS=1", "OPSGRAPH_CALLERS_CHECK_BURST=3")
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
	n.forget()
	for i := range 6 {
		got := r.ask(t, everyHost, "", with(n.a.header(), "X-Auth-Token", "MIIF"+strings.Repeat("x", i)))
		if i < 2 {
			wantRefused(t, got, http.StatusUnauthorized, "UNAUTHENTICATED")
			continue
		}
		wantRefused(t, got, http.StatusTooManyRequests, "RATE_LIMITED")
		if got.header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
		}
	}
	if got := n.checks(); got != 2 {
		t.Errorf("%d checks, want 2", got)
	}
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b) // who is known needs no check
}

// TestWithoutDomainID has callers of a site where the domain id is optional: each token is a scope of its own.
func TestWithoutDomainID(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
	for _, who := range []*tenant{n.a, n.b} {
		other := map[*tenant]*tenant{n.a: n.b, n.b: n.a}[who]
		wantOwn(t, r.ask(t, everyHost, "", http.Header{"X-Auth-Token": {who.token}}), who, other)
		wantOwn(t, r.ask(t, everyHost, "", who.header()), who, other)
	}
	if got := n.lists(); got != 4 {
		t.Errorf("%d lists were read: what came without a domain id was shared with what came with one", got)
	}
	for _, header := range n.sentHeaders() {
		if header.Get("X-Hcso-Domainid") == simulator.DemoHCSODomain {
			t.Error("the gateway's own domain id went out")
		}
	}
}

// TestScopeOfTokens proves that with auth.scope token two tokens of one tenant share nothing.
func TestScopeOfTokens(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t, "OPSGRAPH_AUTH_SCOPE=token")
	second := *n.a
	second.token = n.login(t, n.a.account)
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
	wantOwn(t, r.ask(t, everyHost, "", second.header()), n.a, n.b)
	if got := n.lists(); got != 2 {
		t.Errorf("%d lists were read, want one for each token", got)
	}
}

// TestCallersTokensGoUpstream proves what each system gets: the caller's token, its domain id, and the gateway's AppCodes.
func TestCallersTokensGoUpstream(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t)
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
	got := r.ask(t, document, "", n.a.header())
	for _, want := range []string{
		`"meter":{"meterJob":{"domainId":"anna-domain"},"userErrors":[]}`,
		`"asp":{"aspReportJob":null,"userErrors":[{"field":["input","projectId"],"message":"The project of the token is not known; give projectId."}]}`,
		`"export":{"usageExportJob":null,"userErrors":[{"field":["input","projectId"],"message":"The project of the token is not known; give projectId."}]}`,
		`"own":{"usageExportJob":{"jobId":"`, `"other":null`, `"code":"FORBIDDEN"`,
	} {
		if !strings.Contains(got.raw, want) {
			t.Errorf("the answer lacks %s", want)
		}
	}
	if t.Failed() {
		t.Logf("answer: %.1500s", got.raw)
	}
	billing := r.ask(t, `{payPerUseResources(customerId: "anna-domain", first: 1) {nodes {resourceId}}}`, "", n.a.header())
	if billing.code() != "FORBIDDEN" {
		t.Errorf("billing with a project's token: %.300s", billing.raw)
	}
	for i, header := range n.sentHeaders() {
		if header.Get("X-Auth-Token") != n.a.token {
			t.Errorf("%s went out without the caller's token", n.arrived()[i])
		}
	}
	if !slices.ContainsFunc(n.arrived(), func(call string) bool { return strings.Contains(call, "/meter/v1/anna-domain/") }) {
		t.Errorf("no meter job of the caller's domain: %v", n.arrived())
	}
}
