package operations

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

const typename = "/graphql?query={__typename}"

// TestFound_E2_GETBeyondLoopback: by plain HTTP a browser says nothing of the page that a GET comes from, so that an
// image of any page could spend the quota.
func TestFound_E2_GETBeyondLoopback(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	beyond := w.StartGateway(t, "", "OPSGRAPH_LISTEN=0.0.0.0:0", "OPSGRAPH_ALLOW_ANONYMOUS=1",
		"OPSGRAPH_ALLOWED_ORIGINS=https://friend.example")
	inside := w.StartGateway(t, "")
	for name, test := range map[string]struct {
		header map[string]string
		want   bool
	}{
		"an image of a page":             {map[string]string{"Accept": "image/avif,image/webp,*/*;q=0.8"}, false},
		"curl":                           {nil, false},
		"an event stream":                {map[string]string{"Accept": "text/event-stream"}, false},
		"GraphQL-Require-Preflight":      {map[string]string{"GraphQL-Require-Preflight": "1"}, true},
		"Apollo-Require-Preflight":       {map[string]string{"Apollo-Require-Preflight": "true"}, true},
		"X-Apollo-Operation-Name":        {map[string]string{"X-Apollo-Operation-Name": "a"}, true},
		"a JSON content type":            {map[string]string{"Content-Type": "application/json"}, true},
		"X-Opsgraph-Explain":             {map[string]string{"X-Opsgraph-Explain": "1"}, true},
		"X-Opsgraph-Max-Age":             {map[string]string{"X-Opsgraph-Max-Age": "60"}, true},
		"a header that proxies add":      {map[string]string{"X-Request-Id": "a", "X-Forwarded-For": "192.0.2.1"}, false},
		"a cache that asks again":        {map[string]string{"If-None-Match": `"a"`, "Cache-Control": "max-age=0"}, false},
		"a page of ours by TLS":          {map[string]string{"Sec-Fetch-Site": "same-origin"}, true},
		"a page of another site by TLS":  {map[string]string{"Sec-Fetch-Site": "cross-site"}, false},
		"a page of a listed origin":      {map[string]string{"Origin": "https://friend.example"}, true},
		"a page of an origin not listed": {map[string]string{"Origin": "https://evil.example"}, false},
	} {
		got := ask(t, beyond, asked{http.MethodGet, typename, "gw.test", "", test.header})
		if test.want != (got.Status == http.StatusOK) || !test.want && got.Code() != "CSRF_BLOCKED" {
			t.Errorf("%s: %d %.300s", name, got.Status, got.Raw)
		}
		if strings.Contains(name, "page of a") || strings.Contains(name, "not listed") {
			continue // judged alike on loopback
		}
		if got := ask(t, inside, asked{http.MethodGet, typename, "", "", test.header}); got.Status != http.StatusOK {
			t.Errorf("on loopback, %s: %d %.300s", name, got.Status, got.Raw)
		}
	}
	post := asked{http.MethodPost, "/graphql", "gw.test", `{"query":"{__typename}"}`, nil}
	if got := ask(t, beyond, post); got.Status != http.StatusOK {
		t.Errorf("POST: %d %s", got.Status, got.Raw)
	}
	if calls := w.Sim.Calls(); len(calls) != 0 {
		t.Errorf("calls upstream: %v", calls)
	}
}

