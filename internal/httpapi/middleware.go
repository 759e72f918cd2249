package httpapi

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/rs/cors"

	"github.com/opsgraph/opsgraph/internal/cost"
)

const (
	// compressedBytes is the smallest answer that is compressed: below it the packet is the same.
	compressedBytes = 1024
	// compressedSuffix and the name of the encoding distinguish the ETag of a compressed answer.
	compressedSuffix = "."
	// corsMaxAge is how many seconds a browser may rely on a preflight.
	corsMaxAge = 600
)

// callerRequestHeaders are the headers that pages of other sites may send, where they may call at all.
func callerRequestHeaders() []string {
	return append(
		ClientHeaders(),
		"Accept", "Authorization", "Content-Type", "If-None-Match", "Last-Event-ID", "X-Auth-Token", "X-HCSO-Domain-Id",
		"X-Request-Id",
		cost.HeaderExplain, cost.HeaderMaxAge, headerPreflight, "Apollo-Require-Preflight", "X-Apollo-Operation-Name",
		// What clients and their tracing add, and nothing here reads.
		"Traceparent", "Tracestate", "Baggage", "Sentry-Trace",
		"Cache-Control", "Pragma", "X-Requested-With",
	)
}

// AllowOrigins answers preflights of exactly the allowed origins and lets their pages read answers, without cookies.
// Pages may send the headers given, beside those that clients are known to send. With no origin allowed no answer has a
// header of CORS.
func AllowOrigins(origins *Origins, headers []string) func(http.Handler) http.Handler {
	if origins.None() {
		return func(next http.Handler) http.Handler { return next }
	}
	return cors.New(cors.Options{
		AllowOriginFunc: origins.Allows,
		AllowedMethods:  []string{http.MethodGet, http.MethodPost},
		AllowedHeaders:  append(callerRequestHeaders(), headers...),
		ExposedHeaders:  []string{"Age", "Date", "ETag", "Retry-After", "WWW-Authenticate", "X-Request-Id"},
		MaxAge:          corsMaxAge,
	}).Handler
}

// NewCompression compresses answers for clients that accept it. Event streams stay plain: a compressor for each would
// cost more memory than all else of a subscriber.
func NewCompression() (func(http.Handler) http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(compressedBytes),
		gzhttp.SuffixETag(compressedSuffix),
		gzhttp.ContentTypeFilter(func(contentType string) bool {
			return !strings.HasPrefix(contentType, "text/event-stream") && gzhttp.DefaultContentTypeFilter(contentType)
		}),
	)
	if err != nil {
		return nil, fmt.Errorf("compression of answers: %w", err)
	}
	return func(next http.Handler) http.Handler {
		packed := settleEncoding(wrap(next))
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Upgrade") != "" || PrefersEvents(r) {
				next.ServeHTTP(w, r) // a WebSocket takes the connection over, and an event stream stays plain
				return
			}
			packed.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), plainKey{}, w)))
		})
	}, nil
}

type plainKey struct{}

// Plain is the writer of an answer that is not compressed: each event of a stream goes out at once.
func Plain(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	if plain, ok := r.Context().Value(plainKey{}).(http.ResponseWriter); ok {
		return plain
	}
	return w
}

// SecurityHeaders has browsers take an answer for data only; pages set a policy of their own. A gateway with TLS asks
// for TLS for a year.
func SecurityHeaders(tls bool) func(http.Handler) http.Handler {
	const count = 6
	lines := make(http.Header, count)
	lines.Set("X-Content-Type-Options", "nosniff")
	lines.Set("X-Frame-Options", "DENY")
	lines.Set("Referrer-Policy", "no-referrer")
	lines.Set("Cross-Origin-Resource-Policy", "same-origin")
	lines.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if tls {
		lines.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			maps.Copy(w.Header(), lines) // the values are shared: who changes a line sets another
			next.ServeHTTP(w, r)
		})
	}
}
