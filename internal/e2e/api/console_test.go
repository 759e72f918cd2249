package api

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/documents"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/gateway"
)

// consoleFiles are a built console that loads one file and asks one document.
func consoleFiles(document string) fstest.MapFS {
	manifest := fmt.Sprintf(`{"format":"apollo-persisted-query-manifest","version":1,"operations":[`+
		`{"id":%q,"name":"Hosts","type":"query","body":%q}]}`, documents.Hash(document), document)
	return fstest.MapFS{
		"console.html": {Data: []byte(`<!doctype html><base href="./"><meta name="opsgraph-console" content="">` +
			`<script type="module" src="./assets/console-D7hax6dP.js"></script>`)},
		"assets/console-D7hax6dP.js": {Data: []byte("export {}")},
		"console-documents.json":     {Data: []byte(manifest)},
	}
}

// look asks for a path as a browser does, as the path is written.
func look(t *testing.T, r *kit.Replica, path string) *kit.Reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.Server.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/html,*/*;q=0.8")
	response, err := r.Client.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		t.Fatal(err)
	}
	return kit.ReadReply(t, response)
}

// told is what the page is told.
func told(t *testing.T, r *kit.Replica) map[string]any {
	t.Helper()
	page := look(t, r, "/").Raw
	found := regexp.MustCompile(`<meta name="opsgraph-console" content="([^"]*)">`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no settings in %q", page)
	}
	var settings map[string]any
	if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &settings); err != nil {
		t.Fatal(err)
	}
	return settings
}

const consoleDocument = `query Hosts { hosts { totalCount } }`

// TestConsole_isTold compares what the page is told with the configuration.
func TestConsole_isTold(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	toldOf := func(environ ...string) string {
		return fmt.Sprint(told(t, w.StartPages(t, consoleFiles(consoleDocument), environ...)))
	}
	want := "map[demo:false full:0.9 identity:none language:auto nearlyFull:0.8 siteName:opsgraph " +
		"timeZone:Asia/Shanghai version:test]"
	if got := toldOf(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	want = `map[demo:false full:0.75 identity:token language:zh nearlyFull:0.5 siteName:华南 "1" ` +
		"timeZone:UTC tokenHeader:X-Auth-Token version:test]"
	if got := toldOf("OPSGRAPH_CONSOLE_SITE_NAME=华南 \"1\"", "OPSGRAPH_CONSOLE_TIME_ZONE=UTC", "OPSGRAPH_CONSOLE_FULL=0.75",
		"OPSGRAPH_CONSOLE_NEARLY_FULL=0.5", "OPSGRAPH_CONSOLE_LANGUAGE=zh", "OPSGRAPH_AUTH_MODE=passthrough"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	got := toldOf("OPSGRAPH_AUTH_MODE=jwt", "OPSGRAPH_AUTH_ISSUER=https://id.example",
		"OPSGRAPH_AUTH_AUDIENCE=opsgraph", "OPSGRAPH_AUTH_JWKS_URL=http://127.0.0.1:1/keys")
	if !strings.Contains(got, "identity:token ") || !strings.Contains(got, "tokenHeader:Authorization ") {
		t.Errorf("jwt: %s", got)
	}
	demo := w.StartPages(t, consoleFiles(consoleDocument), "OPSGRAPH_ESM_URL=", "OPSGRAPH_ESM_APPCODE=",
		"OPSGRAPH_ESM_DOMAIN_ID=", "OPSGRAPH_IAM_URL=", "OPSGRAPH_IAM_USERNAME=", "OPSGRAPH_IAM_PASSWORD=",
		"OPSGRAPH_IAM_DOMAIN_NAME=", "OPSGRAPH_IAM_PROJECT_ID=", "OPSGRAPH_GAUSSDB_URL=", "OPSGRAPH_WORKSPACE_URL=",
		"OPSGRAPH_BSS_URL=", "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0")
	if got := told(t, demo)["demo"]; got != true {
		t.Errorf("a demo is told demo: %v", got)
	}
}

// TestConsole_belowAPath loads the page and its file through a server that has the gateway below a path of its own.
func TestConsole_belowAPath(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	r := w.StartPages(t, consoleFiles(consoleDocument))
	server := httptest.NewServer(http.StripPrefix("/ops", r.Gateway.Handler()))
	t.Cleanup(server.Close)
	get := func(address string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "text/html")
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	for path, status := range map[string]int{
		"/": 200, "/hosts": 200, "/hosts/a": 200, "/regions/cn-south-8": 200, "/jobs/x?tab=records": 200, "/hosts/a/b/c": 404,
	} {
		got, page := get(server.URL + "/ops" + path)
		found := regexp.MustCompile(`<base href="([^"]*)">.*src="([^"]*)"`).FindStringSubmatch(page)
		if got != status || found == nil {
			t.Errorf("%s: %d %q", path, got, page)
			continue
		}
		address, err := url.Parse(server.URL + "/ops" + path)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range found[1:] { // the base from the page, the file from the base
			if address, err = address.Parse(step); err != nil {
				t.Fatal(err)
			}
		}
		if got, file := get(address.String()); got != http.StatusOK || file != "export {}" {
			t.Errorf("%s: loads %s: %d %q", path, address, got, file)
		}
	}
}

// TestConsole_metrics counts requests by the routes of the console, whatever their paths are.
func TestConsole_metrics(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	r := w.StartPages(t, consoleFiles(consoleDocument))
	for _, path := range []string{
		"/", "/alarms?id=secret", "/hosts/secret-1", "/hosts/secret-2", "/hosts/secret%2F3", "/secret",
	} {
		look(t, r, path)
	}
	for labels, want := range map[string]float64{
		`route="/",status="200"`: 1, `route="/alarms",status="200"`: 1, `route="/hosts/{hostId}",status="200"`: 2,
		`route="/hosts/{hostId}",status="404"`: 1, `route="/secret",status="404"`: 0,
	} {
		if got := r.Metric(t, `opsgraph_http_requests_total{method="GET",`+labels+`}`); got != want {
			t.Errorf("%s: %v, want %v", labels, got, want)
		}
	}
}

// TestConsole_onlyTrusted answers the documents of the console beside those of the operator's manifest, and no others.
func TestConsole_onlyTrusted(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 2, Regions: 1, Clock: time.Now()})
	path := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(path, []byte(`{"codes":"`+persistedDocument+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	only := []string{"OPSGRAPH_PERSISTED_ONLY_TRUSTED=true", "OPSGRAPH_PERSISTED_MANIFEST_FILE=" + path}
	answers := func(r *kit.Replica, document string) string {
		t.Helper()
		return r.Ask(t, document, "", nil).Raw
	}
	const refused, others = "PERSISTED_QUERY_REQUIRED", `{ hosts { nodes { name } } }`
	r := w.StartPages(t, consoleFiles(consoleDocument), only...)
	if got := answers(r, consoleDocument); !strings.Contains(got, `"totalCount":2`) {
		t.Errorf("the console's: %s", got)
	}
	if got := post(t, r, apqBody(t, documents.Hash(consoleDocument), ""), "").Raw; !strings.Contains(got, `"totalCount":2`) {
		t.Errorf("the console's by its hash: %s", got)
	}
	if got := answers(r, persistedDocument); !strings.Contains(got, `"regions"`) {
		t.Errorf("the operator's: %s", got)
	}
	if got := answers(r, others); !strings.Contains(got, refused) {
		t.Errorf("another: %s", got)
	}
	off := w.StartPages(t, consoleFiles(consoleDocument), append(only, "OPSGRAPH_CONSOLE_ENABLED=false")...)
	if got := answers(off, consoleDocument); !strings.Contains(got, refused) {
		t.Errorf("the console's where it is off: %s", got)
	}
	unlisted := consoleFiles(consoleDocument)
	delete(unlisted, "console-documents.json")
	if got := answers(w.StartPages(t, unlisted, only...), persistedDocument); !strings.Contains(got, `"regions"`) {
		t.Errorf("built without a list: %s", got)
	}
}

// TestConsole_documentsOfAnotherSchema ends the start of a gateway whose console would ask what is refused, where its
// documents count at all.
func TestConsole_documentsOfAnotherSchema(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	path := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(path, []byte(`{"same":"{ regions { code } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	only := []string{"OPSGRAPH_PERSISTED_ONLY_TRUSTED=true", "OPSGRAPH_PERSISTED_MANIFEST_FILE=" + path}
	text := func(manifest string) fs.FS {
		files := consoleFiles(consoleDocument)
		files["console-documents.json"] = &fstest.MapFile{Data: []byte(manifest)}
		return files
	}
	for name, test := range map[string]struct {
		files fs.FS
		want  []string
	}{
		"a field that is not there": {consoleFiles(`query Old { noSuchField }`), []string{"trusted document", "noSuchField"}},
		"no JSON":                   {text(`{`), []string{"documents of the console", "no JSON object"}},
		"an id of another document": {text(`{"same":"{ regions { name } }"}`), []string{"documents of the console", `id "same"`}},
	} {
		cfg, err := config.Load("", append(w.Environment(), only...))
		if err != nil {
			t.Fatal(err)
		}
		g, err := gateway.New(t.Context(), cfg, gateway.Dependencies{
			Logger: slog.New(slog.DiscardHandler), Pages: test.files,
		})
		if err == nil {
			t.Errorf("%s: the gateway starts", name)
			err = g.Close()
		}
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want one with %q", name, err, want)
			}
		}
	}
	w.StartPages(t, consoleFiles(`query Old { noSuchField }`)) // others are answered, too
}
