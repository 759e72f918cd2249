package httpapi

import (
	"fmt"
	"io/fs"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// observer counts the requests of a route.
type observer func(route string, next http.Handler) http.Handler

// AddPlayground adds the playground to the routes, and the way to it from the root. files are the built pages.
func AddPlayground(routes *http.ServeMux, files fs.FS, observed observer) error {
	playground, err := newPage(files, "playground.html")
	if err != nil {
		return fmt.Errorf("playground: %w", err)
	}
	compress, err := gzhttp.NewWrapper()
	if err != nil {
		return fmt.Errorf("compression of pages: %w", err)
	}
	routes.Handle("GET /playground", observed("/playground", playground))
	routes.Handle("GET /assets/{name}", observed("/assets", compress(assets{files})))
	routes.Handle("GET /{$}", observed("/", http.HandlerFunc(leadToPlayground)))
	return nil
}

// leadToPlayground answers the root. The address is relative, so that it holds below a path of another server too.
func leadToPlayground(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Location", "playground")
	w.Header().Set(HeaderCacheControl, "no-cache")
	w.WriteHeader(http.StatusFound)
}
