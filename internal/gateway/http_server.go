package gateway

import (
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// ServerLimits bounds what one connection may take of the server before a handler looks at it.
type ServerLimits struct {
	// ReadHeaderTimeout is the longest time to receive the headers.
	ReadHeaderTimeout time.Duration
	// ReadTimeout is the longest time to receive headers and body.
	ReadTimeout time.Duration
	// WriteTimeout is the longest time to write an answer that is no stream.
	WriteTimeout time.Duration
	// IdleTimeout is how long an unused connection is kept.
	IdleTimeout time.Duration
	// HeaderBytes is the size of all headers, the request line not counted.
	HeaderBytes int
	// Headers is the number of header lines.
	Headers int
}

// DefaultServerLimits returns the limits of the documentation.
func DefaultServerLimits() ServerLimits {
	return ServerLimits{
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		HeaderBytes:       32 << 10,
		Headers:           100,
	}
}

// longestHead is what net/http reads of a request's head before it gives up with 431: enough for a URL far beyond its limit
// to reach the transport, which answers it with 414.
const longestHead = 128 << 10

// NewHTTPServer makes the server of the users' address. It speaks HTTP/1.1 only: TLS and HTTP/2 end in front of it. The
// caller sets the base context, serves and shuts down.
func NewHTTPServer(handler http.Handler, limits ServerLimits, logger *slog.Logger) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler:           limitHead(handler, limits),
		ReadHeaderTimeout: limits.ReadHeaderTimeout,
		ReadTimeout:       limits.ReadTimeout,
		WriteTimeout:      limits.WriteTimeout,
		IdleTimeout:       limits.IdleTimeout,
		MaxHeaderBytes:    longestHead,
		Protocols:         protocols,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// limitHead refuses oversized headers, ends the connection behind a body in chunks, and takes the time limit of writing from
// event streams, which set one for each event.
func limitHead(next http.Handler, limits ServerLimits) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lines, size := 0, 0
		for name, values := range r.Header {
			for _, value := range values {
				lines++
				size += len(name) + len(value) + len(": \r\n")
			}
		}
		if lines > limits.Headers || size > limits.HeaderBytes {
			w.Header().Set("Connection", "close")
			http.Error(w, "431 Request Header Fields Too Large", http.StatusRequestHeaderFieldsTooLarge)
			return
		}
		if len(r.TransferEncoding) > 0 {
			// net/http has already dropped a Content-Length that came along, so that every body in chunks may be one of two
			// that another server would see: nothing more is read from this connection (RFC 9112 section 6.1).
			w.Header().Set("Connection", "close")
		}
		if strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/event-stream") {
			if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
				http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
