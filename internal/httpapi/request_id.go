package httpapi

import (
	"crypto/rand"
	"net/http"
	"regexp"

	"github.com/opsgraph/opsgraph/internal/telemetry"
)

const headerRequestID = "X-Request-Id"

// requestIDForm is what a request id of the client must look like, so that logs and headers can have it as it is.
var requestIDForm = regexp.MustCompile(`\A[0-9A-Za-z_-]{1,64}\z`)

// WithRequestID gives every request an id: the client's X-Request-Id where that has the right form (H-160), else a
// random one. The answer carries it, and telemetry.RequestID finds it in the context.
func WithRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Values(headerRequestID)
		if len(given) != 1 || !requestIDForm.MatchString(given[0]) {
			given = []string{rand.Text()}
		}
		id := given[0]
		w.Header().Set(headerRequestID, id)
		next.ServeHTTP(w, r.WithContext(telemetry.WithRequestID(r.Context(), id)))
	})
}
