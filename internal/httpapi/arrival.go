package httpapi

import (
	"context"
	"net/http"
	"time"
)

type arrivalKey struct{}

// NoteArrival notes when a request came, before anything is done for it: what it may take counts from there.
func NoteArrival(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(WithArrival(r.Context(), time.Now())))
	})
}

// WithArrival returns a context whose operation came at a time of the real clock: with its request, or with its message
// on a connection that stays.
func WithArrival(ctx context.Context, came time.Time) context.Context {
	return context.WithValue(ctx, arrivalKey{}, came)
}

// Arrival is when the operation of a context came; now where that was not noted.
func Arrival(ctx context.Context) time.Time {
	if came, ok := ctx.Value(arrivalKey{}).(time.Time); ok {
		return came
	}
	return time.Now()
}
