package httpapi

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// writeProblem answers a request that reaches no operation, in the form of GraphQL's errors.
func writeProblem(w http.ResponseWriter, r *http.Request, status int, err *gqlerror.Error) {
	response := &graphql.Response{Errors: gqlerror.List{err}}
	refusal.DefaultLimits().Apply(r.Context(), response)
	var body bytes.Buffer
	if err := Encode(&body, response); err != nil {
		panic(err) // not reachable: texts alone
	}
	header := w.Header()
	header.Set("Content-Type", mediaJSON+"; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set(HeaderCacheControl, "no-store")
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a client that went away needs no reason
}

// NameMistakes answers what a router has no handler for, which would be a plain text without a reason. Browsers get a
// page where there is one for that.
func NameMistakes(routes *http.ServeMux, pages *Pages) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, pattern := routes.Handler(r)
		switch {
		case r.RequestURI == "*", strings.Contains(pattern, "{"):
			routes.ServeHTTP(w, r) // which refuses the former, the begin of HTTP/2, and reads names from the latter's paths
			return
		case pattern != "":
			handler.ServeHTTP(w, r)
			return
		}
		// Of the router's own answer only its headers count: Allow, where another method would be answered.
		probe := &statusOnly{header: http.Header{}}
		handler.ServeHTTP(probe, r)
		if allow := probe.header.Get("Allow"); probe.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", allow)
			writeProblem(w, r, probe.status, refusal.New(refusal.CodeMethodNotAllowed,
				"The method %s is not answered here; %s are.", refusal.Quoted(r.Method), allow))
			return
		}
		writeMissing(w, r, pages.missing)
	})
}

// writeMissing answers a path at which there is nothing, by the page where the request is one for pages.
func writeMissing(w http.ResponseWriter, r *http.Request, page func(http.ResponseWriter, *http.Request) bool) {
	if !page(w, r) {
		writeProblem(w, r, http.StatusNotFound, refusal.New(refusal.CodeNotFound, "%s", notFound(r.URL.Path)))
	}
}

func notFound(path string) string {
	if known := strings.TrimRight(path, "/"); known == "/graphql" || known == "/playground" || known == "/schema.graphql" {
		return fmt.Sprintf("The path is %s, without a slash at its end.", known)
	}
	return fmt.Sprintf("There is nothing at %s. GraphQL is answered at /graphql, by GET and POST; the schema is at "+
		"/schema.graphql.", refusal.Quoted(path))
}

// statusOnly takes the status and headers of an answer and drops the rest.
type statusOnly struct {
	header http.Header
	status int
}

// Header implements http.ResponseWriter.
func (s *statusOnly) Header() http.Header { return s.header }

// WriteHeader implements http.ResponseWriter.
func (s *statusOnly) WriteHeader(status int) { s.status = status }

// Write implements http.ResponseWriter.
func (s *statusOnly) Write(text []byte) (int, error) { return len(text), nil }
