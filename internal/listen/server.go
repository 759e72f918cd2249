package listen

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Limits bounds what one connection may take of the server before its handler runs.
type Limits struct {
	// ReadHeaderTimeout is the longest time to receive the headers.
	ReadHeaderTimeout time.Duration
	// ReadTimeout is the longest time to receive headers and body.
	ReadTimeout time.Duration
	// WriteTimeout is the longest time to write an answer that is no stream.
	WriteTimeout time.Duration
	// IdleTimeout is how long an unused connection is kept: longer than proxies keep theirs, so that the proxy is the one
	// that ends it.
	IdleTimeout time.Duration
	// HeaderBytes is the size of all headers, the request line not counted.
	HeaderBytes int
	// Headers is the number of header lines.
	Headers int
	// Streams is the number of requests at once on one connection of HTTP/2, where H2C takes that without TLS.
	Streams int
	H2C     bool
}

// DefaultLimits returns the limits of the documentation.
func DefaultLimits() Limits {
	return Limits{
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       150 * time.Second,
		HeaderBytes:       32 << 10,
		Headers:           100,
		Streams:           100,
	}
}

// longestHead is what net/http reads of a request's head before it answers 431: enough for a URL far beyond its limit
// to reach the transport, which answers 414.
const longestHead = 128 << 10

// Server is the server of an address.
type Server struct {
	*http.Server

	bound    atomic.Pointer[boundedListener] // nil while connections are not bounded
	draining atomic.Bool
}

// NewServer makes the server of an address. It speaks HTTP/1.1, and where the limits say so HTTP/2 without TLS, which a
// client begins with: whoever asks to upgrade to it is answered in HTTP/1.1. The caller sets the base context, serves
// and stops.
func NewServer(handler http.Handler, limits Limits, logger *slog.Logger) *Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(limits.H2C)
	s := &Server{}
	s.Server = &http.Server{
		Handler:           s.lastAnswers(limitHead(handler, limits)),
		ReadHeaderTimeout: limits.ReadHeaderTimeout,
		ReadTimeout:       limits.ReadTimeout,
		WriteTimeout:      limits.WriteTimeout,
		IdleTimeout:       limits.IdleTimeout,
		MaxHeaderBytes:    longestHead,
		Protocols:         protocols,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: limits.Streams,
			WriteByteTimeout:     limits.WriteTimeout, // of a connection whose reader has stopped
			SendPingTimeout:      limits.IdleTimeout,  // finds out whose client is gone without a word
		},
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
	return s
}

// Connections is how many connections are open, WebSockets among them, and how many may be at most: by their bound, or
// by what the process's files leave for them. Both are 0 where they are not bounded.
func (s *Server) Connections() (open, most int64) {
	bound := s.bound.Load()
	if bound == nil {
		return 0, 0
	}
	c := bound.connections
	if most = int64(c.most); c.mostFiles > 0 {
		most = min(most, int64(c.mostFiles))
	}
	return c.files.Load(), most
}

// lastAnswers has answers end their connections while the server is draining.
func (s *Server) lastAnswers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := lastAnswer{w, &s.draining, gathererOf(r)}
		next.ServeHTTP(answer, r)
		answer.mark() // of a handler that wrote nothing
	})
}

// limitHead refuses oversized headers, and ends the connection after a body in chunks. The time limit of writing stays
// whatever a request asks for: an event stream, once it has begun, sets one for each event.
func limitHead(next http.Handler, limits Limits) http.Handler {
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
			// net/http has dropped a Content-Length, by which another server may see two requests in this body: nothing
			// more is read from this connection (RFC 9112 section 6.1).
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
