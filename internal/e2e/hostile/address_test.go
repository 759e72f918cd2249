package hostile

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestHostile_publicAddress_H169 asks the address of users for what it must not have, with the playground and without
// it.
func TestHostile_publicAddress_H169(t *testing.T) {
	t.Parallel()
	const page, script = `<!doctype html><title>a page</title>`, "/assets/editor-D7hax6dP.js"
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 4})
	pages := fstest.MapFS{"playground.html": {Data: []byte(page)}, script[1:]: {Data: []byte("export {}")}}
	for name, test := range map[string]struct {
		setting string
		want    map[string]int
	}{
		"with the playground": {
			"true",
			map[string]int{"/": http.StatusFound, "/playground": http.StatusOK, script: http.StatusOK},
		},
		"without the playground": {
			"false",
			map[string]int{"/": http.StatusNotFound, "/playground": http.StatusNotFound, script: http.StatusNotFound},
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(w.NewPages(t, pages, "OPSGRAPH_PLAYGROUND="+test.setting).Handler())
			client := &http.Transport{DisableCompression: true}
			t.Cleanup(func() {
				client.CloseIdleConnections()
				server.Close()
			})
			for _, path := range []string{
				"/metrics", "/debug/pprof/", "/debug/vars", "/.git", "/.git/config", "/assets", "/assets/", "/admin", "/graphiql",
				"/x",
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
