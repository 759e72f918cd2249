package gateway_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestHostile_socket_origin_H119(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *siteOptions) { o.transport.TrustedOrigins = []string{"https://console.example"} })
	own := strings.TrimSuffix(s.url, "/graphql")
	tests := map[string]struct {
		header http.Header
		status int
	}{
		"H-119 another site":         {http.Header{"Origin": {"https://evil.example"}}, http.StatusForbidden},
		"H-119 another site, marked": {http.Header{"Sec-Fetch-Site": {"cross-site"}}, http.StatusForbidden},
		"H-119 with a preflight word": {
			http.Header{"Origin": {"https://evil.example"}, "Graphql-Require-Preflight": {"1"}}, http.StatusForbidden,
		},
		"own site":     {http.Header{"Origin": {own}}, http.StatusSwitchingProtocols},
		"trusted site": {http.Header{"Origin": {"https://console.example"}}, http.StatusSwitchingProtocols},
		"no browser":   {nil, http.StatusSwitchingProtocols},
	}
	for name, test := range tests {
		_, response, err := dialSocket(t, s.url, test.header, "graphql-transport-ws") //nolint:bodyclose // closed by the client
		if response == nil || response.StatusCode != test.status {
			t.Errorf("%s: %v, %v", name, response, err)
		}
	}
}

// TestHostile_socket_closed checks what ends a connection, with which code.
func TestHostile_socket_closed(t *testing.T) {
	t.Parallel()
	const never = `{"type":"subscribe","id":"a","payload":{"query":"subscription { other }"}}`
	tests := map[string]struct {
		initialise bool
		say        []string
		code       int
	}{
		"H-120 nothing":                 {false, nil, 4408},
		"H-121 subscribe before init":   {false, []string{never}, 4401},
		"H-122 payload a text":          {false, []string{`{"type":"connection_init","payload":"x"}`}, 4400},
		"H-122 payload a number":        {false, []string{`{"type":"connection_init","payload":5}`}, 4400},
		"H-122 payload a list":          {false, []string{`{"type":"connection_init","payload":[]}`}, 4400},
		"H-122 header no text":          {false, []string{`{"type":"connection_init","payload":{"X-Auth-Token":5}}`}, 4400},
		"H-122 header with a line":      {false, []string{`{"type":"connection_init","payload":{"X-Auth-Token":"a\r\nb: c"}}`}, 4400},
		"H-123 second init":             {true, []string{`{"type":"connection_init"}`}, 4429},
		"H-124 same id twice":           {true, []string{never, never}, 4409},
		"H-128 no JSON":                 {true, []string{`{`}, 4400},
		"H-128 no object":               {true, []string{`[]`}, 4400},
		"H-128 no type":                 {true, []string{`{}`}, 4400},
		"H-128 unknown type":            {true, []string{`{"type":"start"}`}, 4400},
		"H-128 no id":                   {true, []string{`{"type":"subscribe","payload":{"query":"{__typename}"}}`}, 4400},
		"H-128 id a number":             {true, []string{`{"type":"complete","id":1}`}, 4400},
		"H-128 long id":                 {true, []string{`{"type":"complete","id":"` + strings.Repeat("a", 60<<10) + `"}`}, 4400},
		"H-128 no payload":              {true, []string{`{"type":"subscribe","id":"a"}`}, 4400},
		"H-128 key twice":               {true, []string{`{"type":"ping","type":"pong"}`}, 4400},
		"H-127 message beyond the size": {true, []string{`{"type":"ping","payload":{"a":"` + strings.Repeat("a", 2<<20) + `"}}`}, 1009},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := liveSite(t, func(o *gateway.LiveOptions) {
				if !test.initialise && test.say == nil {
					o.InitTimeout = 50 * time.Millisecond
				}
			})
			begin := "none"
			if test.initialise {
				begin = ""
			}
			c := openSocket(t, s.url, begin)
			for _, text := range test.say {
				c.say(text)
			}
			c.wantClosed(test.code)
			s.wantNoneLeft(t)
			if strings.Contains(s.log.String(), "panic") {
				t.Errorf("log: %s", s.log.String())
			}
		})
	}
	t.Run("H-128 binary", func(t *testing.T) {
		t.Parallel()
		c := openSocket(t, liveSite(t, nil).url, "")
		if err := c.conn.Write(t.Context(), websocket.MessageBinary, []byte(`{"type":"ping"}`)); err != nil {
			t.Fatal(err)
		}
		c.wantClosed(4400)
	})
	t.Run("H-125 too many operations", func(t *testing.T) {
		t.Parallel()
		s := liveSite(t, nil)
		c := openSocket(t, s.url, "")
		for i := range 51 {
			c.subscribe(fmt.Sprint(i), `subscription { other }`)
		}
		c.wantClosed(4429)
		s.wantNoneLeft(t)
	})
	t.Run("H-126 too many connections", func(t *testing.T) {
		t.Parallel()
		s := liveSite(t, func(o *gateway.LiveOptions) { o.Connections = gateway.NewLiveConnections(2) })
		first, second := openSocket(t, s.url, ""), openSocket(t, s.url, "")
		third := openSocket(t, s.url, "none")
		third.say(`{"type":"connection_init"}`)
		third.wantClosed(4429)
		if err := first.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Error(err)
		}
		testkit.Eventually(t, "the place of a connection that ended is not free", func() bool {
			again := openSocket(t, s.url, "none")
			again.say(`{"type":"connection_init"}`)
			m, err := again.read()
			return err == nil && m.Type == "connection_ack"
		})
		second.say(`{"type":"ping"}`)
		if m := second.hear(); m.Type != "pong" {
			t.Errorf("got %+v", m)
		}
	})
}

