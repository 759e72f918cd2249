package process

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// hostile is the built program on the simulator, two tenants who bring their tokens, and what arrives upstream.
type hostile struct {
	*binary
	sim    *simulator.Simulator
	server *httptest.Server
	a, b   http.Header // of the tenants' requests
	client *http.Transport

	arrive func(*http.Request) // sees each call upstream
	mu     sync.Mutex
	sent   []*http.Request // what arrive notes, unless a test has its own
}

const (
	graphQLType = "application/graphql-response+json"
	// promptly bounds the answer to a hostile request whose outcome is no time-out; a busy machine gets two more tries.
	promptly = 3 * time.Second
	// mostGrowth is what the whole catalogue may add to the memory of the process.
	mostGrowth = 64 << 20
	// hostileSecret stands in requests where it must reach no log.
	hostileSecret = "CANARY-5d1f"
)

// startHostile runs the program for tenants anna and bert.
func startHostile(t *testing.T, environ ...string) *hostile {
	t.Helper()
	h := newHostile(t)
	h.binary = h.start(t, environ...)
	return h
}

// newHostile is the simulator and the tenants, whose tokens are theirs already.
func newHostile(t *testing.T) *hostile {
	t.Helper()
	h := &hostile{client: &http.Transport{MaxIdleConnsPerHost: 4}}
	h.arrive = func(r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.sent = append(h.sent, r)
	}
	accounts := []simulator.Account{tenantAccount("anna", 11), tenantAccount("bert", 22)}
	var err error
	if h.sim, err = simulator.New(simulator.Config{
		Hosts: 6, Regions: 2, Latency: simulator.LatencyNone, Quota: simulator.QuotaOff, Accounts: accounts,
	}); err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.arrive(r)
		h.sim.ServeHTTP(w, r)
	}))
	t.Cleanup(h.server.Close)
	t.Cleanup(h.client.CloseIdleConnections)
	h.a, h.b = h.logIn(t, accounts[0]), h.logIn(t, accounts[1])
	return h
}

// start runs one more process.
func (h *hostile) start(t *testing.T, environ ...string) *binary {
	t.Helper()
	return startBinary(t, nil, append([]string{
		"OPSGRAPH_ESM_URL=" + h.server.URL, "OPSGRAPH_ESM_APPCODE=" + simulator.DemoAppCode,
		"OPSGRAPH_ESM_DOMAIN_ID=" + simulator.DemoHCSODomain,
		"OPSGRAPH_IAM_URL=" + h.server.URL, "OPSGRAPH_IAM_USERNAME=" + simulator.DemoUser,
		"OPSGRAPH_IAM_PASSWORD=" + simulator.DemoPassword,
		"OPSGRAPH_IAM_DOMAIN_NAME=" + simulator.DemoDomain, "OPSGRAPH_IAM_PROJECT_ID=" + simulator.DemoProject,
		"OPSGRAPH_AUTH_MODE=passthrough", "OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000",
		"OPSGRAPH_LIMITS_SOCKET_CONNECTIONS=20",
	}, environ...)...)
}

func tenantAccount(name string, seed uint64) simulator.Account {
	return simulator.Account{
		User: name, Password: name + "-word", Domain: name, DomainID: name + "-domain",
		ProjectID: strings.Repeat(name[:1], 32), Seed: seed,
	}
}

// logIn gets a token of an account's user, past the gateway, and gives the headers of its requests.
func (h *hostile) logIn(t *testing.T, account simulator.Account) http.Header {
	t.Helper()
	body := fmt.Sprintf(
		`{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":%q,"password":%q,"domain":{"name":%q}}}},"scope":{"project":{"id":%q}}}}`,
		account.User, account.Password, account.Domain, account.ProjectID)
	response,
		err := h.server.Client().Post(h.server.URL+"/v3/auth/tokens?nocatalog=1", "application/json", strings.NewReader(body))
	if err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("login: %v, %v", response, err)
	}
	_ = response.Body.Close() // the token is in the header
	return http.Header{
		"X-Auth-Token": {response.Header.Get("X-Subject-Token")}, "X-Hcso-Domain-Id": {account.DomainID},
		"Content-Type": {"application/json"}, "Accept": {graphQLType},
	}
}

// outcome is the result of an attempt.
type outcome struct {
	status int
	header http.Header
	body   string
}

// code is the code of the first error, empty without one.
func (o outcome) code() string {
	var answer struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if json.Unmarshal([]byte(o.body), &answer) != nil || len(answer.Errors) == 0 {
		return ""
	}
	return answer.Errors[0].Extensions.Code
}

