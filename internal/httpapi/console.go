package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// consolePolicy is the Content-Security-Policy of the console: everything is a file of the gateway, no style or script
// stands in the page. 'self' of base-uri is for the element base, which holds what deeper paths need.
const consolePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; base-uri 'self'; frame-ancestors 'none'; form-action 'none'"

// ConsoleSettings are what the console is told before it asks anything. They are for everyone who reaches the address:
// nothing in them may be secret.
type ConsoleSettings struct {
	Version    string  `json:"version"`
	Demo       bool    `json:"demo"`
	SiteName   string  `json:"siteName"`
	TimeZone   string  `json:"timeZone"`
	NearlyFull float64 `json:"nearlyFull"`
	Full       float64 `json:"full"`
	Language   string  `json:"language"`
	// Identity is none where callers are asked for nothing, and token where for a token, which goes into TokenHeader.
	Identity    string `json:"identity"`
	TokenHeader string `json:"tokenHeader,omitempty"`
}

// consoleRoutes are the paths at which the console is.
func consoleRoutes() []string {
	return []string{
		"/", "/regions/{code}", "/hosts", "/hosts/{hostId}", "/alarms", "/capacity", "/jobs", "/jobs/{id}", "/upstream",
	}
}

const (
	// deepestPage is how deep a path is at most that a person is answered with the page at: a wrong link is hardly deeper.
	deepestPage = 16
	// longestName is the longest name in a path of the console, in bytes; ids are much shorter.
	longestName = 512
)

// What the gateway fills in of the built page. The element base leads from a page to the root: a browser takes relative
// addresses from the page's own path, which may lie below a path of another server.
var (
	baseElement     = regexp.MustCompile(`(<base href=")\./(")`)
	settingsElement = regexp.MustCompile(`(<meta name="opsgraph-console" content=")[^"]*(")`)
)

// console is one page at several paths.
type console struct {
	pages []*page // by how many folders the routes' paths lie below the root
	built []byte  // the page without its place; nil when it was not built
}

// newConsole makes the pages of the built one.
func newConsole(files fs.FS, settings ConsoleSettings) (*console, error) {
	built, err := newPage(files, "console.html", consolePolicy)
	if err != nil {
		return nil, err
	}
	if built.text == nil {
		return &console{pages: []*page{built, built}}, nil // the text in its place has no address
	}
	told, err := json.Marshal(settings)
	if err != nil {
		return nil, fmt.Errorf("settings of the page: %w", err)
	}
	text, err := fill(built.text, settingsElement, html.EscapeString(string(told)))
	if err != nil {
		return nil, err
	}
	c := &console{built: text}
	for depth := range 2 {
		filled, err := fill(text, baseElement, rootFrom(depth))
		if err != nil {
			return nil, err
		}
		c.pages = append(c.pages, built.with(filled))
	}
	return c, nil
}

// rootFrom is the way to the root from a path that lies so many folders below it.
func rootFrom(depth int) string {
	if depth == 0 {
		return "./"
	}
	return strings.Repeat("../", depth)
}

// errNoPlace is wrapped by the error of a page without a place for what the gateway fills in.
var errNoPlace = errors.New("the built page has not just one")

// fill puts a value between the two groups of the only match of a pattern.
func fill(text []byte, place *regexp.Regexp, value string) ([]byte, error) {
	found := place.FindAllSubmatchIndex(text, -1)
	if len(found) != 1 {
		return nil, fmt.Errorf("%w %s", errNoPlace, place)
	}
	begin, end := found[0][3], found[0][4]
	return bytes.Join([][]byte{text[:begin], []byte(value), text[end:]}, nil), nil
}

// add adds the console to the routes.
func (c *console) add(routes *http.ServeMux, observed func(route string) func(http.Handler) http.Handler) {
	for _, route := range consoleRoutes() {
		pattern := route
		if route == "/" {
			pattern = "/{$}"
		}
		depth := strings.Count(route, "/") - 1
		routes.Handle("GET "+pattern, observed(route)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// A name may have an encoded slash or be dots, which proxies and browsers take for another path.
			name := path.Base(r.URL.Path)
			if strings.Count(r.URL.Path, "/") != depth+1 || name == "." || name == ".." || len(name) > longestName {
				writeMissing(w, r, c.missing)
				return
			}
			c.pages[depth].ServeHTTP(w, r)
		})))
	}
}

// missing answers a browser with the console, which says that there is no such page, and reports whether it did: others
// are to get a text that programs read, and with a console that was not built there is nothing to say it.
func (c *console) missing(w http.ResponseWriter, r *http.Request) bool {
	depth := max(strings.Count(r.URL.EscapedPath(), "/")-1, 0)
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
	if !isRead || depth > deepestPage || c.built == nil || !takesPages(r) {
		return false
	}
	text, err := fill(c.built, baseElement, rootFrom(depth))
	if err != nil {
		return false // not reachable: the pages of the routes were made of it
	}
	c.pages[0].writeMissing(w, text)
	return true
}

// writeMissing answers 404 with the page, filled for a path.
func (p *page) writeMissing(w http.ResponseWriter, text []byte) {
	header := w.Header()
	p.setHeaders(header)
	header.Set(HeaderCacheControl, "no-store")
	header.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write(text) // a browser that went away needs no page
}

// takesPages reports whether a request is one for pages: it names their media type, as browsers do where a person goes
// somewhere, and likes JSON no better. A wildcard names nothing.
func takesPages(r *http.Request) bool {
	accept := r.Header.Values("Accept")
	page := rating(accept, "text/html")
	return page.specificity == exact && page.quality > 0 && page.quality >= rating(accept, mediaJSON).quality
}

// rating is how Accept headers rate an offer.
func rating(accept []string, offer string) match {
	var best match
	for i, text := range strings.Split(strings.Join(accept, ","), ",") {
		if i == maxAcceptRanges {
			break
		}
		name, quality, ok := parseRange(text)
		if specificity := specificityOf(name, offer); ok && specificity > best.specificity {
			best = match{quality, specificity}
		}
	}
	return best
}
