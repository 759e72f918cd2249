package simulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

const data = "/rest/dataapi/homs/open-api"

// noon is the time of the tests unless they change it.
var noon = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

// upstream is a simulator on a real server, with a client that holds the demo credentials.
type upstream struct {
	*simulator.Simulator

	t         *testing.T
	url       string
	transport *http.Transport
	tokens    map[string]string // by scope
}

// connect makes the client of a simulator that is served under the address.
func connect(t *testing.T, s *simulator.Simulator, url string) *upstream {
	t.Helper()
	u := &upstream{Simulator: s, t: t, url: url, transport: &http.Transport{}, tokens: map[string]string{}}
	t.Cleanup(u.transport.CloseIdleConnections)
	return u
}

// misspelt is how the field tables spell "available" (QUIRKS 1).
const misspelt = "avaliable"

// start serves a small simulator without latency or quotas at a fixed time; change may alter its configuration.
func start(t *testing.T, change func(*simulator.Config)) *upstream {
	t.Helper()
	cfg := simulator.Config{
		Hosts: 50, Latency: simulator.LatencyNone, Quota: simulator.QuotaOff, Now: func() time.Time { return noon },
	}
	if change != nil {
		change(&cfg)
	}
	s, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return connect(t, s, server.URL)
}

// defaultSite is a change that leaves the size of the site at its default.
func defaultSite(c *simulator.Config) { c.Hosts = 0 }

// reply is an answer, read whole.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send makes one request with the headers given and nothing else.
func (u *upstream) send(method, path string, header map[string]string, body string) reply {
	u.t.Helper()
	r, err := u.try(method, path, header, body)
	if err != nil {
		u.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (u *upstream) try(method, path string, header map[string]string, body string) (reply, error) {
	req, err := http.NewRequestWithContext(u.t.Context(), method, u.url+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := u.transport.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, text}, err
}

const (
	projectScope = `{"project":{"name":"demo"}}`
	domainScope  = `{"domain":{"name":"demo"}}`
)

// tokenRequest is the body that asks for a token.
func tokenRequest(password, scope string) string {
	return `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"demo","password":"` + password +
		`","domain":{"name":"demo"}}}},"scope":` + scope + `}}`
}

// token asks for a token of the scope once and keeps it.
func (u *upstream) token(scope string) string {
	u.t.Helper()
	if u.tokens[scope] == "" {
		r := u.send("POST", "/v3/auth/tokens?nocatalog=1", nil, tokenRequest(simulator.DemoPassword, scope))
		if r.status != http.StatusCreated {
			u.t.Fatalf("createToken: %d %s", r.status, r.body)
		}
		u.tokens[scope] = r.header.Get("X-Subject-Token")
	}
	return u.tokens[scope]
}

// credentials are the headers that every system but BSS takes.
func (u *upstream) credentials() map[string]string {
	u.t.Helper()
	return map[string]string{
		"X-Auth-Token":    u.token(projectScope),
		"X-APIG-Appcode":  simulator.DemoAppCode,
		"x-hcso-appcode":  simulator.DemoAppCode,
		"x-hcso-domainid": simulator.DemoHCSODomain,
	}
}

// get makes a GET with the demo credentials.
func (u *upstream) get(path string, query url.Values) reply {
	u.t.Helper()
	return u.send("GET", path+"?"+query.Encode(), u.credentials(), "")
}

// control steers the simulator and fails the test when it is refused.
func (u *upstream) control(method, path, body string) []byte {
	u.t.Helper()
	r := u.send(method, "/_simulator/"+path, nil, body)
	if r.status != http.StatusOK {
		u.t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	return r.body
}

// row is one row of an answer.
type row map[string]any

func (r row) text(key string) string {
	switch v := r[key].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// rows decodes the rows of a list answer.
func (r reply) rows(t *testing.T) []row {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	var page struct {
		List      []row `json:"list"`
		Resources []row `json:"resources"`
	}
	decode(t, r.body, &page)
	return append(page.List, page.Resources...)
}

func decode(t *testing.T, body []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("decode %.200s: %v", body, err)
	}
}

// lastDays is a window that ends at noon.
func lastDays(n int) url.Values {
	return span(noon.AddDate(0, 0, -n), noon)
}

func span(begin, end time.Time) url.Values {
	return url.Values{
		"begin_time": {strconv.FormatInt(begin.UnixMilli(), 10)},
		"end_time":   {strconv.FormatInt(end.UnixMilli(), 10)},
	}
}

// with adds parameters, given as name and value in turn.
func with(query url.Values, more ...string) url.Values {
	added := url.Values{}
	maps.Copy(added, query)
	for i := 0; i < len(more); i += 2 {
		added.Set(more[i], more[i+1])
	}
	return added
}

// paged adds a page.
func paged(query url.Values, size, offset int) url.Values {
	return with(query, "page_size", strconv.Itoa(size), "offset_value", strconv.Itoa(offset))
}
