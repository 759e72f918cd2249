package httpapi

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// playgroundPolicy is the Content-Security-Policy of the playground: everything is loaded from the gateway. 'self' of
// connect-src covers its WebSocket. The editor writes styles into the page, has icons in a font, and may start workers
// from blobs.
const playgroundPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; " +
	"connect-src 'self'; font-src 'self' data:; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"

// notBuilt is the page of a gateway that was built without its pages.
const notBuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>opsgraph: page not built</title></head><body>
<h1>This page was not built</h1>
<p>The gateway runs and answers <code>/graphql</code>; its pages are built with Node.js 20.19 or later:
<code>make web</code>, then <code>make build</code>, or <code>make run</code>, which does both.</p>
</body></html>
`

// mediaTypeOf is the media type of a built file by the ending of its name. The types are in code because those of
// operating systems differ; nothing is guessed from content.
func mediaTypeOf(name string) string {
	types := map[string]string{
		".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".svg": "image/svg+xml", ".ttf": "font/ttf", ".woff2": "font/woff2",
	}
	return cmp.Or(types[path.Ext(name)], "application/octet-stream")
}

// setPageHeaders sets the headers of every page and every file that it loads. Files have a policy too: a script of a
// worker keeps to the one that it came with.
func setPageHeaders(header http.Header, policy string) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// page is one built page: the same bytes for everyone, whatever the request says.
type page struct {
	text              []byte // nil when it was not built
	tag               string
	mediaType, policy string
}

// newPage reads a page. One that was not built is served as a page that says so.
func newPage(files fs.FS, name, policy string) (*page, error) {
	p := page{mediaType: mediaTypeOf(name), policy: policy}
	text, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return &p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	return p.with(text), nil
}

// with is the page with a text in place of its own.
func (p *page) with(text []byte) *page {
	other := *p
	other.text, other.tag = text, weakTag(text)
	return &other
}

// setHeaders sets the headers of the page that are the same whatever its status.
func (p *page) setHeaders(header http.Header) {
	setPageHeaders(header, p.policy)
	header.Set("Content-Type", p.mediaType)
}

// weakTag is an ETag that is the same for every compression of a text.
func weakTag(text []byte) string {
	hash := sha256.Sum256(text)
	return `W/"` + base64.RawURLEncoding.EncodeToString(hash[:12]) + `"`
}

// ServeHTTP answers the page. A browser asks again each time; mostly it has the page already.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	p.setHeaders(header)
	if p.text == nil {
		header.Set(HeaderCacheControl, "no-store")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(notBuilt)) // a browser that went away needs no page
		return
	}
	header.Set(HeaderCacheControl, "no-cache")
	header.Set("ETag", p.tag)
	if !answerHeld(w, r) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.text))
	}
}

// assets are the files that pages load. Their names have the hash of their content, so that they never change.
type assets struct{ files fs.FS }

// ServeHTTP answers the file that the last part of the path names.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	file := path.Join("assets", name)
	header := w.Header()
	setPageHeaders(header, playgroundPolicy) // the only page with workers
	// A name may have an encoded slash, and would then be a file outside this folder.
	if info, err := fs.Stat(a.files, file); err != nil || !info.Mode().IsRegular() || path.Base(file) != name {
		writeProblem(w, r, http.StatusNotFound, refusal.New(refusal.CodeNotFound, "%s", notFound(r.URL.Path)))
		return
	}
	header.Set("Content-Type", mediaTypeOf(name))
	header.Set(HeaderCacheControl, "public, max-age=31536000, immutable")
	header.Set("ETag", `W/"`+name+`"`) // weak: the same for every compression
	if !answerHeld(w, r) {
		http.ServeFileFS(w, r, a.files, file)
	}
}