// request sends a request and reads its whole answer.
func (h *hostile) request(method, target, body string, header http.Header) (outcome, error) {
	request, err := http.NewRequest(method, h.url+target, strings.NewReader(body))
	if err != nil {
		return outcome{}, err
	}
	request.Header = header
	response, err := h.client.RoundTrip(request)
	if err != nil {
		return outcome{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return outcome{response.StatusCode, response.Header, string(text)}, err
}

// ask sends a document for a tenant.
func (h *hostile) ask(document, variables string, header http.Header) (outcome, error) {
	return h.request(http.MethodPost, "/graphql", graphQLBody(document, variables), header)
}

func graphQLBody(document, variables string) string {
	encoded, err := json.Marshal(document)
	if err != nil {
		panic(err) // a text always can be
	}
	if variables == "" {
		variables = "{}"
	}
	return `{"query":` + string(encoded) + `,"variables":` + variables + `}`
}

// attempt is one request of the catalogue and its safe outcome.
type attempt struct {
	name   string // begins with the number in the catalogue
	send   func(h *hostile) (outcome, error)
	status int
	codes  []string // one of these; none where the answer is no error
}

// asDocument sends a document, as JSON variables where there are some.
func asDocument(name, document string, status int, codes ...string) attempt {
	return asOperation(name, document, "", status, codes...)
}

func asOperation(name, document, variables string, status int, codes ...string) attempt {
	body := graphQLBody(document, variables)
	return attempt{
		name, func(h *hostile) (outcome, error) { return h.request(http.MethodPost, "/graphql", body, h.a) },
		status, codes,
	}
}

// asBody sends bytes as they are, with changes of the headers: name, value, name, value.
func asBody(name, body string, status int, code string, changes ...string) attempt {
	return asRequest(name, http.MethodPost, "/graphql", body, status, code, changes...)
}

// asRequest sends a request; an empty code means that the answer has none, an empty value that the header is not sent.
func asRequest(name, method, target, body string, status int, code string, changes ...string) attempt {
	var codes []string
	if code != "" {
		codes = []string{code}
	}
	return attempt{name, func(h *hostile) (outcome, error) {
		return h.request(method, target, body, changed(h.a, changes...))
	}, status, codes}
}

// changed is a header with changes.
func changed(header http.Header, changes ...string) http.Header {
	header = header.Clone()
	for i := 0; i < len(changes); i += 2 {
		if header.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			header.Del(changes[i])
		}
	}
	return header
}

// calls is the number of all calls that arrived upstream.
func (h *hostile) calls() int {
	sum := 0
	for _, count := range h.sim.Calls() {
		sum += count
	}
	return sum
}

// try makes an attempt and checks its outcome and its time.
func (h *hostile) try(t *testing.T, a attempt) {
	t.Helper()
	for try := 1; ; try++ {
		began := time.Now()
		got, err := a.send(h)
		took := time.Since(began)
		if try < 3 && (err != nil || took >= promptly) { // a kept connection may have been closed after a refusal
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", a.name, err)
			return
		}
		if took >= promptly {
			t.Errorf("%s: answered after %s", a.name, took)
		}
		a.check(t, got)
		return
	}
}

func (a attempt) check(t *testing.T, got outcome) {
	t.Helper()
	if got.status != a.status || !slices.Contains(a.codes, got.code()) && (len(a.codes) > 0 || got.code() != "") {
		t.Errorf("%s: %d %q, want %d %q: %.300s", a.name, got.status, got.code(), a.status, a.codes, got.body)
	}
	if got.status >= http.StatusBadRequest && (strings.Contains(got.body, `"data"`) || len(got.body) > 8<<10) {
		t.Errorf("%s: a refusal of %d bytes: %.300s", a.name, len(got.body), got.body)
	}
	if strings.Contains(got.body, hostileSecret) {
		t.Errorf("%s: the answer repeats what was sent", a.name)
	}
}

// probe checks that the process answers.
func (h *hostile) probe(t *testing.T, after string) {
	t.Helper()
	got, err := h.ask(`{__typename}`, "", h.b)
	if err != nil || !strings.HasPrefix(got.body, `{"data":{"__typename":"Query"}`) {
		t.Fatalf("after %s: %d %s %v", after, got.status, got.body, err)
	}
}

// stroll has a tenant send ordinary queries steadily, alone for a moment and then beside the rest of the test (L-15):
// until end is called each query must be answered.
func (h *hostile) stroll(t *testing.T) (end func()) {
	t.Helper()
	tenant := &hostile{binary: h.binary, client: &http.Transport{}} // on a connection of its own, which no refusal closes
	ask := func() time.Duration {
		began := time.Now()
		if got, err := tenant.ask(`{hosts{totalCount nodes{hostId name}}}`, "", h.b); err != nil ||
			got.status != http.StatusOK || got.code() != "" {
			t.Errorf("L-15: %d %.300s %v", got.status, got.body, err)
		}
		return time.Since(began)
	}
	var alone, beside []time.Duration
	for range 100 {
		alone = append(alone, ask())
	}
	ended := make(chan struct{})
	var strolling sync.WaitGroup
	strolling.Go(func() {
		pace := time.NewTicker(10 * time.Millisecond)
		defer pace.Stop()
		for {
			select {
			case <-ended:
				return
			case <-pace.C:
				beside = append(beside, ask())
			}
		}
	})
	return func() {
		close(ended)
		strolling.Wait()
		tenant.client.CloseIdleConnections()
		t.Logf("L-15: of a tenant beside the catalogue %d questions answered, p99 %s; alone %s", len(beside),
			ninetyNinth(beside), ninetyNinth(alone))
	}
}

// numbers joins n texts that are made from their numbers.
func numbers(n int, format string) string {
	var text strings.Builder
	for i := range n {
		text.WriteString(strings.ReplaceAll(format, "#", strconv.Itoa(i)))
	}
	return text.String()
}

// TestProcessHostile sends the catalogue of hostile input to one process over real sockets, while a tenant sends
// ordinary queries. The numbers that need a panic or a broken resolver (H-165, H-166), and the audits of graphql-http
// (H-100), are tests of internal/e2e/hostile.
func TestProcessHostile(t *testing.T) {
	h := startHostile(t, "OPSGRAPH_AUTH_ACCEPTED_FOR=1h", "OPSGRAPH_CALLERS_RATE=100000", "OPSGRAPH_CALLERS_BURST=100000",
		"OPSGRAPH_CALLERS_OPERATIONS=1000", "OPSGRAPH_LIMITS_CONNECTIONS=256", "OPSGRAPH_LIMITS_READ_HEADER_TIMEOUT=2s",
		"OPSGRAPH_LIMITS_READ_TIMEOUT=3s", "OPSGRAPH_LIMITS_WRITE_TIMEOUT=2s", "OPSGRAPH_LIMITS_SOCKET_INIT_TIMEOUT=3s",
		"OPSGRAPH_AGES_HOSTS_FRESH=10m", "GOGC=100") // else garbage beside a small heap looks like growth
	for _, tenant := range []http.Header{h.a, h.b} { // both are known, and have their lists
		if got, err := h.ask(`{hosts{totalCount}}`, "", tenant); err != nil || !strings.Contains(got.body, `"totalCount":`) {
			t.Fatalf("%d %s %v", got.status, got.body, err)
		}
	}
	groups := []struct {
		name     string
		attempts []attempt
	}{
		{"documents", hostileDocuments()},
		{"bodies", hostileBodies()},
		{"variables", hostileVariables()},
		{"heads", hostileHeads()},
		{"persisted", hostilePersisted()},
		{"identity", hostileIdentity(h)},
		{"leaks", hostileLeaks()},
	}
	for _, group := range groups { // warms up what grows once: buffers, the memory of documents
		for _, a := range group.attempts {
			_, _ = a.send(h) // its outcome is looked at below
		}
	}
	idle, before := h.settled(t), h.memory(t)
	end := h.stroll(t)
	var slow sync.WaitGroup
	slow.Go(func() { h.trySlow(t) })
	for _, group := range groups {
		calls, began := h.calls(), time.Now()
		for _, a := range group.attempts {
			h.try(t, a)
		}
		if got := h.calls() - calls; got != 0 {
			t.Errorf("%s: %d calls upstream", group.name, got)
		}
		t.Logf("%s: %.1f s", group.name, time.Since(began).Seconds())
		h.probe(t, group.name)
	}
	slow.Wait()
	end()
	for _, group := range []struct {
		name string
		run  func(*hostile, *testing.T)
	}{
		{"wire", (*hostile).tryWire},
		{"sockets", (*hostile).trySockets},
		{"tenants", (*hostile).tryTenants},
		{"ids", (*hostile).tryIDs},
		{"upstream", (*hostile).tryUpstream},
		{"quota", (*hostile).tryQuota},
	} {
		began := time.Now()
		group.run(h, t)
		t.Logf("%s: %.1f s", group.name, time.Since(began).Seconds())
		h.probe(t, group.name)
	}
	h.client.CloseIdleConnections()
	testkit.Eventually(t, "requests or goroutines are left", func() bool {
		return h.metric(t, "opsgraph_http_requests_active") == 0 && h.metric(t, "go_goroutines") < idle+20
	})
	growth := h.memory(t) - before
	testkit.Eventually(t, "the process holds more memory than it may", func() bool {
		h.probe(t, "everything") // what is garbage is only found, and given back, while there is work
		growth = h.memory(t) - before
		return growth <= mostGrowth
	})
	t.Logf("memory %d MiB, %d MiB of it since the warm-up", h.memory(t)>>20, growth>>20)
	for _, secret := range []string{hostileSecret, h.a.Get("X-Auth-Token"), "panic"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log has %.20s", secret)
		}
	}
}