// TestFound_B5_Preflights names what clients and their tracing add.
func TestFound_B5_Preflights(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	const friend = "https://dashboards.example"
	r := w.StartGateway(t, "", "OPSGRAPH_ALLOWED_ORIGINS="+friend+",HTTPS://Other.example:443",
		"OPSGRAPH_ALLOWED_HEADERS=X-Team,x-b3-traceid")
	preflight := func(origin, headers string) *kit.Reply {
		return ask(t, r, asked{http.MethodOptions, "/graphql", "", "", map[string]string{
			"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": headers,
		}})
	}
	known := []string{
		"accept", "apollo-require-preflight", "apollographql-client-name", "apollographql-client-version", "authorization",
		"baggage", "cache-control", "content-type", "graphql-client-name", "graphql-client-version",
		"graphql-require-preflight", "if-none-match", "last-event-id", "pragma",
		"sentry-trace", "traceparent", "tracestate", "x-apollo-operation-name", "x-auth-token", "x-b3-traceid",
		"x-hcso-domain-id", "x-opsgraph-explain", "x-opsgraph-max-age", "x-request-id", "x-requested-with", "x-team",
	}
	for _, headers := range append(slices.Clone(known), strings.Join(known, ",")) {
		got := preflight(friend, headers)
		if got.Header.Get("Access-Control-Allow-Origin") != friend ||
			got.Header.Get("Access-Control-Allow-Headers") != headers {
			t.Errorf("%s: %d %v", headers, got.Status, got.Header)
		}
		if got.Header.Get("Access-Control-Max-Age") != "600" {
			t.Errorf("a browser may rely on it for %q s", got.Header.Get("Access-Control-Max-Age"))
		}
	}
	if got := preflight(friend, "x-evil"); got.Header.Get("Access-Control-Allow-Headers") != "" {
		t.Errorf("a header that nobody named: %v", got.Header)
	}
	if got := preflight("https://evil.example", "traceparent"); got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another origin: %v", got.Header)
	}
	if got := preflight("https://other.example", "baggage"); got.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("an origin that is listed in other letters: %v", got.Header)
	}
	got := ask(t, r, asked{http.MethodPost, "/graphql", "", `{"query":"{__typename}"}`, map[string]string{"Origin": friend}})
	readable := strings.Split(got.Header.Get("Access-Control-Expose-Headers"), ", ")
	for _, name := range []string{"Age", "Date", "Etag", "Retry-After", "Www-Authenticate", "X-Request-Id"} {
		if !slices.Contains(readable, name) {
			t.Errorf("pages can't read %s: %q", name, readable)
		}
	}
}

// TestFound_B6_G2_G6_Origins: what is a page of the gateway's own, and what a refusal says to whom it is not.
func TestFound_B6_G2_G6_Origins(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	r := w.StartGateway(t, "", "OPSGRAPH_LISTEN=0.0.0.0:0", "OPSGRAPH_ALLOW_ANONYMOUS=1")
	for name, test := range map[string]struct {
		host, origin string
		want         bool
	}{
		"G6 the default port of https":        {"gw.example:443", "https://gw.example", true},
		"G6 the default port of http":         {"gw.example:80", "http://gw.example", true},
		"G6 in the origin":                    {"gw.example", "https://gw.example:443", true},
		"G6 other letters":                    {"GW.example", "https://gw.example", true},
		"G6 version 6":                        {"[2001:DB8::1]:443", "https://[2001:db8::1]", true},
		"another scheme's port":               {"gw.example:80", "https://gw.example", false},
		"another port":                        {"gw.example:8443", "https://gw.example", false},
		"another name":                        {"gw.example", "https://evil.example", false},
		"B6 a page that is being developed":   {"127.0.0.1:8080", "http://localhost:3000", false},
		"G2 a proxy that sends a Host of its": {"backend:8080", "http://gw.example", false},
		"an origin that is none":              {"gw.example", "null", false},
	} {
		for _, a := range []asked{
			{http.MethodPost, "/graphql", test.host, `{"query":"{__typename}"}`, nil},
			{http.MethodGet, typename, test.host, "", map[string]string{"Accept": "*/*"}},
		} {
			a.header = maps.Clone(a.header)
			if a.header == nil {
				a.header = map[string]string{}
			}
			a.header["Origin"] = test.origin
			got := ask(t, r, a)
			if test.want {
				if got.Status != http.StatusOK {
					t.Errorf("%s, %s: %d %s", name, a.method, got.Status, got.Raw)
				}
				continue
			}
			if got.Status != http.StatusBadRequest || got.Code() != "CSRF_BLOCKED" {
				t.Errorf("%s, %s: %d %s", name, a.method, got.Status, got.Raw)
				continue
			}
			message := got.Body.Errors[0].Message
			for _, part := range []string{"server.allowed_origins", "proxy", "Host", test.origin, test.host} {
				if !strings.Contains(message, part) {
					t.Errorf("%s, %s: %q says nothing of %s", name, a.method, message, part)
				}
			}
			if strings.Contains(message, "Require-Preflight") != (a.method == http.MethodGet) {
				t.Errorf("%s, %s: %q names a header that only a GET reads", name, a.method, message)
			}
		}
	}
	socket := []string{"graphql-transport-ws"}
	_, response, err := kit.DialSocket(t, r.Server.URL+"/graphql", //nolint:bodyclose // ReadReply closes it
		http.Header{"Origin": {"http://gw.example"}}, socket...)
	if err == nil || response == nil || response.StatusCode != http.StatusForbidden {
		t.Fatalf("WebSocket of another site: %v, %v", response, err)
	}
	reply := kit.ReadReply(t, response)
	if !strings.Contains(reply.Raw, "server.allowed_origins") || strings.Contains(reply.Raw, "Require-Preflight") {
		t.Errorf("WebSocket of another site: %q", reply.Raw)
	}
}

