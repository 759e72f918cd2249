package httpapi

import (
	"net/http"
	"slices"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// checkForgery refuses requests that a page of another site could make a browser send. A POST, whose application/json
// has forced a preflight, is judged by its origin. A GET passes with a header that forces a preflight, else it is
// judged like a POST.
func (t *Transport) checkForgery(r *http.Request) *gqlerror.Error {
	if r.Method == http.MethodGet {
		if forcesPreflight(r.Header) {
			return nil
		}
		if t.options.PreflightGET && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
			if isNamed(r.Header, cost.HeaderExplain, cost.HeaderMaxAge, "X-Auth-Token", "X-HCSO-Domain-Id") {
				return nil
			}
			return refusal.New(refusal.CodeCSRFBlocked, "A gateway that asks for no credentials and serves beyond loopback "+
				"answers a GET only with a header that no page can send without being asked (a preflight). "+
				"Send %s: 1, or use POST.", headerPreflight)
		}
	}
	if t.options.Origins.accepts(r) {
		return nil
	}
	return refusal.New(refusal.CodeCSRFBlocked, "%s", foreignPage(r))
}

// foreignPage says why a page was refused, and which setting is in question.
func foreignPage(r *http.Request) string {
	page := "another site"
	if origin := r.Header.Get("Origin"); origin != "" {
		page = refusal.Quoted(origin)
	}
	text := "A page of " + page + " may not send this to " + refusal.Quoted(r.Host) +
		": server.allowed_origins names the origins whose pages may. A proxy must pass on the Host that it got."
	if r.Method == http.MethodGet && r.Header.Get("Upgrade") == "" {
		text += " A client that is no page can send " + headerPreflight + ": 1."
	}
	return text
}

const headerPreflight = "GraphQL-Require-Preflight"

// forcesPreflight reports whether a request has a header that a browser sends to another site only after that site has
// allowed it (a CORS preflight). The Content-Type of a GET is application/json by now, which is one.
func forcesPreflight(header http.Header) bool {
	return isNamed(header, headerPreflight, "Apollo-Require-Preflight", "X-Apollo-Operation-Name", "Content-Type")
}

// isNamed reports whether any of the headers has a value.
func isNamed(header http.Header, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return header.Get(name) != "" })
}
