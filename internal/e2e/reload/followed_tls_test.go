package reload

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// TestFollowed_certificates rotates the certificate under a WebSocket with a subscription: each alarm comes once, over
// the connection that shook hands with the first certificate. New connections get the second.
func TestFollowed_certificates(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{
		Hosts: 3, Regions: 2, Latency: simulator.LatencyNone, Quota: simulator.QuotaOff,
	})
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(sim)
	t.Cleanup(upstream.Close)
	first, second, folder := testkit.NewAuthority(t, "first"), testkit.NewAuthority(t, "second"), t.TempDir()
	pair := first.Sign(t, folder, "tls", soon())
	s := serve(t, "", append(environmentOf(upstream.URL), "OPSGRAPH_TLS_CERTIFICATE_FILE="+pair.CertFile,
		"OPSGRAPH_TLS_KEY_FILE="+pair.KeyFile, "OPSGRAPH_AGES_ALARMS_FRESH=100ms",
		"OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000")...)
	before := caller(t, first.Pool())
	// It would end the connection that stays.
	before.Timeout = 0
	url := "wss" + strings.TrimPrefix(s.url, "https") + "/graphql"
	conn, _, err := websocket.Dial(t.Context(), url, //nolint:bodyclose // of a connection that stays
		&websocket.DialOptions{HTTPClient: before, Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	socket := &kit.Socket{T: t, Conn: conn}
	socket.Send(initialise)
	if m := socket.Receive(); m.Type != "connection_ack" {
		t.Fatalf("got %+v", m)
	}
	socket.Subscribe("follow", kit.AlarmSubscription)
	w := &kit.World{Sim: sim, Server: upstream, Client: &http.Client{Timeout: testkit.Patience}}
	t.Cleanup(w.Client.CloseIdleConnections)
	w.Baseline(t)
	wantNext := func(what string) {
		t.Helper()
		csn := w.Raise(t)
		if m := socket.Receive(); m.Type != "next" || !strings.Contains(string(m.Payload), csn) {
			t.Fatalf("%s: got %s %s, want %s", what, m.Type, m.Payload, csn)
		}
	}
	wantNext("the first certificate")
	next := second.Sign(t, t.TempDir(), "tls", soon())
	s.after(func() {
		s.write(pair.CertFile, s.read(next.CertFile))
		s.write(pair.KeyFile, s.read(next.KeyFile))
	}, taken)
	s.wantAnswer("the second certificate", caller(t, second.Pool()))
	s.wantNoConnection("the first authority", caller(t, first.Pool()))
	wantNext("after the change")
	wantNext("and on")
}
