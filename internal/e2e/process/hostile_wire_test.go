package process

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// connect opens a connection that ends after a while whatever happens.
func (h *hostile) connect() (*net.TCPConn, error) {
	dialled, err := net.DialTimeout("tcp", strings.TrimPrefix(h.url, "http://"), 10*time.Second)
	if err != nil {
		return nil, err
	}
	connection, ok := dialled.(*net.TCPConn)
	if !ok {
		return nil, errors.New("no TCP connection")
	}
	return connection, connection.SetDeadline(time.Now().Add(20 * time.Second))
}

// dial is connect that must work.
func (h *hostile) dial(t *testing.T) *net.TCPConn {
	t.Helper()
	connection, err := h.connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// headLines are headers as they go over the wire.
func headLines(header http.Header) string {
	var text strings.Builder
	_ = header.Write(&text) // a builder takes everything
	return text.String()
}

// raw sends bytes and gives the status of each answer until the process closes the connection, or is quiet for as long
// as given.
func (h *hostile) raw(t *testing.T, bytes string, quiet time.Duration) (statuses []int, closed bool) {
	t.Helper()
	connection := h.dial(t)
	defer connection.Close()
	_, _ = io.WriteString(connection, bytes) // it may be closed before the end
	reader := bufio.NewReader(connection)
	for {
		patience := quiet
		if len(statuses) == 0 {
			patience = testkit.Patience
		}
		if err := connection.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			var timeout net.Error
			return statuses, !errors.As(err, &timeout) || !timeout.Timeout()
		}
		_, _ = io.Copy(io.Discard, response.Body) // what ends early is seen at the next answer
		_ = response.Body.Close()
		statuses = append(statuses, response.StatusCode)
	}
}

// tryWire are the numbers of part E, and those of B that need bytes of their own.
func (h *hostile) tryWire(t *testing.T) {
	head := "POST /graphql HTTP/1.1\r\nHost: gateway\r\n" + headLines(h.a)
	whole := head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(nameOnly), nameOnly)
	chunk := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(nameOnly), nameOnly)
	for name, test := range map[string]struct {
		bytes  string
		want   []int // any of; none: no answer is one too
		closed bool
	}{
		"H-050 10 MB announced": {
			head + "Content-Length: 10485760\r\n\r\n" + strings.Repeat("a", 4096),
			[]int{413},
			true,
		},
		"H-051 chunks without end": {head + "Transfer-Encoding: chunked\r\n\r\n" +
			strings.Repeat("8000\r\n"+strings.Repeat("a", 0x8000)+"\r\n", 10), []int{413}, true},
		"H-062 bare line feed": {head + "Transfer-Encoding: chunked\r\n\r\n" +
			strings.ReplaceAll(chunk, "\r\n", "\n") + whole, []int{400}, true},
		"H-103 length and chunks": {
			head + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + whole,
			[]int{200},
			true,
		},
		"H-104 two lengths": {
			head + "Content-Length: 24\r\nContent-Length: 25\r\n\r\n" + nameOnly + whole,
			[]int{400},
			true,
		},
		"H-104 negative length":  {head + "Content-Length: -1\r\n\r\n" + nameOnly, []int{400}, true},
		"H-105 unknown transfer": {head + "Transfer-Encoding: xchunked\r\n\r\n" + nameOnly, []int{501, 400}, true},
		"H-106 chunk extension": {head + "Transfer-Encoding: chunked\r\n\r\n18;a\n" + nameOnly + "\r\n0\r\n\r\n" +
			whole, []int{400}, true},
		"H-107 space before the colon": {"POST /graphql HTTP/1.1\r\nHost : gateway\r\n\r\n", []int{400}, true},
		"H-107 NUL in a value":         {head + "X-A: a\x00b\r\n\r\n", []int{400}, true},
		"H-109 900 KB":                 {head + "X-A: " + strings.Repeat("a", 900<<10) + "\r\n\r\n", []int{431}, true},
		"H-109 500 headers": {
			head + numbers(500, "X-#: a\r\n") + "Content-Length: 24\r\n\r\n" + nameOnly,
			[]int{431},
			true,
		},
		"H-093 CONNECT": {"CONNECT /graphql HTTP/1.1\r\nHost: gateway\r\n\r\n", []int{405}, false},
		"H-113 resets of HTTP/2": {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
			strings.Repeat("\x00\x00\x04\x03\x00\x00\x00\x00\x01\x00\x00\x00\x08", 10000), []int{505, 400}, true},
		"H-114 continuations of HTTP/2": {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
			strings.Repeat("\x00\x00\x01\x09\x00\x00\x00\x00\x01a", 10000), []int{505, 400}, true},
		"H-115 upgrade to HTTP/2": {
			strings.Replace(whole, "Content-Length",
				"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length", 1),
			[]int{200},
			false,
		},
	} {
		quiet := time.Second
		if test.closed {
			quiet = testkit.Patience
		}
		statuses, closed := h.raw(t, test.bytes, quiet)
		reset := len(statuses) == 0 && closed && test.closed // its answer was lost with the rest of what was sent
		if !reset && (len(statuses) != 1 || !slices.Contains(test.want, statuses[0])) || closed != test.closed {
			t.Errorf("%s: %v, closed %t, want one of %v, closed %t", name, statuses, closed, test.want, test.closed)
		}
	}
	h.tryHalf(t, head)
	h.tryIdle(t)
	connection := h.dial(t)
	_, _ = io.WriteString(connection, strings.Repeat(whole, 1000)) // H-111: pipelined, and gone
	_ = connection.Close()
}

