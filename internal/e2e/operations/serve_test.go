package operations

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// serve runs a gateway on a port of its own until the test ends, and returns its address.
func serve(t *testing.T, w *kit.World, environ ...string) string {
	t.Helper()
	cfg, err := config.Load("", append(w.Environment(), environ...))
	if err != nil {
		t.Fatal(err)
	}
	bound := make(chan string, 1)
	g, err := gateway.New(t.Context(), cfg, gateway.Dependencies{
		Logger: slog.New(slog.DiscardHandler), Now: w.Clock.Now, Listening: func(address string) { bound <- address },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- g.Serve(ctx) }()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	select {
	case address := <-bound:
		return address
	case err := <-ended:
		ended <- nil
		t.Fatalf("serve: %v", err)
		return ""
	}
}

// TestTLS serves over TLS, 1.2 at least, and says that it is to be asked so. Renewed certificates are the subject of
// internal/e2e/reload.
func TestTLS(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	certFile, keyFile := testkit.WriteCertificate(t, t.TempDir(), 1, time.Unix(1000, 0))
	address := serve(t, w, "OPSGRAPH_TLS_CERTIFICATE_FILE="+certFile, "OPSGRAPH_TLS_KEY_FILE="+keyFile)
	serial := func() int64 {
		t.Helper()
		dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // the test made the certificate
		connection, err := dialer.DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if _, err := io.WriteString(connection, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK || response.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("got %d %v", response.StatusCode, response.Header)
		}
		secured, _ := connection.(*tls.Conn)
		return secured.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("certificate %d", got)
	}
	old := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}} //nolint:gosec // that it is refused is the point
	if connection, err := old.DialContext(t.Context(), "tcp", address); err == nil {
		t.Errorf("TLS 1.1 is spoken: %v", connection.Close())
	}
}

// TestH110IdleConnectionsMakeRoom opens far more connections than may be open: the newest is answered, and accepting
// goes on.
func TestH110IdleConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	address := serve(t, w, "OPSGRAPH_LIMITS_CONNECTIONS=8")
	var dialer net.Dialer
	ask := func(connection net.Conn) (int, error) {
		if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			return 0, err
		}
		if _, err := io.WriteString(connection, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			return 0, err
		}
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			return 0, err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return response.StatusCode, err
	}
	var open []net.Conn
	for i := range 100 {
		connection, err := dialer.DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		open = append(open, connection)
		if status, err := ask(connection); status != 200 {
			t.Fatalf("connection %d: %d, %v", i, status, err)
		}
	}
	if status, err := ask(open[0]); err == nil {
		t.Errorf("the longest idle connection is still open: %d", status)
	}
	if status, err := ask(open[99]); status != 200 {
		t.Errorf("the newest connection: %d, %v", status, err)
	}
}

// TestConnectionsBeyondTheBoundAreTold: where every connection is busy, a new one gets 503, and there is room again
// when one ends.
func TestConnectionsBeyondTheBoundAreTold(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	address := serve(t, w, "OPSGRAPH_LIMITS_CONNECTIONS=2")
	var dialer net.Dialer
	var busy []net.Conn
	for range 2 {
		connection, err := dialer.DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if _, err := io.WriteString(connection,
			"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(connection).ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
			t.Fatalf("busy connection: %q, %v", line, err)
		}
		busy = append(busy, connection)
	}
	status := func() int {
		connection, err := dialer.DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(connection,
			"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
			return 0
		}
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			return 0
		}
		defer response.Body.Close()
		return response.StatusCode
	}
	if got := status(); got != http.StatusServiceUnavailable && got != 0 { // a reset may overtake the answer
		t.Errorf("beyond the bound: %d", got)
	}
	busy[0].Close()
	deadline := time.Now().Add(10 * time.Second)
	for status() != 200 {
		if time.Now().After(deadline) {
			t.Fatal("no room after a connection has ended")
		}
	}
}
