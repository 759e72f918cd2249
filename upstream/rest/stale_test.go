package rest_test

import (
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// breaking answers, and resets the second request of its first connection.
func breaking(conn *net.TCPConn, connection, request int) bool {
	if connection == 1 && request == 2 {
		_ = conn.SetLinger(0)
		return false
	}
	_, _ = conn.Write([]byte(okThing))
	return true
}

// F-35, QUIRKS 78: when a kept connection breaks, a read goes on unnoticed, even if reads are not retried, and a
// command is never sent twice, even as a GET. Each request has its own token.
func TestQuirk078F35AKeptConnectionThatBreaks(t *testing.T) {
	post := scarce
	post.Method = "POST"
	for _, test := range []struct {
		name     string
		endpoint rest.Endpoint[thing]
	}{{"get", scarce}, {"post", post}} {
		t.Run(test.name, func(t *testing.T) {
			s, counter := serveRaw(t, breaking), &countingQuota{}
			c := connect(t, s.url, noRetries, func(cfg *rest.ClientConfig) { cfg.Quota = counter })
			for attempts := 1; attempts <= 2; attempts++ {
				response, err := rest.Call(t.Context(), c, test.endpoint, rest.Request{Body: map[string]int{}})
				if err != nil || response.Attempts != attempts {
					t.Fatalf("response = %+v, error = %v", response, err)
				}
			}
			if got := s.requests.Load(); got != 3 || counter.taken() != 3 {
				t.Errorf("requests = %d, tokens = %d, want 3 of each", got, counter.taken())
			}
		})
	}
	t.Run("command", func(t *testing.T) {
		s := serveRaw(t, breaking)
		c := connect(t, s.url)
		if _, err := rest.Call(t.Context(), c, command, rest.Request{}); err != nil {
			t.Fatal(err)
		}
		_, err := rest.Call(t.Context(), c, command, rest.Request{})
		if found := failure(t, err); found.Kind != rest.Unavailable || found.Retryable {
			t.Errorf("error = %+v", found)
		}
		if got := s.requests.Load(); got != 2 {
			t.Errorf("requests = %d, want 2: the command was sent again", got)
		}
	})
}

// F-04: an upstream that resets every connection, kept ones included, gets no more requests than a call has attempts,
// each with its token; the breaker counts the call once.
func TestF04KeptConnectionsThatAreAllReset(t *testing.T) {
	const kept = 8
	for _, test := range []struct {
		name     string
		retries  int
		requests int64
	}{{"no retries", -1, 2}, {"one retry", 1, 2}, {"as many as may be", 2, 2}} {
		t.Run(test.name, func(t *testing.T) {
			var broken atomic.Bool
			var together sync.WaitGroup
			together.Add(kept)
			s := serveRaw(t, func(conn *net.TCPConn, _, _ int) bool {
				if broken.Load() {
					_ = conn.SetLinger(0)
					return false
				}
				together.Done()
				together.Wait() // so that each request has a connection of its own
				_, _ = conn.Write([]byte(okThing))
				return true
			})
			counter := &countingQuota{}
			c := connect(t, s.url, func(cfg *rest.ClientConfig) {
				cfg.Quota, cfg.Retries, cfg.ScarceRetries = counter, test.retries, test.retries
			})
			var all sync.WaitGroup
			for range kept {
				all.Go(func() {
					if _, err := rest.Call(t.Context(), c, scarce, rest.Request{}); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			broken.Store(true)
			for call := int64(1); call <= 3; call++ { // the first has kept connections to try, the others have none
				_, err := rest.Call(t.Context(), c, scarce, rest.Request{})
				if found := failure(t, err); found.Kind != rest.Unavailable || !found.Retryable {
					t.Errorf("error = %+v", found)
				}
				want := kept + test.requests
				if test.retries > 0 {
					want += (call - 1) * 2
				} else {
					want += call - 1
				}
				if got, taken := s.requests.Load(), int64(counter.taken()); got != want || taken != want {
					t.Fatalf("call %d: requests = %d, tokens = %d, want %d of each", call, got, taken, want)
				}
			}
		})
	}
}

// F-19, F-20: after an unreadable answer the retry uses a new connection, since the upstream may be about to close the
// old.
func TestF19F20ABadAnswerCostsItsConnection(t *testing.T) {
	for name, bad := range map[string]string{
		"malformed": "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{",
		"not gzip":  "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + `{"name":"a"}`,
		"redirect":  "HTTP/1.1 302 Found\r\nLocation: /thing\r\nContent-Length: 0\r\n\r\n",
		"too long":  "HTTP/1.1 200 OK\r\nContent-Length: 40000000\r\n\r\n" + strings.Repeat(" ", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			s := serveRaw(t, func(conn *net.TCPConn, connection, _ int) bool {
				if connection == 1 {
					_, _ = conn.Write([]byte(bad))
				} else {
					_, _ = conn.Write([]byte(okThing))
				}
				return true
			})
			c := connect(t, s.url, noRetries)
			if err := get(t.Context(), c); err == nil {
				t.Fatal("no error")
			}
			if err := get(t.Context(), c); err != nil {
				t.Errorf("error = %v: the connection of the bad answer was kept", err)
			}
		})
	}
}
