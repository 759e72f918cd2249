package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestFound_G5_TagsOfProxies asks for a small answer, which the gateway does not compress, with the tag as a proxy has
// changed it that does (Apache's mod_deflate, nginx), by GET and POST.
func TestFound_G5_TagsOfProxies(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1})
	r := w.StartGateway(t, "")
	const small = `{ hosts(first: 1) { totalCount } }`
	tag := r.Ask(t, small, "", nil).Header.Get("ETag")
	hash := strings.Trim(tag, `"`)
	for held, want := range map[string]int{
		`"` + hash + `-gzip"`:                           http.StatusNotModified,
		`W/"` + hash + `-gzip"`:                         http.StatusNotModified,
		`"` + hash + `;gzip"`:                           http.StatusNotModified,
		`"` + hash + `-br"`:                             http.StatusNotModified,
		`W/"` + hash + `"`:                              http.StatusNotModified,
		`"` + strings.Repeat("A", len(hash)) + `-gzip"`: http.StatusOK,
		`"-gzip"`: http.StatusOK,
	} {
		header := http.Header{"If-None-Match": {held}}
		for method, got := range map[string]*kit.Reply{
			"GET": fetch(t, r, small, header), "POST": r.Ask(t, small, "", header),
		} {
			if got.Status != want || got.Header.Get("ETag") != tag {
				t.Errorf("%s by %s: %d, ETag %q, want %d", held, method, got.Status, got.Header.Get("ETag"), want)
			}
		}
	}
}
