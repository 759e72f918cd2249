package httpapi

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// newOriginCheck makes the check of a request's origin. trusted are other sites whose pages may call, as origins.
func newOriginCheck(trusted []string) (*http.CrossOriginProtection, error) {
	check := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if err := check.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trusted origin %q: %w", origin, err)
		}
	}
	return check, nil
}

// checkForgery refuses requests that a page of another site could make a browser send. A POST, whose application/json
// has forced a preflight, is judged by Sec-Fetch-Site and Origin. A GET passes with a header that forces a preflight,
// else it is judged like a POST: net/http's check lets every GET pass, but a GET of ours spends upstream quota.
func checkForgery(check *http.CrossOriginProtection, r *http.Request) *gqlerror.Error {
	judged := r
	if r.Method == http.MethodGet {
		if forcesPreflight(r.Header) {
			return nil
		}
		asPost := *r
		asPost.Method = http.MethodPost
		judged = &asPost
	}
	if err := check.Check(judged); err != nil {
		return refusal.New(refusal.CodeCSRFBlocked,
			"A page of another site may not send this request. A client that is no page of another "+
				"site can send the header %s.", headerPreflight)
	}
	return nil
}

const headerPreflight = "GraphQL-Require-Preflight"

// forcesPreflight reports whether a request has a header that a browser sends to another site only after that site has
// allowed it (a CORS preflight). The Content-Type of a GET is application/json by now, which is one.
func forcesPreflight(header http.Header) bool {
	names := [...]string{headerPreflight, "Apollo-Require-Preflight", "X-Apollo-Operation-Name", "Content-Type"}
	return slices.ContainsFunc(names[:], func(name string) bool { return header.Get(name) != "" })
}
