package gateway_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// tenant is an account of the upstream with a token of its user and what only it may see.
type tenant struct {
	account simulator.Account
	token   string
	hosts   []string // ids of its hosts
}

// header is what the tenant's requests carry.
func (n *tenant) header() http.Header {
	return http.Header{"X-Auth-Token": {n.token}, "X-Hcso-Domain-Id": {n.account.DomainID}}
}

// with is a header and more.
func with(header http.Header, pairs ...string) http.Header {
	header = header.Clone()
	for i := 0; i < len(pairs); i += 2 {
		header.Set(pairs[i], pairs[i+1])
	}
	return header
}

func account(name string, seed uint64) simulator.Account {
	return simulator.Account{
		User: name, Password: name + "-word", Domain: name, DomainID: name + "-domain",
		ProjectID: strings.Repeat(name[:1], 32), Seed: seed,
	}
}

// tenants is an upstream with two tenants whose data differ in every host id.
type tenants struct {
	*world
	a, b *tenant
}

func newTenants(t *testing.T, settings worldSettings) *tenants {
	t.Helper()
	settings.Accounts = []simulator.Account{account("anna", 11), account("bert", 22)}
	if settings.Hosts == 0 {
		settings.Hosts = 6
	}
	w := newWorld(t, settings)
	n := &tenants{world: w, a: w.tenant(t, settings.Accounts[0]), b: w.tenant(t, settings.Accounts[1])}
	for _, id := range n.a.hosts {
		if slices.Contains(n.b.hosts, id) {
			t.Fatalf("both tenants have the host %s", id)
		}
	}
	w.steer(t, http.MethodDelete, "calls", nil)
	w.forget()
	return n
}

// tenant logs in at the upstream and reads what the account sees, past any gateway.
func (w *world) tenant(tb testing.TB, account simulator.Account) *tenant {
	tb.Helper()
	n := &tenant{account: account, token: w.login(tb, account)}
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, w.server.URL+
		"/rest/dataapi/homs/open-api/v1/host/detail?begin_time=1795000000000&end_time=1800000000000&page_size=500&offset_value=0", http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	request.Header = http.Header{
		"X-Auth-Token": {n.token}, "X-Apig-Appcode": {simulator.DemoAppCode}, "X-Hcso-Appcode": {simulator.DemoAppCode},
	}
	response, err := w.client.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	var page struct {
		List []struct {
			ID string `json:"HOST_ID"`
		} `json:"list"`
	}
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil || len(page.List) == 0 {
		tb.Fatalf("hosts of %s: %d, %v", account.Domain, response.StatusCode, err)
	}
	for _, row := range page.List {
		if !slices.Contains(n.hosts, row.ID) {
			n.hosts = append(n.hosts, row.ID)
		}
	}
	return n
}

// login asks the upstream's IAM for a token of an account's user.
func (w *world) login(tb testing.TB, account simulator.Account) string {
	tb.Helper()
	body := `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"` + account.User + `","password":"` + account.Password +
		`","domain":{"name":"` + account.Domain + `"}}}},"scope":{"project":{"id":"` + account.ProjectID + `"}}}}`
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, w.server.URL+"/v3/auth/tokens?nocatalog=1", strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	response, err := w.client.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		tb.Fatalf("login of %s: %d", account.Domain, response.StatusCode)
	}
	return response.Header.Get("X-Subject-Token")
}

// revoke ends the tokens of a tenant.
func (w *world) revoke(t *testing.T, n *tenant) {
	t.Helper()
	w.steer(t, http.MethodPut, "tokens", map[string]any{"revoke": true, "domainId": n.account.DomainID})
}

// forget forgets the calls that arrived so far.
func (w *world) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests, w.headers = nil, nil
}

// sentHeaders are those of the calls so far, in the order of arrived.
func (w *world) sentHeaders() []http.Header {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.headers)
}

// checks counts the calls that asked about a token, lists those that read the whole list of hosts.
func (w *world) checks() int { return w.calls("page_size=1&", "page_size=1") }

func (w *world) lists() int { return w.calls("page_size=500&", "page_size=500") }

func (w *world) calls(inside, end string) int {
	count := 0
	for _, request := range w.arrived() {
		if strings.Contains(request, "/v1/host/detail?") && (strings.Contains(request, inside) || strings.HasSuffix(request, end)) {
			count++
		}
	}
	return count
}

// passthrough starts a gateway whose callers bring their tokens.
func (n *tenants) passthrough(t *testing.T, environ ...string) *replica {
	t.Helper()
	return n.startGateway(t, "", append([]string{"OPSGRAPH_AUTH_MODE=passthrough"}, environ...)...)
}

const everyHost = `{hosts(first: 100) {nodes {id hostId name} totalCount}}`

// wantOwn checks that an answer has hosts of the tenant and of no other.
func wantOwn(t *testing.T, got *reply, own, other *tenant) {
	t.Helper()
	if len(got.body.Errors) > 0 || !strings.Contains(got.raw, own.hosts[0]) {
		t.Errorf("%s does not get its hosts: %d %.300s", own.account.Domain, got.status, got.raw)
	}
	wantNothingOf(t, got, other)
}

func wantNothingOf(t *testing.T, got *reply, other *tenant) {
	t.Helper()
	for _, id := range other.hosts {
		if strings.Contains(got.raw, id) {
			t.Errorf("an answer has the host %s of %s: %.300s", id, other.account.Domain, got.raw)
		}
	}
}

// wantRefused checks status and code of a request that is refused whole.
func wantRefused(t *testing.T, got *reply, status int, code string) {
	t.Helper()
	if got.status != status || got.code() != code || strings.Contains(got.raw, `"data"`) {
		t.Errorf("got %d %s, want %d %s: %.300s", got.status, got.code(), status, code, got.raw)
	}
}

// together runs a task for each of some numbers at once and waits.
func together(count int, task func(i int)) {
	var wait sync.WaitGroup
	for i := range count {
		wait.Go(func() { task(i) })
	}
	wait.Wait()
}
