package liveoracle

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// site is the upstream: the simulator, whose REST is read raw, behind a server that can change it between two pages of
// one reading.
type site struct {
	*kit.World
	t      *testing.T
	server *httptest.Server
	token  string

	mu      sync.Mutex
	between []string // changes that wait for the second page of a list of alarms
	shifted int      // how many were made there
}

func newSite(t *testing.T, seed uint64, hosts int) *site {
	t.Helper()
	s := &site{t: t, World: kit.NewWorld(t, kit.WorldSettings{
		Seed: seed, Hosts: hosts, Regions: 3, Quota: string(simulator.QuotaOff),
	})}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.server.Close)
	return s
}

// serve makes the changes that wait between two pages, and answers as the simulator does.
func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	offset := r.URL.Query().Get("offset_value")
	if strings.Contains(r.URL.Path, "Alarm") && offset != "" && offset != "0" {
		s.mu.Lock()
		var due string
		if len(s.between) > 0 {
			due, s.between = s.between[0], s.between[1:]
			s.shifted++
		}
		s.mu.Unlock()
		if due != "" {
			s.change(due)
		}
	}
	s.Sim.ServeHTTP(w, r)
}

// later leaves a change for the time between two pages.
func (s *site) later(body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.between = append(s.between, body)
}

// shifts is how many changes were made between two pages.
func (s *site) shifts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shifted
}

// settled reports whether no change waits any more.
func (s *site) settled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.between) == 0
}

// change steers the simulator. It is called by the server of the test, too, and so fails without ending the goroutine.
func (s *site) change(body string) {
	request := httptest.NewRequest(http.MethodPost, "/_simulator/changes", strings.NewReader(body))
	request.RemoteAddr, request.Host = "127.0.0.1:1", "127.0.0.1"
	answer := httptest.NewRecorder()
	s.Sim.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		s.t.Errorf("%s: %d %s", body, answer.Code, answer.Body)
	}
}

// get reads a path of the simulator raw, with the demo's credentials.
func (s *site) get(path string, query url.Values) []byte {
	s.t.Helper()
	if s.token == "" {
		body := fmt.Sprintf(`{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":%q,"password":%q,`+
			`"domain":{"name":%q}}}},"scope":{"project":{"name":%q}}}}`,
			simulator.DemoUser, simulator.DemoPassword, simulator.DemoDomain, simulator.DemoUser)
		login := s.send(http.MethodPost, "/v3/auth/tokens", strings.NewReader(body))
		s.token = login.Header.Get("X-Subject-Token")
		_ = login.Body.Close() // its token is all that is wanted
	}
	response := s.send(http.MethodGet, path+"?"+query.Encode(), nil)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %d %v %s", path, response.StatusCode, err, text)
	}
	return text
}

func (s *site) send(method, path string, body io.Reader) *http.Response {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.Server.URL+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range map[string]string{
		"X-Auth-Token": s.token, "X-APIG-Appcode": simulator.DemoAppCode, "x-hcso-appcode": simulator.DemoAppCode,
		"x-hcso-domainid": simulator.DemoHCSODomain,
	} {
		request.Header.Set(name, value)
	}
	response, err := s.Client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	return response
}

// rows reads a list raw, page by page, each row once by its key.
func (s *site) rows(path string, query url.Values, key func(map[string]any) string) map[string]map[string]any {
	s.t.Helper()
	const size = 1000
	found := map[string]map[string]any{}
	for offset := 0; ; offset += size {
		query.Set("offset_value", strconv.Itoa(offset))
		query.Set("page_size", strconv.Itoa(size))
		var page struct{ List []map[string]any }
		if err := json.Unmarshal(s.get(path, query), &page); err != nil {
			s.t.Fatal(err)
		}
		for _, row := range page.List {
			found[key(row)] = row
		}
		if len(page.List) < size {
			return found
		}
	}
}

// window is the parameters of a window that ends well after now.
func (s *site) window(length time.Duration) url.Values {
	now := s.Clock.Now()
	return url.Values{
		"begin_time": {strconv.FormatInt(now.Add(-length).UnixMilli(), 10)},
		"end_time":   {strconv.FormatInt(now.Add(time.Hour).UnixMilli(), 10)},
	}
}
