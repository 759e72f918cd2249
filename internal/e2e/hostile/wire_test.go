package hostile

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// dial opens a raw connection to the site, which ends after a while whatever happens.
func dial(t *testing.T, s *kit.Site) net.Conn {
	t.Helper()
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var dialer net.Dialer
	connection, err := dialer.DialContext(t.Context(), "tcp", target.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return connection
}

// statuses sends raw bytes and returns the status of each answer until the site closes the connection; closed is false
// when it has not closed it within patience after an answer.
func statuses(t *testing.T, s *kit.Site, raw string, patience time.Duration) (statuses []int, closed bool) {
	t.Helper()
	connection := dial(t, s)
	if _, err := io.WriteString(connection, raw); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(connection)
	for {
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			var timeout net.Error
			return statuses, !errors.As(err, &timeout) || !timeout.Timeout()
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		statuses = append(statuses, response.StatusCode)
		if err := connection.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHostile_wire(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	const (
		head  = "POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
		json  = `{"query":"{__typename}"}` // 24 bytes, hexadecimal 18
		again = head + "Content-Length: 24\r\n\r\n" + json
	)
	tests := map[string]struct {
		raw    string
		want   []int // the statuses that are right
		closed bool
	}{
		"keeps the connection": {again, []int{200}, false},
		"H-103 length and chunks": {head + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n18\r\n" +
			json + "\r\n0\r\n\r\n" + again, []int{200}, true},
		"H-103 chunks": {
			head + "Transfer-Encoding: chunked\r\n\r\n18\r\n" + json + "\r\n0\r\n\r\n",
			[]int{200},
			true,
		},
		"H-104 two lengths": {
			head + "Content-Length: 24\r\nContent-Length: 25\r\n\r\n" + json + again,
			[]int{400},
			true,
		},
		"H-104 negative length":    {head + "Content-Length: -1\r\n\r\n" + json, []int{400}, true},
		"H-104 length with a sign": {head + "Content-Length: +24\r\n\r\n" + json, []int{400}, true},
		"H-104 list of lengths":    {head + "Content-Length: 24, 24\r\n\r\n" + json, []int{400}, true},
		"H-105 unknown transfer":   {head + "Transfer-Encoding: xchunked\r\n\r\n" + json, []int{501, 400}, true},
		"H-105 two transfers": {
			head + "Transfer-Encoding: gzip, chunked\r\n\r\n" + json,
			[]int{501, 400},
			true,
		},
		"H-105 transfer with a control": {
			head + "Transfer-Encoding: chunked\x0b\r\n\r\n" + json,
			[]int{501, 400},
			true,
		},
		"H-106 bare line feed in a chunk": {
			head + "Transfer-Encoding: chunked\r\n\r\n18\n" + json + "\n0\n\n" + again,
			[]int{400},
			true,
		},
		"H-106 chunk extension": {head + "Transfer-Encoding: chunked\r\n\r\n18;a\n" + json + "\r\n0\r\n\r\n" +
			again, []int{400}, true},
		"H-107 space before the colon": {"POST /graphql HTTP/1.1\r\nHost : gateway\r\n\r\n", []int{400}, true},
		"H-107 NUL in a value":         {head + "X-A: a\x00b\r\nContent-Length: 24\r\n\r\n" + json, []int{400}, true},
		"H-107 empty name":             {head + ": a\r\nContent-Length: 24\r\n\r\n" + json, []int{400}, true},
		"H-109 900 KB":                 {head + "X-A: " + strings.Repeat("a", 900<<10) + "\r\n\r\n", []int{431}, true},
		"H-109 40 KB": {head + "X-A: " + strings.Repeat("a", 40<<10) +
			"\r\nContent-Length: 24\r\n\r\n" + json, []int{431}, true},
		"H-109 500 headers": {
			head + kit.Numbered(500, "X-#: a\r\n") + "Content-Length: 24\r\n\r\n" + json,
			[]int{431},
			true,
		},
		"H-109 90 times the same": {
			head + strings.Repeat("X-A: a\r\n", 90) + "Content-Length: 24\r\n\r\n" + json,
			[]int{200},
			false,
		},
		"H-050 10 MB announced": {
			head + "Content-Length: 10485760\r\n\r\n" + strings.Repeat("a", 4096),
			[]int{413},
			true,
		},
		"H-051 without end": {head + "Transfer-Encoding: chunked\r\n\r\n" +
			strings.Repeat("8000\r\n"+strings.Repeat("a", 0x8000)+"\r\n", 10), []int{413}, true},
		"H-093 CONNECT": {"CONNECT /graphql HTTP/1.1\r\nHost: gateway\r\n\r\n", []int{405}, false},
		"H-115 upgrade to HTTP/2 in clear": {head +
			"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 24\r\n\r\n" + json, []int{200}, false},
		"H-115 HTTP/2 with prior knowledge": {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{505, 400}, true},
		"H-118 spoofed addresses": {head + "X-Forwarded-For: " + strings.TrimSuffix(
			strings.Repeat("1.2.3.4, ", 1000), ", ") + "\r\nContent-Length: 24\r\n\r\n" + json, []int{200}, false},
		"H-158 override of the method":        {"GET /graphql?query=mutation%7Btouch%7D HTTP/1.1\r\nHost: gateway\r\nX-HTTP-Method-Override: POST\r\n\r\n", []int{405}, false},
		"two requests, of which one is wrong": {head + "Content-Length: 1\r\n\r\n{" + again, []int{400, 200}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			patience := time.Second
			if test.closed {
				patience = testkit.Patience
			}
			statuses, closed := statuses(t, s, test.raw, patience)
			switch {
			case len(statuses) == 2 && len(test.want) == 2: // both in order
				if statuses[0] != test.want[0] || statuses[1] != test.want[1] {
					t.Errorf("got %v, want %v", statuses, test.want)
				}
			case len(statuses) != 1 || statuses[0] != test.want[0] && statuses[0] != test.want[len(test.want)-1]:
				t.Errorf("got %v, want one of %v", statuses, test.want)
			}
			if closed != test.closed {
				t.Errorf("connection closed: %t, want %t", closed, test.closed)
			}
		})
	}
}

func TestHostile_bodyThatEnds_H052(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, nil)
	connection, ok := dial(t, s).(*net.TCPConn)
	if !ok {
		t.Fatal("no TCP connection")
	}
	const head = "POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
	if _, err := io.WriteString(connection, head+`{"query":"{__typename}","a":"SECRETTOKEN`); err != nil {
		t.Fatal(err)
	}
	if err := connection.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		t.Fatal(err)
	}
	got := kit.ReadReply(t, response)
	s.WantRefused(t, got, 400, "BAD_REQUEST")
	if strings.Contains(s.Log.String(), "SECRETTOKEN") || strings.Contains(got.Raw, "SECRETTOKEN") {
		t.Error("the body is in the log or the answer")
	}
}