// tryHalf sends half a body and ends (H-052).
func (h *hostile) tryHalf(t *testing.T, head string) {
	t.Helper()
	connection := h.dial(t)
	if _, err := io.WriteString(connection,
		head+"Content-Length: 100\r\n\r\n"+`{"query":"{__typename}","a":"`+hostileSecret); err != nil {
		t.Fatal(err)
	}
	if err := connection.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatalf("H-052: %v", err)
	}
	body, _ := io.ReadAll(response.Body) // ends with the connection
	_ = response.Body.Close()
	if response.StatusCode != http.StatusBadRequest || strings.Contains(string(body), hostileSecret) {
		t.Errorf("H-052: %d %s", response.StatusCode, body)
	}
}

// tryIdle keeps more connections open than may be: the newest is answered (H-110).
func (h *hostile) tryIdle(t *testing.T) {
	t.Helper()
	for i := range 400 {
		connection := h.dial(t)
		defer connection.Close()
		if _, err := io.WriteString(connection, "GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n"); err != nil {
			t.Fatalf("H-110 connection %d: %v", i, err)
		}
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("H-110 connection %d: %v %v", i, response, err)
		}
		_ = response.Body.Close() // short enough to have arrived
	}
}

// trySlow are the attempts whose outcome is a time-out by design, all at once: each may take its time-out and a second.
func (h *hostile) trySlow(t *testing.T) {
	head := "POST /graphql HTTP/1.1\r\nHost: gateway\r\n" + headLines(h.b)
	var trying sync.WaitGroup
	for name, test := range map[string]struct {
		bytes string
		drip  string // one byte each now and then
		most  time.Duration
	}{
		"H-101 headers byte by byte": {"", head, 2 * time.Second},
		"H-102 body byte by byte": {
			head + "Content-Length: 100\r\n\r\n", strings.Repeat("{", 100),
			3 * time.Second,
		},
		"H-116 continue that never goes on": {
			head + "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n", "",
			3 * time.Second,
		},
	} {
		trying.Go(func() {
			connection, err := h.connect()
			if err != nil {
				t.Error(err)
				return
			}
			defer connection.Close()
			began := time.Now()
			_, _ = io.WriteString(connection, test.bytes)
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_, _ = io.Copy(io.Discard, connection) // ends with the connection, or at its deadline
			}()
			tick := time.NewTicker(100 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					if test.drip != "" {
						_, _ = connection.Write([]byte(test.drip[:1])) // it may be closed by now
						test.drip = test.drip[1:]
					}
				case <-ended:
					if took := time.Since(began); took > test.most+10*time.Second {
						t.Errorf("%s: closed after %s", name, took)
					}
					return
				}
			}
		})
	}
	trying.Go(func() { h.trySilent(t) })
	trying.Wait()
}
