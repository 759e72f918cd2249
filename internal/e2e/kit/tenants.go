package kit

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// Tenant is an account of the upstream, with a token of its user and the hosts that only it may see.
type Tenant struct {
	Account simulator.Account
	Token   string
	Hosts   []string // ids of its hosts
}

// Header is what the tenant's requests carry.
func (n *Tenant) Header() http.Header {
	return http.Header{"X-Auth-Token": {n.Token}, "X-Hcso-Domain-Id": {n.Account.DomainID}}
}

// With is a header and more.
func With(header http.Header, pairs ...string) http.Header {
	header = header.Clone()
	for i := 0; i < len(pairs); i += 2 {
		header.Set(pairs[i], pairs[i+1])
	}
	return header
}

// Account is an account of the upstream by a name.
func Account(name string, seed uint64) simulator.Account {
	return simulator.Account{
		User: name, Password: name + "-word", Domain: name, DomainID: name + "-domain",
		ProjectID: strings.Repeat(name[:1], 32), Seed: seed,
	}
}

// Tenants is an upstream with two tenants whose data differ in every host id.
type Tenants struct {
	*World
	A, B *Tenant
}

// NewTenants starts an upstream with the tenants anna and bert.
func NewTenants(t *testing.T, settings WorldSettings) *Tenants {
	t.Helper()
	settings.Accounts = []simulator.Account{Account("anna", 11), Account("bert", 22)}
	if settings.Hosts == 0 {
		settings.Hosts = 6
	}
	w := NewWorld(t, settings)
	n := &Tenants{World: w, A: w.Tenant(t, settings.Accounts[0]), B: w.Tenant(t, settings.Accounts[1])}
	for _, id := range n.A.Hosts {
		if slices.Contains(n.B.Hosts, id) {
			t.Fatalf("both tenants have the host %s", id)
		}
	}
	w.Steer(t, http.MethodDelete, "calls", nil)
	w.Forget()
	return n
}

// Tenant logs in at the upstream and reads the hosts of the account, without a gateway.
func (w *World) Tenant(tb testing.TB, account simulator.Account) *Tenant {
	tb.Helper()
	n := &Tenant{Account: account, Token: w.Login(tb, account)}
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, w.Server.URL+
		"/rest/dataapi/homs/open-api/v1/host/detail?begin_time=1795000000000&end_time=1800000000000&page_size=500&offset_value=0", http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	request.Header = http.Header{
		"X-Auth-Token": {n.Token}, "X-Apig-Appcode": {simulator.DemoAppCode}, "X-Hcso-Appcode": {simulator.DemoAppCode},
	}
	response, err := w.Client.Do(request)
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
		if !slices.Contains(n.Hosts, row.ID) {
			n.Hosts = append(n.Hosts, row.ID)
		}
	}
	return n
}

// Login asks the upstream's IAM for a token of an account's user.
func (w *World) Login(tb testing.TB, account simulator.Account) string {
	tb.Helper()
	body := `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"` + account.User + `","password":"` +
		account.Password +
		`","domain":{"name":"` + account.Domain + `"}}}},"scope":{"project":{"id":"` + account.ProjectID + `"}}}}`
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, w.Server.URL+"/v3/auth/tokens?nocatalog=1",
		strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	response, err := w.Client.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		tb.Fatalf("login of %s: %d", account.Domain, response.StatusCode)
	}
	return response.Header.Get("X-Subject-Token")
}

// Revoke ends the tokens of a tenant.
func (w *World) Revoke(t *testing.T, n *Tenant) {
	t.Helper()
	w.Steer(t, http.MethodPut, "tokens", map[string]any{"revoke": true, "domainId": n.Account.DomainID})
}

// Forget forgets the calls that arrived so far.
func (w *World) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests, w.headers = nil, nil
}

// SentHeaders are the headers of the calls so far, in the order of Arrived.
func (w *World) SentHeaders() []http.Header {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.headers)
}

// Checks counts the calls that asked about a token.
func (w *World) Checks() int { return w.calls("page_size=1&", "page_size=1") }

// Lists counts the calls that read the whole list of hosts.
func (w *World) Lists() int { return w.calls("page_size=500&", "page_size=500") }

func (w *World) calls(inside, end string) int {
	count := 0
	for _, request := range w.Arrived() {
		if strings.Contains(request, "/v1/host/detail?") &&
			(strings.Contains(request, inside) || strings.HasSuffix(request, end)) {
			count++
		}
	}
	return count
}

// Passthrough starts a gateway whose callers send their own tokens.
func (n *Tenants) Passthrough(t *testing.T, environ ...string) *Replica {
	t.Helper()
	return n.StartGateway(t, "", append([]string{"OPSGRAPH_AUTH_MODE=passthrough"}, environ...)...)
}

// EveryHost asks for all hosts of a tenant.
const EveryHost = `{hosts(first: 100) {nodes {id hostId name} totalCount}}`

// WantOwn checks that an answer has hosts of the tenant and of no other.
func WantOwn(t *testing.T, got *Reply, own, other *Tenant) {
	t.Helper()
	if len(got.Body.Errors) > 0 || !strings.Contains(got.Raw, own.Hosts[0]) {
		t.Errorf("%s does not get its hosts: %d %.300s", own.Account.Domain, got.Status, got.Raw)
	}
	WantNothingOf(t, got, other)
}

// WantNothingOf checks that an answer has no host of a tenant.
func WantNothingOf(t *testing.T, got *Reply, other *Tenant) {
	t.Helper()
	for _, id := range other.Hosts {
		if strings.Contains(got.Raw, id) {
			t.Errorf("an answer has the host %s of %s: %.300s", id, other.Account.Domain, got.Raw)
		}
	}
}

// WantRefused checks status and code of a request that is refused whole.
func WantRefused(t *testing.T, got *Reply, status int, code string) {
	t.Helper()
	if got.Status != status || got.Code() != code || strings.Contains(got.Raw, `"data"`) {
		t.Errorf("got %d %s, want %d %s: %.300s", got.Status, got.Code(), status, code, got.Raw)
	}
}

// Together runs a task for each of some numbers at once and waits.
func Together(count int, task func(i int)) {
	var wait sync.WaitGroup
	for i := range count {
		wait.Go(func() { task(i) })
	}
	wait.Wait()
}
