package hostile

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// dialNarrow connects with a small receive buffer: what is not read soon stays with the sender.
func dialNarrow(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if tcp, ok := conn.(*net.TCPConn); ok {
		err = tcp.SetReadBuffer(8 << 10)
	}
	return conn, err
}

// openNarrow connects so, and initialises.
func openNarrow(t *testing.T, url string) *kit.Socket {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{ //nolint:bodyclose // of an upgrade, which has none
		Subprotocols: []string{"graphql-transport-ws"},
		HTTPClient:   &http.Client{Transport: &http.Transport{DialContext: dialNarrow}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	s := &kit.Socket{T: t, Conn: conn}
	s.Send(`{"type":"connection_init"}`)
	return s
}

// wantNoneLeft checks that nothing of the connections so far is left on the server's side.
func wantNoneLeft(t *testing.T, s *kit.Site) {
	t.Helper()
	testkit.Eventually(t, "subscriptions are left", func() bool { return s.Schema.Subscribed.Load() == 0 })
	ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
	defer cancel()
	if err := s.Live.End(ctx); err != nil {
		t.Errorf("connections are left: %v", err)
	}
}

// liveSite is a site whose live connections have the limits of the test.
func liveSite(t *testing.T, change func(*streams.Options)) *kit.Site {
	t.Helper()
	return kit.NewSite(t, func(o *kit.SiteOptions) {
		if change != nil {
			change(&o.Live)
		}
	})
}