// slow are limits in tenths of a second, so that the tests need not wait for the true ones.
func slow(limits *listen.Limits) {
	limits.ReadHeaderTimeout, limits.ReadTimeout = 200*time.Millisecond, 400*time.Millisecond
}

func TestHostile_slowness(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, func(options *kit.SiteOptions) { options.Wire = slow })
	const head = "POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
	for name, test := range map[string]struct {
		raw    string
		status int // 0 for none
	}{
		"H-101 headers without end":         {head, 0},
		"H-102 body without end":            {head + "Content-Length: 100\r\n\r\n{", 408},
		"H-116 continue that never goes on": {head + "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n", 408},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			started := time.Now()
			statuses, closed := statuses(t, s, test.raw, testkit.Patience)
			if !closed || time.Since(started) > testkit.Patience {
				t.Errorf("closed %t after %v", closed, time.Since(started))
			}
			if len(statuses) > 0 && statuses[len(statuses)-1] != test.status || len(statuses) == 0 && test.status != 0 {
				t.Errorf("got %v, want %d", statuses, test.status)
			}
		})
	}
}

func TestServerLimits_ofTheDocumentation(t *testing.T) {
	t.Parallel()
	server := listen.NewServer(http.NotFoundHandler(), listen.DefaultLimits(), slog.New(slog.DiscardHandler))
	if server.ReadHeaderTimeout != 5*time.Second || server.ReadTimeout != 10*time.Second ||
		server.IdleTimeout != 150*time.Second {
		t.Errorf("timeouts %v, %v, %v", server.ReadHeaderTimeout, server.ReadTimeout, server.IdleTimeout)
	}
	if server.Protocols.HTTP2() || server.Protocols.UnencryptedHTTP2() || !server.Protocols.HTTP1() {
		t.Errorf("protocols %v", server.Protocols)
	}
}
