package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opsgraph/opsgraph/internal/httpapi"
)

// wantPolicy is the Content-Security-Policy of pages: this test shows a change of it.
const wantPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; " +
	"connect-src 'self'; font-src 'self' data:; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"

const (
	testPage   = `<!doctype html><title>a page</title>`
	testScript = "/assets/editor-D7hax6dP.js"
)

// reply is an answer.
type reply struct {
	status int
	header http.Header
	raw    string
}

// pageSite serves pages made for a test.
type pageSite struct {
	url    string
	client *http.Transport
}

func newPageSite(t *testing.T, files fs.FS, options httpapi.PageOptions) *pageSite {
	t.Helper()
	pages, err := httpapi.NewPages(files, options)
	if err != nil {
		t.Fatal(err)
	}
	routes := http.NewServeMux()
	pages.Add(routes, func(string) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler { return next }
	})
	server := httptest.NewServer(httpapi.NameMistakes(routes, pages))
	s := &pageSite{url: server.URL, client: &http.Transport{DisableCompression: true}}
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		server.Close()
	})
	return s
}

func newTestPages(t *testing.T) *pageSite {
	t.Helper()
	return newPageSite(t, fstest.MapFS{
		"playground.html":           {Data: []byte(testPage)},
		"assets/editor-D7hax6dP.js": {Data: []byte(strings.Repeat("export const answer = 42\n", 1000))},
		"assets/icons-CivRqBNu.ttf": {Data: []byte("\x00\x01\x00\x00 not really")},
		"assets/notes-BBBBBBBB.xyz": {Data: []byte("<script>sniffed?</script>")},
	}, httpapi.PageOptions{Playground: true})
}

// get asks for a path as it is written.
func (s *pageSite) get(t *testing.T, method, path string, header map[string]string) *reply {
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
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &reply{status: response.StatusCode, header: response.Header, raw: string(raw)}
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
	if got.status != http.StatusOK || got.raw != testPage {
		t.Errorf("%d %q", got.status, got.raw)
	}
	wantHeaders(t, got.header, wantPageHeaders)
	wantHeaders(t, got.header, map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache"})
	tag := got.header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	got = s.get(t, http.MethodGet, "/playground", map[string]string{"If-None-Match": tag})
	if got.status != http.StatusNotModified || got.raw != "" {
		t.Errorf("asked again: %d %q", got.status, got.raw)
	}
	wantHeaders(t, got.header, wantPageHeaders)
	if got = s.get(t, http.MethodPost, "/playground", nil); got.status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", got.status)
	}
	if got = s.get(t, http.MethodGet, "/", nil); got.status != http.StatusFound ||
		got.header.Get("Location") != "playground" {
		t.Errorf("root: %d %q", got.status, got.header.Get("Location"))
	}
}

func TestPlayground_files(t *testing.T) {
	t.Parallel()
	s := newTestPages(t)
	plain := s.get(t, http.MethodGet, testScript, nil)
	if plain.status != http.StatusOK || !strings.HasPrefix(plain.raw, "export const") ||
		plain.header.Get("Content-Encoding") != "" {
		t.Errorf("%d %q %.40q", plain.status, plain.header.Get("Content-Encoding"), plain.raw)
	}
	wantHeaders(t, plain.header, wantPageHeaders)
	wantHeaders(t, plain.header, map[string]string{
		"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "public, max-age=31536000, immutable",
		"Vary": "Accept-Encoding",
	})
	packed := s.get(t, http.MethodGet, testScript, map[string]string{"Accept-Encoding": "gzip"})
	wantHeaders(t, packed.header, map[string]string{"Content-Encoding": "gzip", "ETag": plain.header.Get("ETag")})
	reader, err := gzip.NewReader(strings.NewReader(packed.raw))
	if err != nil {
		t.Fatal(err)
	}
	var unpacked bytes.Buffer
	if _, err := unpacked.ReadFrom(reader); err != nil || unpacked.String() != plain.raw ||
		len(packed.raw) >= len(plain.raw) {
		t.Errorf("%v: %d bytes of %d, %d unpacked", err, len(packed.raw), len(plain.raw), unpacked.Len())
	}
	for _, encoding := range []string{"", "gzip"} {
		again := s.get(t, http.MethodGet, testScript, map[string]string{
			"If-None-Match": packed.header.Get("ETag"), "Accept-Encoding": encoding,
		})
		if again.status != http.StatusNotModified || again.raw != "" {
			t.Errorf("asked again, %q: %d, %d bytes", encoding, again.status, len(again.raw))
		}
	}
	for name, mediaType := range map[string]string{
		"icons-CivRqBNu.ttf": "font/ttf",
		"notes-BBBBBBBB.xyz": "application/octet-stream",
	} {
		got := s.get(t, http.MethodGet, "/assets/"+name, nil)
		wantHeaders(t, got.header, map[string]string{"Content-Type": mediaType})
		wantHeaders(t, got.header, wantPageHeaders)
	}
}

func TestPlayground_unknownFiles(t *testing.T) {
	t.Parallel()
	s := newTestPages(t)
	for _, path := range []string{
		"/assets/absent.js", "/assets/", "/assets/.", "/assets/..%2fplayground.html", "/assets/%2e%2e%2fplayground.html",
		"/assets/..%5cplayground.html", "/assets/x/../editor-D7hax6dP.js", "/assets/%00", "/playground/", "/playground.html",
		"/index.html",
	} {
		got := s.get(t, http.MethodGet, path, nil)
		if got.status == http.StatusOK || strings.Contains(got.raw, "a page") {
			t.Errorf("%s: %d %q", path, got.status, got.raw)
		}
		if kept := got.header.Get("Cache-Control"); kept != "" && kept != "no-store" {
			t.Errorf("%s may be kept: %q", path, got.header.Get("Cache-Control"))
		}
	}
}

// TestPlayground_notBuilt serves a gateway that was built without Node.
func TestPlayground_notBuilt(t *testing.T) {
	t.Parallel()
	got := newPageSite(t, fstest.MapFS{".gitkeep": {}}, httpapi.PageOptions{Playground: true}).get(t, http.MethodGet, "/playground", nil)
	if got.status != http.StatusServiceUnavailable || !strings.Contains(got.raw, "make web") {
		t.Errorf("%d %q", got.status, got.raw)
	}
	wantHeaders(t, got.header, wantPageHeaders)
	wantHeaders(t, got.header, map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"})
}

// TestHostile_playground_H170 asks for the page with a script in the query: the page has nothing of the request in it.
func TestHostile_playground_H170(t *testing.T) {
	t.Parallel()
	s := newTestPages(t)
	for _, query := range []string{
		"?query=</script><script>alert(1)</script>", "?query=%3C/script%3E%3Cscript%3Ealert(1)%3C/script%3E",
		"?operationName=%22%3E%3Cimg/src=x%3E",
	} {
		got := s.get(t, http.MethodGet, "/playground"+query,
			map[string]string{"Referer": "http://x/<script>", "Cookie": "a=<b>"})
		if got.status != http.StatusOK || got.raw != testPage {
			t.Errorf("%s: %d %q", query, got.status, got.raw)
		}
		wantHeaders(t, got.header, wantPageHeaders)
	}
}