// TestHostile_socket_descriptors_H122 proves that connections whose initialisation is malformed leave no file descriptor behind. It runs
// alone: it counts those of the process.
func TestHostile_socket_descriptors_H122(t *testing.T) {
	s := liveSite(t, nil)
	before := descriptors(t)
	for i := range 200 {
		c := openSocket(t, s.url, "none")
		c.say(`{"type":"connection_init","payload":` + [...]string{`"x"`, `5`, `[]`}[i%3] + `}`)
		if err := c.conn.CloseNow(); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Eventually(t, "file descriptors are left", func() bool { return descriptors(t) <= before+4 })
	s.wantNoneLeft(t)
}

func TestHostile_socket_frames_H127(t *testing.T) {
	t.Parallel()
	t.Run("H-127 fragments", func(t *testing.T) {
		t.Parallel()
		s := liveSite(t, nil)
		c := openSocket(t, s.url, "")
		w, err := c.conn.Writer(t.Context(), websocket.MessageText)
		if err != nil {
			t.Fatal(err)
		}
		for range 10_000 {
			if _, err := w.Write([]byte("a")); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		c.wantClosed(4400)
		s.wantNoneLeft(t)
	})
	t.Run("H-127 ping of a megabyte", func(t *testing.T) {
		t.Parallel()
		s := liveSite(t, nil)
		raw := s.dial(t)
		handshake := "GET /graphql HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n" +
			"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
		if _, err := io.WriteString(raw, handshake); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 4<<10)
		n, err := raw.Read(answer)
		if err != nil || !strings.Contains(string(answer[:n]), " 101 ") {
			t.Fatalf("%s, %v", answer[:n], err)
		}
		if strings.Contains(string(answer[:n]), "deflate") { // H-136: compression is never agreed to
			t.Errorf("H-136: compression is on: %s", answer[:n])
		}
		frame := binary.BigEndian.AppendUint64([]byte{0x89, 0xff}, 1<<20) // a ping, masked, with a length of 64 bits
		_, _ = raw.Write(append(frame, make([]byte, 4+1<<20)...))         // cut off somewhere on the way
		_, _ = io.Copy(io.Discard, raw)                                   // ends when the server has closed
		s.wantNoneLeft(t)
	})
}

// TestHostile_socket_neverRead_H129 proves that clients which subscribe to a fast stream and never read are cut.
func TestHostile_socket_neverRead_H129(t *testing.T) {
	t.Parallel()
	s := liveSite(t, func(o *gateway.LiveOptions) { o.WriteTimeout = time.Second })
	for range 20 {
		openNarrow(t, s.url).subscribe("a", `subscription { ticks }`)
	}
	reader := openSocket(t, s.url, "")
	reader.subscribe("a", `subscription { ticks }`)
	count := 0
	for s.schema.subscribed.Load() != 1 || count < 100 { // who reads stays
		if m := reader.hear(); m.Type != "next" {
			t.Fatalf("got %+v", m)
		}
		count++
	}
	if err := reader.conn.CloseNow(); err != nil {
		t.Error(err)
	}
	s.wantNoneLeft(t)
}

// TestHostile_socket_silent proves that a client which answers no ping is cut although it is sent nothing.
func TestHostile_socket_silent_H129(t *testing.T) {
	t.Parallel()
	s := liveSite(t, func(o *gateway.LiveOptions) { o.Ping = 500 * time.Millisecond })
	openSocket(t, s.url, "").subscribe("a", `subscription { other }`)
	testkit.Eventually(t, "not begun", func() bool { return s.schema.begun.Load() == 1 })
	s.wantNoneLeftAlone(t)
}

// wantNoneLeftAlone is wantNoneLeft without the gateway ending anything.
func (s *site) wantNoneLeftAlone(t *testing.T) {
	t.Helper()
	testkit.Eventually(t, "subscriptions are left", func() bool { return s.schema.subscribed.Load() == 0 })
}

func TestHostile_socket_reset_H130(t *testing.T) {
	t.Parallel()
	s := liveSite(t, nil)
	var sockets []net.Conn
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		sockets = append(sockets, conn)
		return conn, err
	}}
	for range 20 {
		conn, _, err := websocket.Dial(t.Context(), s.url, &websocket.DialOptions{ //nolint:bodyclose // of an upgrade, which has none
			Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: &http.Client{Transport: transport},
		})
		if err != nil {
			t.Fatal(err)
		}
		c := &socket{t, conn}
		c.say(`{"type":"connection_init"}`)
		for i := range 50 {
			c.subscribe(fmt.Sprint(i), `subscription { other }`)
		}
	}
	testkit.Eventually(t, "not all begun", func() bool { return s.schema.subscribed.Load() == 1000 })
	for _, conn := range sockets {
		tcp, _ := conn.(*net.TCPConn)
		if err := tcp.SetLinger(0); err != nil {
			t.Fatal(err)
		}
		if err := tcp.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s.wantNoneLeftAlone(t)
	s.wantNoneLeft(t)
}

func TestHostile_socket_churn_H131(t *testing.T) {
	t.Parallel()
	s := liveSite(t, nil)
	c := openSocket(t, s.url, "")
	c.say(`{"type":"complete","id":"nobody"}`)
	c.subscribe("a", `{ __typename }`)
	if m := c.hear(); m.Type != "next" || string(m.Payload) != `{"data":{"__typename":"Query"}}` {
		t.Errorf("got %+v", m)
	}
	if m := c.hear(); m.Type != "complete" || m.ID != "a" {
		t.Errorf("got %+v", m)
	}
	for i := range 10_000 {
		id := fmt.Sprint(i)
		c.subscribe(id, `subscription { other }`)
		c.say(`{"type":"complete","id":"` + id + `"}`)
	}
	c.wantClosed(4429)
	s.wantNoneLeft(t)
}
