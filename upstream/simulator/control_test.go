package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

func TestControlAnswersLoopbackOnly(t *testing.T) {
	s, err := simulator.New(simulator.Config{Hosts: 1})
	if err != nil {
		t.Fatal(err)
	}
	for peer, want := range map[string]int{
		"127.0.0.1:4711": 200, "[::1]:4711": 200, "[::ffff:127.0.0.1]:4711": 200, "127.8.9.1:1": 200,
		"192.0.2.1:1234": 403, "[2001:db8::1]:80": 403, "pipe": 403,
	} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/_simulator/calls", http.NoBody)
		req.RemoteAddr, req.Host = peer, "127.0.0.1:9090"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		if w.Code != want {
			t.Errorf("from %s: %d, want %d", peer, w.Code, want)
		}
	}
}

// TestFound_E1_ControlPaths: a page whose name leads to this machine, or one of another site, steers nothing.
func TestFound_E1_ControlPaths(t *testing.T) {
	s, err := simulator.New(simulator.Config{Hosts: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		host, origin, site string
		want               int
	}{
		"this machine":                      {"127.0.0.1:9090", "", "", 200},
		"by its name":                       {"LocalHost:9090", "", "", 200},
		"by version 6":                      {"[::1]:9090", "", "", 200},
		"HTTP/1.0 without a Host":           {"", "", "", 200},
		"a name that leads to this machine": {"evil.test:9090", "http://evil.test:9090", "", 403},
		"without an origin":                 {"evil.test:9090", "", "", 403},
		"a name that begins alike":          {"127.0.0.1.evil.test:9090", "", "", 403},
		"another machine":                   {"192.0.2.1:9090", "", "", 403},
		"a page of another site":            {"127.0.0.1:9090", "http://evil.test", "", 403},
		"a page that the browser marks":     {"127.0.0.1:9090", "", "cross-site", 403},
	} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodDelete, "/_simulator/calls", http.NoBody)
		req.RemoteAddr, req.Host = "127.0.0.1:4711", test.host
		for header, value := range map[string]string{"Origin": test.origin, "Sec-Fetch-Site": test.site} {
			if value != "" {
				req.Header.Set(header, value)
			}
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		if w.Code != test.want {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, test.want)
		}
	}
}

func TestClock(t *testing.T) {
	now := noon
	u := start(t, func(c *simulator.Config) { c.Hosts, c.Now = 1, func() time.Time { return now } })
	wantClock := func(want string) {
		t.Helper()
		var state struct{ Now string }
		decode(t, u.control("GET", "clock", ""), &state)
		if state.Now != want {
			t.Errorf("clock %s, want %s", state.Now, want)
		}
		if date := u.hosts().header.Get("Date"); !strings.Contains(date, want[11:19]) {
			t.Errorf("Date %s, want the clock's %s", date, want)
		}
	}
	wantClock("2026-11-21T12:00:00Z")
	u.control("PUT", "clock", `{"now":"2026-11-21T20:00:00+08:00"}`)
	wantClock("2026-11-21T12:00:00Z")
	u.control("PUT", "clock", `{"advanceSeconds":-1800}`)
	now = now.Add(time.Minute) // it goes on from there
	wantClock("2026-11-21T11:31:00Z")
	for _, body := range []string{`{}`, `{"now":"noon"}`, `{"now":"2026-11-21T12:00:00Z","advanceSeconds":1}`, `{"later":1}`} {
		if r := u.send("PUT", "/_simulator/clock", nil, body); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d", body, r.status)
		}
	}
}

func TestControlPathsThatAreNotThere(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts = 1 })
	for _, call := range [][2]string{{"GET", "nothing"}, {"POST", "calls"}, {"GET", "changes"}, {"PUT", ""}} {
		if r := u.send(call[0], "/_simulator/"+call[1], nil, ""); r.status != http.StatusNotFound {
			t.Errorf("%v: %d", call, r.status)
		}
	}
	if r := u.send("PUT", "/_simulator/tokens", nil, `{"revok":true}`); r.status != http.StatusBadRequest {
		t.Errorf("a misspelt key: %d", r.status)
	}
}
