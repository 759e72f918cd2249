package rest_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

func withTimeout(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}

// TestF04F20F33F34WireFaults checks F-04, F-20, F-33 and F-34: connections that break before the end of an answer.
func TestF04F20F33F34WireFaults(t *testing.T) {
	tests := []struct {
		name  string
		speak func(*net.TCPConn, int, int) bool
		kind  rest.Kind
		text  string
	}{
		{"reset before the header", reset(""), rest.Unavailable, "unavailable: connection reset"},
		{"reset in the header", reset("HTTP/1.1 200 OK\r\nContent-"), rest.Unavailable, ""},
		{
			"reset in the body", reset("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), rest.Unavailable,
			"unavailable: connection reset: status 200",
		},
		{"closed before the header", say(""), rest.Unavailable, "unavailable: connection closed early"},
		{
			"cut, length given", say("HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n" + `{"name":"a"}`), rest.BadResponse,
			"bad response: body is not whole: status 200",
		},
		{
			"cut, chunked", say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n" + `{"name":"a"}` + "\r\n"),
			rest.BadResponse, "bad response: body is not whole: status 200",
		},
		{
			"gzip cut", say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"),
			rest.BadResponse, "bad response: body is not whole: status 200",
		},
		{
			"gzip not", say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + `{"name":"a"}`),
			rest.BadResponse, "bad response: body is not whole: status 200",
		},
		{"not http", say("SSH-2.0-SECRET\r\n\r\n"), rest.Unavailable, "unavailable: connection failed"},
		{"header of 10 MB", say("HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("a", 10<<20) + "\r\n\r\n"), rest.Unavailable, ""},
		{
			"100,000 headers", say("HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: a\r\n", 100_000) + "\r\n"), rest.Unavailable,
			"",
		},
		{"flood of 1xx", say(strings.Repeat("HTTP/1.1 103 Early Hints\r\nX-A: a\r\n\r\n", 100_000)), rest.Unavailable, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := serveRaw(t, test.speak)
			err := get(t.Context(), connect(t, s.url))
			found := failure(t, err)
			if found.Kind != test.kind || !found.Retryable {
				t.Errorf("error = %v (%+v), want kind %v", err, found, test.kind)
			}
			if want := "esm readThing: " + test.text; test.text != "" && err.Error() != want {
				t.Errorf("text = %q, want %q", err, want)
			}
			if got := s.requests.Load(); got != 2 {
				t.Errorf("requests = %d, want 2", got)
			}
		})
	}
}

// F-03: no server listens.
func TestF03ConnectionRefused(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	heard := &recorder{}
	c := connect(t, "http://"+address, func(cfg *rest.ClientConfig) { cfg.Observers = []rest.Observer{heard} })
	err = get(t.Context(), c)
	if found := failure(t, err); found.Kind != rest.Unavailable || !found.Retryable {
		t.Errorf("error = %+v", found)
	}
	if got, want := err.Error(), "esm readThing: unavailable: connection refused"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
	for _, attempt := range heard.all() {
		if attempt.Sent {
			t.Errorf("attempt = %+v: nothing was sent", attempt)
		}
	}
	made := failure(t, func() error { _, err := rest.Call(t.Context(), c, command, rest.Request{}); return err }())
	if !made.Retryable {
		t.Error("a command that was never sent is not retryable")
	}
}

// H-157: an address that serves metadata is refused after the name was resolved, and nothing is dialled.
func TestForbiddenAddresses(t *testing.T) {
	for _, host := range []string{
		"169.254.169.254", "169.254.1.1", "[fe80::1]", "[::ffff:169.254.169.254]",
		"[fd00:ec2::254]", "224.0.0.1",
	} {
		t.Run(host, func(t *testing.T) {
			err := get(t.Context(), connect(t, "http://"+host+":80"))
			found := failure(t, err)
			if found.Kind != rest.Unavailable || found.Retryable {
				t.Errorf("error = %+v", found)
			}
			if got, want := err.Error(), "esm readThing: unavailable: address not allowed"; got != want {
				t.Errorf("text = %q, want %q", got, want)
			}
		})
	}
}

// F-01, F-30: the limit bounds the whole attempt, not each read of it.
func TestF01F30TimeLimit(t *testing.T) {
	drip := func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write([]byte(" ")); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, handler := range map[string]http.HandlerFunc{"drip": drip, "hang": hang} {
		t.Run(name, func(t *testing.T) {
			u := serve(t, handler)
			began := time.Now()
			err := get(t.Context(), connect(t, u.URL, impatient))
			if found := failure(t, err); found.Kind != rest.Timeout || !found.Retryable {
				t.Errorf("error = %+v", found)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("took %v, want two attempts of 150 ms", took)
			}
			u.wants(t, 2)
		})
	}
	t.Run("command", func(t *testing.T) {
		u := serve(t, hang)
		_, err := rest.Call(t.Context(), connect(t, u.URL, impatient), command, rest.Request{})
		if found := failure(t, err); found.Kind != rest.Timeout || found.Retryable {
			t.Errorf("error = %+v: a command that may have run is not retryable", found)
		}
		u.wants(t, 1)
	})
}

func impatient(cfg *rest.ClientConfig) { cfg.Timeout = 150 * time.Millisecond }

// The client's limit holds for every operation but one that is known to take longer.
func TestTheLimitOfAnOperation(t *testing.T) {
	for _, test := range []struct {
		name          string
		client, least time.Duration
		kind          rest.Kind
	}{
		{"the client's", 30 * time.Millisecond, 0, rest.Timeout},
		{"the client's, which is longer", time.Minute, 30 * time.Millisecond, rest.None},
		{"the operation's", 30 * time.Millisecond, time.Minute, rest.None},
	} {
		t.Run(test.name, func(t *testing.T) {
			u := serve(t, func(w http.ResponseWriter, r *http.Request) {
				select {
				case <-r.Context().Done():
				case <-time.After(120 * time.Millisecond):
					answer(`{"name":"a"}`)(w, r)
				}
			})
			e := read
			e.Timeout = test.least
			c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Timeout = test.client })
			if _, err := rest.Call(t.Context(), c, e, rest.Request{}); rest.KindOf(err) != test.kind {
				t.Errorf("error = %v, want kind %v", err, test.kind)
			}
		})
	}
}

// H-112: when the caller leaves, the upstream sees it.
func TestCancellationReachesTheSocket(t *testing.T) {
	arrived, left := make(chan struct{}), make(chan struct{})
	u := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(left)
	})
	c := connect(t, u.URL)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- get(ctx, c) }()
	<-arrived
	cancel()
	if found := failure(t, <-done); found.Kind != rest.Canceled || found.Retryable {
		t.Errorf("error = %+v", found)
	}
	select {
	case <-left:
	case <-time.After(2 * time.Second):
		t.Error("the upstream did not notice")
	}
	u.wants(t, 1)
}

// A retried answer leaves its connection intact, so that the next attempt uses it again.
func TestConnectionsAreKept(t *testing.T) {
	var connections atomic.Int64
	s := serveRaw(t, func(conn *net.TCPConn, connection, request int) bool {
		connections.Store(int64(connection))
		text := okThing
		if request%2 == 1 {
			text = "HTTP/1.1 500 No\r\nContent-Length: 5000\r\n\r\n" + strings.Repeat("a", 5000)
		}
		_, _ = conn.Write([]byte(text))
		return true
	})
	c := connect(t, s.url)
	for range 5 {
		if err := get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("connections = %d, want 1", got)
	}
}
