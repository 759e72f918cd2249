package httpapi_test

import (
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opsgraph/opsgraph/internal/httpapi"
)

// wantConsolePolicy is the Content-Security-Policy of the console: this test shows a change of it.
const wantConsolePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; font-src 'self'; base-uri 'self'; frame-ancestors 'none'; form-action 'none'"

// builtConsole is a page as it is built.
const builtConsole = `<!doctype html><html><head><base href="./" /><meta name="opsgraph-console" content="" />` +
	`<script src="./assets/scheme-BxF2x0aD.js"></script></head><body>the console</body></html>`

func consoleSettings() httpapi.ConsoleSettings {
	return httpapi.ConsoleSettings{
		Version: "1.2.3", Demo: true, SiteName: `"><script>alert(1)</script> 华南&'$1`, TimeZone: "Asia/Shanghai",
		NearlyFull: 0.8, Full: 0.9, Language: "auto", Identity: "none",
	}
}

func newConsoleSite(t *testing.T) *pageSite {
	t.Helper()
	settings := consoleSettings()
	return newPageSite(t, fstest.MapFS{
		"console.html":    {Data: []byte(builtConsole)},
		"playground.html": {Data: []byte(testPage)}, "assets/editor-D7hax6dP.js": {Data: []byte("export {}")},
		"console-documents.json": {Data: []byte("{}")},
	}, httpapi.PageOptions{Playground: true, Console: &settings})
}

var wantConsoleHeaders = map[string]string{
	"Content-Security-Policy": wantConsolePolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
	"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	"Content-Type": "text/html; charset=utf-8",
}

// baseOf is the address of the root, as a page has it.
func baseOf(t *testing.T, page string) string {
	t.Helper()
	found := regexp.MustCompile(`<base href="([^"]*)" />`).FindStringSubmatch(page)
	if found == nil || !strings.Contains(page, "the console") {
		t.Fatalf("no console: %q", page)
	}
	return found[1]
}

// consolePaths are paths of the console with the address of the root from there.
func consolePaths() map[string]string {
	return map[string]string{
		"/": "./", "/hosts": "./", "/alarms": "./", "/capacity": "./", "/jobs": "./", "/upstream": "./",
		"/alarms?severity=CRITICAL&id=a/b": "./", "/regions/cn-south-8": "../", "/hosts/7bc05f3d-1": "../",
		"/jobs/TWV0ZXJKb2I6MQ==": "../", "/hosts/%E5%8D%8E%E5%8D%97": "../", "/hosts/...": "../",
		"/regions/" + strings.Repeat("x", 512): "../",
	}
}

func TestConsole_page(t *testing.T) {
	t.Parallel()
	s := newConsoleSite(t)
	tags := map[string][]string{}
	for path, base := range consolePaths() {
		got := s.get(t, http.MethodGet, path, nil)
		if got.status != http.StatusOK || baseOf(t, got.raw) != base {
			t.Errorf("%s: %d %q, want the root at %s", path, got.status, got.raw, base)
		}
		wantHeaders(t, got.header, wantConsoleHeaders)
		wantHeaders(t, got.header, map[string]string{"Cache-Control": "no-cache"})
		tag := got.header.Get("ETag")
		if !slices.Contains(tags[base], tag) {
			tags[base] = append(tags[base], tag)
		}
		again := s.get(t, http.MethodGet, path, map[string]string{"If-None-Match": tag})
		if again.status != http.StatusNotModified || again.raw != "" {
			t.Errorf("%s, asked again: %d %q", path, again.status, again.raw)
		}
		head := s.get(t, http.MethodHead, path, nil)
		if head.status != http.StatusOK || head.raw != "" || head.header.Get("ETag") != tag {
			t.Errorf("HEAD %s: %d %q %q", path, head.status, head.raw, head.header.Get("ETag"))
		}
		if post := s.get(t, http.MethodPost, path, nil); post.status != http.StatusMethodNotAllowed ||
			post.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d, allowed %q", path, post.status, post.header.Get("Allow"))
		}
	}
	if len(tags) != 2 || len(tags["./"]) != 1 || len(tags["../"]) != 1 || tags["./"][0] == tags["../"][0] {
		t.Errorf("the page has not one tag for each depth: %v", tags)
	}
}

