package httpapi

import (
	"fmt"
	"io/fs"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// Playground is the page at which a person writes queries, with the files that it loads.
type Playground struct {
	page     *page
	files    fs.FS
	compress func(http.Handler) http.HandlerFunc
}

// NewPlayground makes the playground of built pages.
func NewPlayground(files fs.FS) (*Playground, error) {
	page, err := newPage(files, "playground.html")
	if err != nil {
		return nil, fmt.Errorf("playground: %w", err)
	}
	compress, err := gzhttp.NewWrapper()
	if err != nil {
		return nil, fmt.Errorf("compression of pages: %w", err)
	}
	return &Playground{page: page, files: files, compress: compress}, nil
}

// Add adds the playground to the routes, and the way to it from the root. observed counts the requests of a route.
func (p *Playground) Add(routes *http.ServeMux, observed func(route string) func(http.Handler) http.Handler) {
	routes.Handle("GET /playground", observed("/playground")(p.page))
	routes.Handle("GET /assets/{name}", observed("/assets")(settleEncoding(p.compress(assets{p.files}))))
	routes.Handle("GET /{$}", observed("/")(http.HandlerFunc(leadToPlayground)))
}

// leadToPlayground answers the root. The address is relative, and so right below a path of another server, too.
func leadToPlayground(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Location", "playground")
	w.Header().Set(HeaderCacheControl, "no-cache")
	w.WriteHeader(http.StatusFound)
}
