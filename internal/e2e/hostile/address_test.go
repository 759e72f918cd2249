package hostile

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestHostile_publicAddress_H169 asks the address of users for what it must not have, with its pages and without them.
func TestHostile_publicAddress_H169(t *testing.T) {
	t.Parallel()
	const page, script = `<!doctype html><title>a page</title>`, "/assets/editor-D7hax6dP.js"
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 4})
	pages := fstest.MapFS{
		"playground.html": {Data: []byte(page)}, script[1:]: {Data: []byte("export {}")},
		"console.html":           {Data: []byte(page + `<base href="./"><meta name="opsgraph-console" content="">`)},
		"console-documents.json": {Data: []byte("{}")},
	}
	for name, test := range map[string]struct {
		console, playground string
		want                map[string]int
	}{
		"with the playground": {
			"false", "true", map[string]int{
				"/": http.StatusFound, "/playground": http.StatusOK, script: http.StatusOK, "/hosts": http.StatusNotFound,
			},
		},
		"with the console": {
			"true", "false", map[string]int{
				"/": http.StatusOK, "/playground": http.StatusNotFound, script: http.StatusOK, "/hosts": http.StatusOK,
			},
		},
		"with both": {
			"true", "true",
			map[string]int{"/": http.StatusOK, "/playground": http.StatusOK, script: http.StatusOK, "/hosts": http.StatusOK},
		},
		"without pages": {
			"false", "false", map[string]int{
				"/": http.StatusNotFound, "/playground": http.StatusNotFound, script: http.StatusNotFound, "/hosts": http.StatusNotFound,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(w.NewPages(t, pages,
				"OPSGRAPH_CONSOLE_ENABLED="+test.console, "OPSGRAPH_PLAYGROUND="+test.playground).Handler())
			client := &http.Transport{DisableCompression: true}
			t.Cleanup(func() {
				client.CloseIdleConnections()
				server.Close()
			})
			for _, path := range []string{
				"/metrics", "/debug/pprof/", "/debug/vars", "/.git", "/.git/config", "/assets", "/assets/", "/admin", "/graphiql",
				"/x", "/console-documents.json", "/console.html", "/hosts/", "/hosts/x/metrics", "/hosts/%2e%2e/metrics",
			} {
				test.want[path] = http.StatusNotFound
			}
			test.want["/graphql?query={__typename}"] = http.StatusNotAcceptable
			for path, status := range test.want {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				request.Header.Set("Accept", "text/html")
				response, err := client.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
				if err != nil {
					t.Fatal(err)
				}
				got := kit.ReadReply(t, response)
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