// TestConsole_settings reads what the page is told as a browser does.
func TestConsole_settings(t *testing.T) {
	t.Parallel()
	page := newConsoleSite(t).get(t, http.MethodGet, "/", nil).raw
	found := regexp.MustCompile(`<meta name="opsgraph-console" content="([^"]*)" /><script src=`).FindStringSubmatch(page)
	if found == nil || strings.ContainsAny(found[1], `<>'`) {
		t.Fatalf("settings are not an attribute of their own: %q", page)
	}
	var got httpapi.ConsoleSettings
	if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &got); err != nil || got != consoleSettings() {
		t.Errorf("%v: %+v", err, got)
	}
	for _, member := range []string{
		"version", "demo", "siteName", "timeZone", "nearlyFull", "full", "language", "identity",
	} {
		if !strings.Contains(html.UnescapeString(found[1]), `"`+member+`":`) {
			t.Errorf("%s is missing", member)
		}
	}
}

// TestConsole_besideThePlayground leaves the playground as it is without the console.
func TestConsole_besideThePlayground(t *testing.T) {
	t.Parallel()
	s := newConsoleSite(t)
	got := s.get(t, http.MethodGet, "/playground", nil)
	if got.status != http.StatusOK || got.raw != testPage {
		t.Errorf("%d %q", got.status, got.raw)
	}
	wantHeaders(t, got.header, wantPageHeaders)
	if got = s.get(t, http.MethodGet, "/assets/editor-D7hax6dP.js", nil); got.status != http.StatusOK {
		t.Errorf("a file: %d", got.status)
	}
	settings := consoleSettings()
	alone := newPageSite(t, fstest.MapFS{
		"console.html": {Data: []byte(builtConsole)}, "playground.html": {Data: []byte(testPage)},
	}, httpapi.PageOptions{Console: &settings})
	if got := alone.get(t, http.MethodGet, "/playground", nil); got.status != http.StatusNotFound {
		t.Errorf("a playground that is switched off: %d", got.status)
	}
}

const browserAccepts = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

// wrongPaths are paths at which there is nothing, with the address of the root from there as a browser reads the path.
func wrongPaths() map[string]string {
	return map[string]string{
		"/nothing": "./", "/hosts/": "../", "/hosts/a/b": "../../", "/regions": "./", "/regions/": "../",
		"/jobs/x/records": "../../", "/Alarms": "./", "/playground/": "../", "/console.html": "./", "/index.html": "./",
		"/console-documents.json": "./", "//evil.example/x": "../../", "/assets": "./", "/" + strings.Repeat("a/", 16): strings.Repeat("../", 16),
		// What proxies and browsers take for other paths than the gateway does.
		"/hosts/a%2Fb": "../", "/hosts/..%2fplayground.html": "../", "/hosts/%2e%2e": "../", "/regions/%2E": "../",
		"/jobs/%2F": "../", "/jobs/%2fx": "../", "/regions/" + strings.Repeat("x", 513): "../",
	}
}

// TestConsole_missing answers browsers that go where nothing is with the page and 404, and programs with a text for
// them.
func TestConsole_missing(t *testing.T) {
	t.Parallel()
	s := newConsoleSite(t)
	for path, base := range wrongPaths() {
		got := s.get(t, http.MethodGet, path, map[string]string{"Accept": browserAccepts})
		if got.status != http.StatusNotFound || baseOf(t, got.raw) != base {
			t.Errorf("%.80s: %d %q, want the root at %s", path, got.status, got.raw, base)
		}
		wantHeaders(t, got.header, wantConsoleHeaders)
		wantHeaders(t, got.header, map[string]string{"Cache-Control": "no-store", "ETag": ""})
		head := s.get(t, http.MethodHead, path, map[string]string{"Accept": browserAccepts})
		if head.status != http.StatusNotFound || head.raw != "" ||
			head.header.Get("Content-Length") != got.header.Get("Content-Length") {
			t.Errorf("HEAD %.80s: %d %q", path, head.status, head.raw)
		}
		for _, accept := range []string{
			"", "*/*", "application/json", "text/*", "text/html;q=0", "application/json, text/html;q=0.5",
			strings.Repeat("a/b,", 1000) + "text/html",
		} {
			got := s.get(t, http.MethodGet, path, map[string]string{"Accept": accept})
			if got.status != http.StatusNotFound || !strings.Contains(got.raw, `"NOT_FOUND"`) {
				t.Errorf("%.80s, Accept %.40q: %d %.80q", path, accept, got.status, got.raw)
			}
			wantHeaders(t, got.header, map[string]string{"Content-Type": "application/json; charset=utf-8"})
		}
	}
}

