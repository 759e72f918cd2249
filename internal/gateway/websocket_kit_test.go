package gateway_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// livePatience bounds the wait for what must come.
const livePatience = 20 * time.Second

// socket is a client of graphql-transport-ws that says what a test wants it to say.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
}

// heard is a message of the server.
type heard struct {
	Type    string          `json:"type"`
	ID      string          `json:"id"`
	Payload json.RawMessage `json:"payload"`
}

// code is the code of the first error in the payload.
func (m heard) code() string {
	var list []struct {
		Extensions struct {
			Code string `json:"code"`
		} `json:"extensions"`
	}
	if json.Unmarshal(m.Payload, &list) != nil || len(list) == 0 {
		return ""
	}
	return list[0].Extensions.Code
}

// dialSocket connects; the handshake is answered with the response.
func dialSocket(t *testing.T, url string, header http.Header, protocols ...string) (*socket, *http.Response, error) {
	t.Helper()
	conn, response, err := websocket.Dial(t.Context(), strings.Replace(url, "http://", "ws://", 1), &websocket.DialOptions{
		HTTPHeader: header, Subprotocols: protocols,
	})
	if err != nil {
		return nil, response, err
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &socket{t, conn}, response, nil
}

// dialNarrow connects with a small receive buffer: what is not read soon stays with the sender.
func dialNarrow(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if tcp, ok := conn.(*net.TCPConn); ok {
		err = tcp.SetReadBuffer(8 << 10)
	}
	return conn, err
}

// openNarrow connects so, and initialises.
func openNarrow(t *testing.T, url string) *socket {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{ //nolint:bodyclose // of an upgrade, which has none
		Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dialNarrow}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	s := &socket{t, conn}
	s.say(`{"type":"connection_init"}`)
	return s
}

// openSocket connects and, unless told otherwise, initialises.
func openSocket(t *testing.T, url, initPayload string) *socket {
	t.Helper()
	s, _, err := dialSocket(t, url, nil, "graphql-transport-ws") //nolint:bodyclose // of an upgrade, which has none
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	if initPayload == "none" {
		return s
	}
	if initPayload == "" {
		s.say(`{"type":"connection_init"}`)
	} else {
		s.say(`{"type":"connection_init","payload":` + initPayload + `}`)
	}
	if m := s.hear(); m.Type != "connection_ack" {
		t.Fatalf("got %+v, want connection_ack", m)
	}
	return s
}

// say sends a message; a connection that the server has ended meanwhile takes it silently.
func (s *socket) say(text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), livePatience)
	defer cancel()
	_ = s.conn.Write(ctx, websocket.MessageText, []byte(text)) // what became of it shows in what is heard
}

// subscribe begins an operation.
func (s *socket) subscribe(id, document string) {
	s.t.Helper()
	quoted, err := json.Marshal(document)
	if err != nil {
		s.t.Fatal(err)
	}
	s.say(`{"type":"subscribe","id":"` + id + `","payload":{"query":` + string(quoted) + `}}`)
}

func (s *socket) read() (heard, error) {
	ctx, cancel := context.WithTimeout(context.Background(), livePatience)
	defer cancel()
	_, text, err := s.conn.Read(ctx)
	if err != nil {
		return heard{}, err
	}
	var m heard
	return m, json.Unmarshal(text, &m)
}

// hear waits for the next message.
func (s *socket) hear() heard {
	s.t.Helper()
	m, err := s.read()
	if err != nil {
		s.t.Fatalf("wait for a message: %v", err)
	}
	return m
}

// wantClosed reads until the server has ended the connection, and checks its code.
func (s *socket) wantClosed(code int) {
	s.t.Helper()
	for {
		_, err := s.read()
		if err == nil {
			continue
		}
		if got := websocket.CloseStatus(err); got != websocket.StatusCode(code) {
			s.t.Errorf("closed with %d (%v), want %d", got, err, code)
		}
		return
	}
}

// wantNoneLeft checks that nothing of the connections so far is left on the server's side.
func (s *site) wantNoneLeft(t *testing.T) {
	t.Helper()
	testkit.Eventually(t, "subscriptions are left", func() bool { return s.schema.subscribed.Load() == 0 })
	ctx, cancel := context.WithTimeout(context.Background(), livePatience)
	defer cancel()
	if err := s.live.End(ctx); err != nil {
		t.Errorf("connections are left: %v", err)
	}
}

// liveSite is a site whose live connections have the limits of the test.
func liveSite(t *testing.T, change func(*gateway.LiveOptions)) *site {
	t.Helper()
	return newSite(t, func(o *siteOptions) {
		if change != nil {
			change(&o.live)
		}
	})
}
