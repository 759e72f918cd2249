package operations

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_E3_WriteLimitOfEveryRoute fills the places of connections with clients that accept event streams, ask for
// what is none, one request after another, and never read: the limit of writing ends them, and others get in. After an
// event stream has ended on its connection, the limit is in force again.
func TestFound_E3_WriteLimitOfEveryRoute(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	stream := "/graphql?" + url.Values{"query": {"{ __typename }"}}.Encode()
	for name, paths := range map[string][]string{
		"the schema":             {"/schema.graphql"},
		"after an event stream":  {stream, "/schema.graphql"},
		"between event streams":  {stream, "/schema.graphql", stream, "/schema.graphql"},
		"the states and a fault": {"/healthz", "/nothing", "/schema.graphql"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := serve(t, w, "OPSGRAPH_LIMITS_CONNECTIONS=2", "OPSGRAPH_LIMITS_WRITE_TIMEOUT=300ms")
			for range 2 {
				conn := connectNarrow(t, address)
				for range 60 {
					for _, path := range paths {
						_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n", path)
						if err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			testkit.Eventually(t, "nobody else gets in", func() bool { return healthy(t, address) })
		})
	}
}

// connectNarrow connects with a narrow window.
func connectNarrow(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if tcp, ok := conn.(*net.TCPConn); ok {
		if err := tcp.SetReadBuffer(8 << 10); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

// healthy reports whether /healthz is answered, over a connection of its own. It is a bare one: a refusal that comes
// before the request is written would have net/http's client write to the log.
func healthy(t *testing.T, address string) bool {
	t.Helper()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		return false
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(testkit.Patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(connection, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", address); err != nil {
		return false
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// TestFound_E3_StreamsOutliveTheLimit: an event stream that is read lives on when the limit of writing has passed many
// times, and its events come.
func TestFound_E3_StreamsOutliveTheLimit(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	s := w.Serve(t, "127.0.0.1:0", "OPSGRAPH_LIMITS_WRITE_TIMEOUT=100ms", "OPSGRAPH_LIMITS_SOCKET_PING=150ms",
		"OPSGRAPH_LIMITS_READ_TIMEOUT=200ms", "OPSGRAPH_LIMITS_READ_HEADER_TIMEOUT=200ms",
		"OPSGRAPH_AGES_ALARMS_FRESH=100ms", "OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.Address+"/graphql?"+
		url.Values{"query": {kit.AlarmSubscription}}.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	response, err := (&http.Transport{}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewReader(response.Body)
	for pings := 0; pings < 6; {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(line, ":") {
			pings++
		}
	}
	w.Baseline(t)
	csn := w.Raise(t)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, csn) {
			return
		}
	}
}

// TestFound_D1_DrainOverTLS stops a gateway with TLS while connections are idle and new: the last requests over them
// are answered, and their answers say that the connection ends.
func TestFound_D1_DrainOverTLS(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	certFile, keyFile := testkit.WriteCertificate(t, t.TempDir(), 1, w.Clock.Now())
	s := w.Serve(t, "127.0.0.1:0", "OPSGRAPH_TLS_CERTIFICATE_FILE="+certFile, "OPSGRAPH_TLS_KEY_FILE="+keyFile)
	idle, fresh := secured(t, s.Address), secured(t, s.Address)
	wantAnswer(t, idle, false)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.Stop()
	}()
	testkit.Eventually(t, "the address stays open", func() bool {
		conn, err := new(net.Dialer).DialContext(context.WithoutCancel(t.Context()), "tcp", s.Address)
		if err == nil {
			_ = conn.Close() // it was taken a moment before the end
		}
		return err != nil
	})
	wantAnswer(t, idle, true)
	wantAnswer(t, fresh, true)
	<-stopped
}

// secured connects with TLS.
func secured(t *testing.T, address string) io.ReadWriter {
	t.Helper()
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // the test made the certificate
	conn, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// wantAnswer asks a query; last is whether the answer must say that its connection ends.
func wantAnswer(t *testing.T, conn io.ReadWriter, last bool) {
	t.Helper()
	if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || response.Close != last {
		t.Errorf("%d %s %v, the last: %t, want %t", response.StatusCode, text, err, response.Close, last)
	}
}
