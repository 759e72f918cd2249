package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// CheckTarget refuses a request for a whole URI whose host is not that of its header Host: a proxy in front may have
// judged it by the other one. sent returns the header, and whether it is known; where it is not, the request is
// refused.
func CheckTarget(sent func(*http.Request) (string, bool)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Host == "" || r.Method == http.MethodConnect {
				next.ServeHTTP(w, r)
				return
			}
			scheme := strings.ToLower(r.URL.Scheme)
			if host, ok := sent(r); ok && normalHost(host, scheme) == normalHost(r.URL.Host, scheme) {
				next.ServeHTTP(w, r)
				return
			}
			writeProblem(w, r, http.StatusBadRequest, refusal.New(refusal.CodeBadRequest,
				"The request names a host by a whole URI that its header Host does not name. Ask for the path alone."))
		})
	}
}

// AllowHosts answers only requests whose Host is a loopback name or one of those given, with or without a port. A page
// can have its own name lead to this machine (DNS rebinding): to its browser the gateway is the page's own site then,
// and only the Host shows it. A request without a Host is none of a browser's.
func AllowHosts(hosts []string) func(http.Handler) http.Handler {
	allowed := make([]string, len(hosts))
	for i, host := range hosts {
		allowed[i] = strings.ToLower(host)
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			host := strings.ToLower(r.Host)
			if host == "" || isLoopback(host) || slices.Contains(allowed, host) || slices.Contains(allowed, hostname(host)) {
				next.ServeHTTP(w, r)
				return
			}
			writeProblem(w, r, http.StatusMisdirectedRequest, refusal.New(refusal.CodeCSRFBlocked,
				"The Host %s is no loopback name. A gateway that asks for no credentials and serves on loopback answers no "+
					"other, unless server.allowed_hosts names it; behind a proxy that is the Host that the proxy sends.",
				refusal.Quoted(r.Host)))
		})
	}
}
