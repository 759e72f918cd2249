package gateway_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/gateway"
)

// wantPolicy is the Content-Security-Policy of pages: a change of it is to be seen here.
const wantPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; " +
	"connect-src 'self'; font-src 'self' data:; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"

const (
	testPage   = `<!doctype html><title>a page</title>`
	testScript = "/assets/editor-D7hax6dP.js"
)

// pageSite serves pages made for a test.
type pageSite struct {
	url    string
	client *http.Transport
}

func newPageSite(t *testing.T, handler http.Handler) *pageSite {
	t.Helper()
	server := httptest.NewServer(handler)
	s := &pageSite{url: server.URL, client: &http.Transport{DisableCompression: true}}
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		server.Close()
	})
	return s
}

func newTestPages(t *testing.T) *pageSite {
	t.Helper()
	playground, err := gateway.NewPlayground(fstest.MapFS{
		"playground.html":           {Data: []byte(testPage)},
		"assets/editor-D7hax6dP.js": {Data: []byte(strings.Repeat("export const answer = 42\n", 1000))},
		"assets/icons-CivRqBNu.ttf": {Data: []byte("\x00\x01\x00\x00 not really")},
		"assets/notes-BBBBBBBB.xyz": {Data: []byte("<script>sniffed?</script>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return newPageSite(t, playground)
}

// get asks for a path as it is written.
func (s *pageSite) get(t *testing.T, method, path string, header map[string]string) *kit.Reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := s.client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	return kit.ReadReply(t, response)
}

func wantHeaders(t *testing.T, got http.Header, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got.Get(name) != value {
			t.Errorf("%s: %q, want %q", name, got.Get(name), value)
		}
	}
}

var wantPageHeaders = map[string]string{
	"Content-Security-Policy": wantPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
	"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
}

func TestPlayground_page(t *testing.T) {
	t.Parallel()
	s := newTestPages(t)
	got := s.get(t, http.MethodGet, "/playground", nil)
	if got.Status != http.StatusOK || got.Raw != testPage {
		t.Errorf("%d %q", got.Status, got.Raw)
	}
	wantHeaders(t, got.Header, wantPageHeaders)
	wantHeaders(t, got.Header, map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache"})
	tag := got.Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	got = s.get(t, http.MethodGet, "/playground", map[string]string{"If-None-Match": tag})
	if got.Status != http.StatusNotModified || got.Raw != "" {
		t.Errorf("asked again: %d %q", got.Status, got.Raw)
	}
	wantHeaders(t, got.Header, wantPageHeaders)
	if got = s.get(t, http.MethodPost, "/playground", nil); got.Status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", got.Status)
	}
	if got = s.get(t, http.MethodGet, "/", nil); got.Status != http.StatusFound || got.Header.Get("Location") != "playground" {
		t.Errorf("root: %d %q", got.Status, got.Header.Get("Location"))
	}
}

func TestPlayground_files(t *testing.T) {
	t.Parallel()
	s := newTestPages(t)
	plain := s.get(t, http.MethodGet, testScript, nil)
	if plain.Status != http.StatusOK || !strings.HasPrefix(plain.Raw, "export const") || plain.Header.Get("Content-Encoding") != "" {
		t.Errorf("%d %q %.40q", plain.Status, plain.Header.Get("Content-Encoding"), plain.Raw)
	}
	wantHeaders(t, plain.Header, wantPageHeaders)
	wantHeaders(t, plain.Header, map[string]string{
		"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding",
	})
	packed := s.get(t, http.MethodGet, testScript, map[string]string{"Accept-Encoding": "gzip"})
	wantHeaders(t, packed.Header, map[string]string{"Content-Encoding": "gzip", "ETag": plain.Header.Get("ETag")})
	reader, err := gzip.NewReader(strings.NewReader(packed.Raw))
	if err != nil {
		t.Fatal(err)
	}
	var unpacked bytes.Buffer
	if _, err := unpacked.ReadFrom(reader); err != nil || unpacked.String() != plain.Raw || len(packed.Raw) >= len(plain.Raw) {
		t.Errorf("%v: %d bytes of %d, %d unpacked", err, len(packed.Raw), len(plain.Raw), unpacked.Len())
	}
	for _, encoding := range []string{"", "gzip"} {
		again := s.get(t, http.MethodGet, testScript, map[string]string{
			"If-None-Match": packed.Header.Get("ETag"), "Accept-Encoding": encoding,
		})
		if again.Status != http.StatusNotModified || again.Raw != "" {
			t.Errorf("asked again, %q: %d, %d bytes", encoding, again.Status, len(again.Raw))
		}
	}
	for name, mediaType := range map[string]string{"icons-CivRqBNu.ttf": "font/ttf", "notes-BBBBBBBB.xyz": "application/octet-stream"} {
		got := s.get(t, http.MethodGet, "/assets/"+name, nil)
		wantHeaders(t, got.Header, map[string]string{"Content-Type": mediaType})
		wantHeaders(t, got.Header, wantPageHeaders)
	}
}

func TestPlayground_unknownFiles(t *testing.T) {
	t.Parallel()
	s := newTestPages(t)
	for _, path := range []string{
		"/assets/absent.js", "/assets/", "/assets/.", "/assets/..%2fplayground.html", "/assets/%2e%2e%2fplayground.html",
		"/assets/..%5cplayground.html", "/assets/x/../editor-D7hax6dP.js", "/assets/%00", "/playground/", "/playground.html", "/index.html",
	} {
		got := s.get(t, http.MethodGet, path, nil)
		if got.Status == http.StatusOK || strings.Contains(got.Raw, "a page") {
			t.Errorf("%s: %d %q", path, got.Status, got.Raw)
		}
		if got.Header.Get("Cache-Control") != "" {
			t.Errorf("%s may be kept: %q", path, got.Header.Get("Cache-Control"))
		}
	}
}

// TestPlayground_notBuilt serves a gateway that was built without Node.
func TestPlayground_notBuilt(t *testing.T) {
	t.Parallel()
	playground, err := gateway.NewPlayground(fstest.MapFS{".gitkeep": {}})
	if err != nil {
		t.Fatal(err)
	}
	got := newPageSite(t, playground).get(t, http.MethodGet, "/playground", nil)
	if got.Status != http.StatusServiceUnavailable || !strings.Contains(got.Raw, "make web") {
		t.Errorf("%d %q", got.Status, got.Raw)
	}
	wantHeaders(t, got.Header, wantPageHeaders)
	wantHeaders(t, got.Header, map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"})
}

// TestHostile_playground_H170 asks for the page with a script in the query: the page has nothing of the request in it.
func TestHostile_playground_H170(t *testing.T) {
	t.Parallel()
	s := newTestPages(t)
	for _, query := range []string{
		"?query=</script><script>alert(1)</script>", "?query=%3C/script%3E%3Cscript%3Ealert(1)%3C/script%3E", "?operationName=%22%3E%3Cimg/src=x%3E",
	} {
		got := s.get(t, http.MethodGet, "/playground"+query, map[string]string{"Referer": "http://x/<script>", "Cookie": "a=<b>"})
		if got.Status != http.StatusOK || got.Raw != testPage {
			t.Errorf("%s: %d %q", query, got.Status, got.Raw)
		}
		wantHeaders(t, got.Header, wantPageHeaders)
	}
}

// TestHostile_publicAddress_H169 asks the address of users for what it must not have, with the playground and without it.
func TestHostile_publicAddress_H169(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 4})
	pages := fstest.MapFS{"playground.html": {Data: []byte(testPage)}, testScript[1:]: {Data: []byte("export {}")}}
	for name, test := range map[string]struct {
		setting string
		want    map[string]int
	}{
		"with the playground":    {"true", map[string]int{"/": http.StatusFound, "/playground": http.StatusOK, testScript: http.StatusOK}},
		"without the playground": {"false", map[string]int{"/": http.StatusNotFound, "/playground": http.StatusNotFound, testScript: http.StatusNotFound}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newPageSite(t, w.NewPages(t, pages, "OPSGRAPH_PLAYGROUND="+test.setting).Handler())
			for _, path := range []string{
				"/metrics", "/debug/pprof/", "/debug/vars", "/.git", "/.git/config", "/assets", "/assets/", "/admin", "/graphiql", "/x",
			} {
				test.want[path] = http.StatusNotFound
			}
			test.want["/graphql?query={__typename}"] = http.StatusNotAcceptable
			for path, status := range test.want {
				got := s.get(t, http.MethodGet, path, map[string]string{"Accept": "text/html"})
				if got.Status != status {
					t.Errorf("%s: %d %.100q, want %d", path, got.Status, got.Raw, status)
				}
				if status != http.StatusFound && got.Header.Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("%s: a browser may guess its type", path)
				}
			}
		})
	}
}
