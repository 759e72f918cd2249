package hostile

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/httpapi"
)

func TestHostile_methods(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	const query = "?query=%7B__typename%7D"
	for _, method := range []string{"PUT", "DELETE", "PATCH", "TRACE", "FOO", "QUERY"} {
		t.Run("H-093 "+method, func(t *testing.T) {
			t.Parallel()
			got := s.Send(t, method, s.URL+query, "", map[string]string{"Accept": "application/graphql-response+json"})
			s.WantRefused(t, got, 405, "METHOD_NOT_ALLOWED")
			if got.Header.Get("Allow") != "GET, POST, OPTIONS" {
				t.Errorf("Allow %q", got.Header.Get("Allow"))
			}
		})
	}
	t.Run("H-094 HEAD", func(t *testing.T) {
		t.Parallel()
		if got := s.Send(t, http.MethodHead, s.URL+query, "", nil); got.Status != 405 || got.Raw != "" ||
			got.Header.Get("Allow") == "" {
			t.Errorf("got %d %q, Allow %q", got.Status, got.Raw, got.Header.Get("Allow"))
		}
	})
	for name, header := range map[string]map[string]string{
		"H-094 OPTIONS":                nil,
		"H-095 OPTIONS of another one": {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
		"H-095 OPTIONS of null":        {"Origin": "null", "Access-Control-Request-Method": "POST"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.Send(t, http.MethodOptions, s.URL+query, "", header)
			if got.Status != 204 || got.Raw != "" || got.Header.Get("Allow") == "" {
				t.Errorf("got %d %q, Allow %q", got.Status, got.Raw, got.Header.Get("Allow"))
			}
			if got.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("Access-Control-Allow-Origin %q", got.Header.Get("Access-Control-Allow-Origin"))
			}
		})
	}
}

func TestHostile_readingByGET(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	accept := map[string]string{"Accept": "application/graphql-response+json"}
	tests := map[string]struct {
		parameters url.Values
		header     map[string]string
		status     int
		code       string
	}{
		"H-083 text/plain": {
			url.Values{"query": {"{__typename}"}},
			map[string]string{"Content-Type": "text/plain"},
			415,
			"UNSUPPORTED_MEDIA_TYPE",
		},
		"H-083 form": {
			url.Values{"query": {"{__typename}"}},
			map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
			415, "UNSUPPORTED_MEDIA_TYPE",
		},
		"H-084 mutation": {url.Values{"query": {"mutation{touch}"}}, accept, 405, "METHOD_NOT_ALLOWED"},
		"H-084 as JSON": {
			url.Values{"query": {"mutation{touch}"}},
			map[string]string{"Accept": "application/json"},
			405,
			"METHOD_NOT_ALLOWED",
		},
		"H-084 subscription": {url.Values{"query": {"subscription{ticks}"}}, accept, 405, "METHOD_NOT_ALLOWED"},
		"H-085 picked": {
			url.Values{"query": {"query a{__typename} mutation b{touch}"}, "operationName": {"b"}},
			accept,
			405, "METHOD_NOT_ALLOWED",
		},
		"H-087 long URL": {
			url.Values{"query": {"{__typename}#" + strings.Repeat("a", 100<<10)}},
			accept, 414,
			"URI_TOO_LONG",
		},
		"H-087 9 KB": {url.Values{"query": {"{__typename}#" + strings.Repeat("a", 9<<10)}}, accept, 414, "URI_TOO_LONG"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.Get(t, test.parameters, test.header)
			s.WantRefused(t, got, test.status, test.code)
			if allow := got.Header.Get("Allow"); test.status == 405 && allow != "POST" {
				t.Errorf("Allow %q", allow)
			}
		})
	}
}

func TestHostile_otherSites(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t,
		func(options *kit.SiteOptions) { options.Transport.Origins = origins(t, "https://console.example") })
	own := strings.TrimSuffix(s.URL, "/graphql")
	tests := map[string]struct {
		header map[string]string
		get    int
		post   int
	}{
		"no browser":        {nil, 200, 200},
		"own page":          {map[string]string{"Sec-Fetch-Site": "same-origin"}, 200, 200},
		"typed by the user": {map[string]string{"Sec-Fetch-Site": "none"}, 200, 200},
		"other site":        {map[string]string{"Sec-Fetch-Site": "cross-site"}, 400, 400},
		"other site with its name": {
			map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
			400, 400,
		},
		"other host of the site":  {map[string]string{"Sec-Fetch-Site": "same-site"}, 400, 400},
		"old browser, other site": {map[string]string{"Origin": "https://evil.example"}, 400, 400},
		"old browser, own page":   {map[string]string{"Origin": own}, 200, 200},
		"origin null":             {map[string]string{"Origin": "null"}, 400, 400},
		"trusted site": {map[string]string{
			"Sec-Fetch-Site": "cross-site",
			"Origin":         "https://console.example",
		}, 200, 200},
		"H-082 GraphQL-Require": {
			map[string]string{"Sec-Fetch-Site": "cross-site", "GraphQL-Require-Preflight": "1"},
			200, 400,
		},
		"H-082 Apollo-Require": {map[string]string{
			"Sec-Fetch-Site":           "cross-site",
			"Apollo-Require-Preflight": "true",
		}, 200, 400},
		"H-082 X-Apollo-Operation-Name": {
			map[string]string{"Sec-Fetch-Site": "cross-site", "X-Apollo-Operation-Name": "a"},
			200, 400,
		},
		"JSON by GET": {map[string]string{"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"}, 200, 400},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.Get(t, url.Values{"query": {"{__typename}"}}, test.header)
			if got.Status != test.get || (test.get == 400 && got.Code() != "CSRF_BLOCKED") {
				t.Errorf("GET: %d %s", got.Status, got.Raw)
			}
			header := map[string]string{"Content-Type": "application/json"}
			maps.Copy(header, test.header)
			got = s.Send(t, http.MethodPost, s.URL, `{"query":"{__typename}"}`, header)
			if got.Status != test.post || (test.post == 400 && got.Code() != "CSRF_BLOCKED") {
				t.Errorf("POST: %d %s", got.Status, got.Raw)
			}
		})
	}
}

func TestNewTransport_faults(t *testing.T) {
	t.Parallel()
	if transport, err := httpapi.NewTransport(httpapi.Options{}); err == nil {
		t.Errorf("without a logger: made %v", transport)
	}
	for _, origin := range []string{"console.example", "https://console.example/x", "", "https://user@console.example"} {
		if origins, err := httpapi.NewOrigins([]string{origin}, false); err == nil {
			t.Errorf("%s: made %v", origin, origins)
		}
	}
}

// origins are those of other sites whose pages may call.
func origins(t *testing.T, listed ...string) *httpapi.Origins {
	t.Helper()
	made, err := httpapi.NewOrigins(listed, false)
	if err != nil {
		t.Fatal(err)
	}
	return made
}
