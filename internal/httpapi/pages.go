package httpapi

import (
	"fmt"
	"io/fs"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// PageOptions say which pages are served.
type PageOptions struct {
	// Playground serves the page at which a person writes queries.
	Playground bool
	// Console is what the console is told; nil serves none.
	Console *ConsoleSettings
}

// Pages are the pages for browsers, with the files that they load. nil has none.
type Pages struct {
	playground *page    // nil where it is switched off
	console    *console // the same
	files      fs.FS
	compress   func(http.Handler) http.HandlerFunc
}

// NewPages makes the pages of what was built.
func NewPages(files fs.FS, options PageOptions) (*Pages, error) {
	p := &Pages{files: files}
	var err error
	if options.Playground {
		if p.playground, err = newPage(files, "playground.html", playgroundPolicy); err != nil {
			return nil, fmt.Errorf("playground: %w", err)
		}
	}
	if options.Console != nil {
		if p.console, err = newConsole(files, *options.Console); err != nil {
			return nil, fmt.Errorf("console: %w", err)
		}
	}
	if p.compress, err = gzhttp.NewWrapper(); err != nil {
		return nil, fmt.Errorf("compression of pages: %w", err)
	}
	return p, nil
}

// Add adds the pages to the routes; without the console the root leads to the playground. observed counts the requests
// of a route.
func (p *Pages) Add(routes *http.ServeMux, observed func(route string) func(http.Handler) http.Handler) {
	if p == nil {
		return
	}
	routes.Handle("GET /assets/{name}", observed("/assets")(settleEncoding(p.compress(assets{p.files}))))
	if p.playground != nil {
		routes.Handle("GET /playground", observed("/playground")(p.playground))
	}
	switch {
	case p.console != nil:
		p.console.add(routes, observed)
	case p.playground != nil:
		routes.Handle("GET /{$}", observed("/")(http.HandlerFunc(leadToPlayground)))
	}
}

// missing answers a browser that asks for a path at which there is nothing, and reports whether it did.
func (p *Pages) missing(w http.ResponseWriter, r *http.Request) bool {
	return p != nil && p.console != nil && p.console.missing(w, r)
}

// leadToPlayground answers the root. The address is relative, and so right below a path of another server, too.
func leadToPlayground(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Location", "playground")
	w.Header().Set(HeaderCacheControl, "no-cache")
	w.WriteHeader(http.StatusFound)
}