// TestConsole_missingOtherwise has no page in place of an answer that says more, and none as deep as one likes.
func TestConsole_missingOtherwise(t *testing.T) {
	t.Parallel()
	s := newConsoleSite(t)
	for path, status := range map[string]int{
		"/" + strings.Repeat("a/", 17): http.StatusNotFound, "/" + strings.Repeat("a/", 3000): http.StatusNotFound,
		"/assets/absent.js": http.StatusNotFound, "/assets/..%2fconsole.html": http.StatusNotFound,
		"/assets/..%2fconsole-documents.json": http.StatusNotFound,
	} {
		got := s.get(t, http.MethodGet, path, map[string]string{"Accept": browserAccepts})
		if got.status != status || !strings.Contains(got.raw, `"NOT_FOUND"`) {
			t.Errorf("%.80s: %d %.80q", path, got.status, got.raw)
		}
	}
	got := s.get(t, http.MethodPost, "/nothing", map[string]string{"Accept": browserAccepts})
	if got.status != http.StatusNotFound || !strings.Contains(got.raw, `"NOT_FOUND"`) {
		t.Errorf("POST: %d %q", got.status, got.raw)
	}
}

// TestConsole_notBuilt serves a gateway that was built without Node.
func TestConsole_notBuilt(t *testing.T) {
	t.Parallel()
	settings := consoleSettings()
	s := newPageSite(t, fstest.MapFS{".gitkeep": {}}, httpapi.PageOptions{Console: &settings})
	for path := range consolePaths() {
		got := s.get(t, http.MethodGet, path, map[string]string{"Accept": browserAccepts})
		if got.status != http.StatusServiceUnavailable || !strings.Contains(got.raw, "make web") {
			t.Errorf("%s: %d %q", path, got.status, got.raw)
		}
		wantHeaders(t, got.header, wantConsoleHeaders)
		wantHeaders(t, got.header, map[string]string{"Cache-Control": "no-store"})
	}
	got := s.get(t, http.MethodGet, "/nothing", map[string]string{"Accept": browserAccepts})
	if got.status != http.StatusNotFound || !strings.Contains(got.raw, `"NOT_FOUND"`) {
		t.Errorf("%d %q", got.status, got.raw)
	}
}

// TestConsole_builtOtherwise refuses to serve a page that could not be told anything, or would load nothing.
func TestConsole_builtOtherwise(t *testing.T) {
	t.Parallel()
	settings := consoleSettings()
	for name, page := range map[string]string{
		"no base":         strings.Replace(builtConsole, `<base href="./" />`, "", 1),
		"another base":    strings.Replace(builtConsole, `<base href="./" />`, `<base href="/" />`, 1),
		"no settings":     strings.Replace(builtConsole, `<meta name="opsgraph-console" content="" />`, "", 1),
		"settings, twice": builtConsole + `<meta name="opsgraph-console" content="{}" />`,
	} {
		_, err := httpapi.NewPages(fstest.MapFS{"console.html": {Data: []byte(page)}},
			httpapi.PageOptions{Console: &settings})
		if err == nil || !strings.Contains(err.Error(), "console: the built page has not just one") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHostile_console_H170 asks for the page with scripts in the path, the query and the headers: it has nothing of
// them in it.
func TestHostile_console_H170(t *testing.T) {
	t.Parallel()
	s := newConsoleSite(t)
	ask := func(path string, status int) string {
		t.Helper()
		got := s.get(t, http.MethodGet, path, map[string]string{
			"Referer": "http://x/<script>", "Cookie": "a=<b>", "Accept": browserAccepts, "Accept-Language": `"><script>`,
			"X-Forwarded-Prefix": "/evil", "X-Forwarded-Host": "evil.example",
		})
		if got.status != status {
			t.Errorf("%s: %d %q", path, got.status, got.raw)
		}
		wantHeaders(t, got.header, wantConsoleHeaders)
		return got.raw
	}
	root, below := ask("/", http.StatusOK), ask("/hosts/x", http.StatusOK)
	for _, script := range []string{"</script><script>alert(1)</script>", "%3C/script%3E%3Cscript%3Ealert(1)", "%22%3E%3Cimg%20src=x"} {
		if got := ask("/?q="+script, http.StatusOK); got != root {
			t.Errorf("%s: %q", script, got)
		}
		escaped := strings.NewReplacer("/", "%2F", "<", "%3C", ">", "%3E").Replace(script)
		if got := ask("/regions/"+strings.ReplaceAll(escaped, "%2F", ""), http.StatusOK); got != below {
			t.Errorf("%s: %q", script, got)
		}
		if got := ask("/"+strings.ReplaceAll(escaped, "%2F", ""), http.StatusNotFound); got != root {
			t.Errorf("%s: %q", script, got)
		}
	}
}