// TestFound_B6_DemoTakesPagesOfThisMachine, so that a page can be developed against it without a setting.
func TestFound_B6_DemoTakesPagesOfThisMachine(t *testing.T) {
	t.Parallel()
	url := kit.Demo(t)
	for origin, want := range map[string]bool{
		"http://localhost:3000": true, "http://127.0.0.1:5173": true, "http://[::1]:8000": true, "https://localhost": true,
		"https://evil.example": false, "http://localhost.evil.example": false, "http://192.0.2.1:3000": false, "null": false,
	} {
		for _, site := range []string{"", "cross-site"} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/graphql",
				strings.NewReader(`{"query":"{__typename}"}`))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/json")
			request.Header.Set("Origin", origin)
			if site != "" {
				request.Header.Set("Sec-Fetch-Site", site)
			}
			response, err := http.DefaultTransport.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
			if err != nil {
				t.Fatal(err)
			}
			got := kit.ReadReply(t, response)
			if want != (got.Status == http.StatusOK) || want != (got.Header.Get("Access-Control-Allow-Origin") == origin) {
				t.Errorf("%s %s: %d %v %s", origin, site, got.Status, got.Header, got.Raw)
			}
		}
	}
}

// TestFound_E7_NoSchemaWithoutIntrospection: the schema's text is closed with introspection.
func TestFound_E7_NoSchemaWithoutIntrospection(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	r := w.StartGateway(t, "", "OPSGRAPH_INTROSPECTION=false")
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		got := ask(t, r, asked{method, "/schema.graphql", "", "", nil})
		if got.Status != http.StatusNotFound || strings.Contains(got.Raw, "type Query") {
			t.Errorf("%s: %d %.200s", method, got.Status, got.Raw)
		}
	}
}

// TestFound_G7_AnswersNameTheMistake: what is kept, and what a client reads that asks wrongly.
func TestFound_G7_AnswersNameTheMistake(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	r := w.StartGateway(t, "")
	schema := ask(t, r, asked{http.MethodGet, "/schema.graphql", "", "", nil})
	tag := schema.Header.Get("ETag")
	if schema.Header.Get("Cache-Control") != "no-cache" || tag == "" {
		t.Errorf("schema: Cache-Control %q, ETag %q", schema.Header.Get("Cache-Control"), tag)
	}
	again := ask(t, r, asked{http.MethodGet, "/schema.graphql", "", "", map[string]string{"If-None-Match": tag}})
	if again.Status != http.StatusNotModified || again.Raw != "" {
		t.Errorf("schema with its ETag: %d %.100s", again.Status, again.Raw)
	}
	head := ask(t, r, asked{http.MethodHead, "/schema.graphql", "", "", nil})
	if head.Status != http.StatusOK || head.Raw != "" {
		t.Errorf("HEAD of the schema: %d %.100s", head.Status, head.Raw)
	}
	lost := map[string]string{"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
	for name, test := range map[string]struct {
		a      asked
		status int
		code   string
		has    string
	}{
		"a slash at the end": {
			asked{http.MethodPost, "/graphql/", "", `{"query":"{__typename}"}`, nil}, 404, "NOT_FOUND", "/graphql, without a slash",
		},
		"a path below":       {asked{http.MethodGet, "/graphql/v1", "", "", nil}, 404, "NOT_FOUND", "/graphql"},
		"another path":       {asked{http.MethodGet, "/query", "", "", nil}, 404, "NOT_FOUND", `/query`},
		"a file that is not": {asked{http.MethodGet, "/assets/none.js", "", "", nil}, 404, "NOT_FOUND", "none.js"},
		"the schema by POST": {asked{http.MethodPost, "/schema.graphql", "", "{}", nil}, 405, "METHOD_NOT_ALLOWED", "GET"},
		"a handshake that a proxy made a plain request": {
			asked{http.MethodGet, "/graphql", "", "", lost}, 400, "BAD_REQUEST", "Upgrade",
		},
	} {
		got := ask(t, r, test.a)
		if got.Status != test.status || got.Code() != test.code || !strings.Contains(got.Raw, test.has) {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
			continue
		}
		if got.Header.Get("Content-Type") != "application/json; charset=utf-8" ||
			got.Body.Errors[0].Extensions["requestId"] == nil {
			t.Errorf("%s: %v %s", name, got.Header, got.Raw)
		}
		if test.status == 405 && got.Header.Get("Allow") == "" {
			t.Errorf("%s: no Allow", name)
		}
	}
}
