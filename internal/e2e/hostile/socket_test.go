package hostile

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

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestHostile_socket_origin_H119(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, func(o *kit.SiteOptions) { o.Transport.Origins = origins(t, "https://console.example") })
	own := strings.TrimSuffix(s.URL, "/graphql")
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
		_, response, err := kit.DialSocket(t, s.URL, test.header, "graphql-transport-ws") //nolint:bodyclose // closed by the client
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
		"H-120 nothing":               {false, nil, 4408},
		"H-121 subscribe before init": {false, []string{never}, 4401},
		"H-122 payload a text":        {false, []string{`{"type":"connection_init","payload":"x"}`}, 4400},
		"H-122 payload a number":      {false, []string{`{"type":"connection_init","payload":5}`}, 4400},
		"H-122 payload a list":        {false, []string{`{"type":"connection_init","payload":[]}`}, 4400},
		"H-122 header no text":        {false, []string{`{"type":"connection_init","payload":{"X-Auth-Token":5}}`}, 4400},
		"H-122 header with a line": {
			false,
			[]string{`{"type":"connection_init","payload":{"X-Auth-Token":"a\r\nb: c"}}`},
			4400,
		},
		"H-123 second init":   {true, []string{`{"type":"connection_init"}`}, 4429},
		"H-124 same id twice": {true, []string{never, never}, 4409},
		"H-128 no JSON":       {true, []string{`{`}, 4400},
		"H-128 no object":     {true, []string{`[]`}, 4400},
		"H-128 no type":       {true, []string{`{}`}, 4400},
		"H-128 unknown type":  {true, []string{`{"type":"start"}`}, 4400},
		"H-128 no id":         {true, []string{`{"type":"subscribe","payload":{"query":"{__typename}"}}`}, 4400},
		"H-128 id a number":   {true, []string{`{"type":"complete","id":1}`}, 4400},
		"H-128 long id": {
			true,
			[]string{`{"type":"complete","id":"` + strings.Repeat("a", 60<<10) + `"}`},
			4400,
		},
		"H-128 no payload": {true, []string{`{"type":"subscribe","id":"a"}`}, 4400},
		"H-128 key twice":  {true, []string{`{"type":"ping","type":"pong"}`}, 4400},
		"H-127 message beyond the size": {
			true,
			[]string{`{"type":"ping","payload":{"a":"` + strings.Repeat("a", 2<<20) + `"}}`},
			1009,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := liveSite(t, func(o *streams.Options) {
				if !test.initialise && test.say == nil {
					o.InitTimeout = 50 * time.Millisecond
				}
			})
			begin := "none"
			if test.initialise {
				begin = ""
			}
			c := kit.OpenSocket(t, s.URL, begin)
			for _, text := range test.say {
				c.Send(text)
			}
			c.WantClosed(test.code)
			wantNoneLeft(t, s)
			if strings.Contains(s.Log.String(), "panic") {
				t.Errorf("log: %s", s.Log.String())
			}
		})
	}
	t.Run("H-128 binary", func(t *testing.T) {
		t.Parallel()
		c := kit.OpenSocket(t, liveSite(t, nil).URL, "")
		if err := c.Conn.Write(t.Context(), websocket.MessageBinary, []byte(`{"type":"ping"}`)); err != nil {
			t.Fatal(err)
		}
		c.WantClosed(4400)
	})
	t.Run("H-125 too many operations", func(t *testing.T) {
		t.Parallel()
		s := liveSite(t, nil)
		c := kit.OpenSocket(t, s.URL, "")
		for i := range 51 {
			c.Subscribe(fmt.Sprint(i), `subscription { other }`)
		}
		c.WantClosed(4429)
		wantNoneLeft(t, s)
	})
	t.Run("H-126 too many connections", func(t *testing.T) {
		t.Parallel()
		s := liveSite(t, func(o *streams.Options) { o.Connections = streams.NewConnections(2) })
		first, second := kit.OpenSocket(t, s.URL, ""), kit.OpenSocket(t, s.URL, "")
		third := kit.OpenSocket(t, s.URL, "none")
		third.Send(`{"type":"connection_init"}`)
		third.WantClosed(4429)
		if err := first.Conn.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Error(err)
		}
		testkit.Eventually(t, "the place of a connection that ended is not free", func() bool {
			again := kit.OpenSocket(t, s.URL, "none")
			again.Send(`{"type":"connection_init"}`)
			m, err := again.Read()
			return err == nil && m.Type == "connection_ack"
		})
		second.Send(`{"type":"ping"}`)
		if m := second.Receive(); m.Type != "pong" {
			t.Errorf("got %+v", m)
		}
	})
}

// TestHostile_socket_descriptors_H122 proves that connections whose initialisation is malformed leave no file
// descriptor behind. It runs alone: it counts those of the process.
func TestHostile_socket_descriptors_H122(t *testing.T) {
	s := liveSite(t, nil)
	before := testkit.Descriptors(t)
	for i := range 200 {
		c := kit.OpenSocket(t, s.URL, "none")
		c.Send(`{"type":"connection_init","payload":` + [...]string{`"x"`, `5`, `[]`}[i%3] + `}`)
		if err := c.Conn.CloseNow(); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Eventually(t, "file descriptors are left", func() bool { return testkit.Descriptors(t) <= before+4 })
	wantNoneLeft(t, s)
}

func TestHostile_socket_frames_H127(t *testing.T) {
	t.Parallel()
	t.Run("H-127 fragments", func(t *testing.T) {
		t.Parallel()
		s := liveSite(t, nil)
		c := kit.OpenSocket(t, s.URL, "")
		w, err := c.Conn.Writer(t.Context(), websocket.MessageText)
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
		c.WantClosed(4400)
		wantNoneLeft(t, s)
	})
	t.Run("H-127 ping of a megabyte", func(t *testing.T) {
		t.Parallel()
		s := liveSite(t, nil)
		raw := dial(t, s)
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
		wantNoneLeft(t, s)
	})
}

// TestHostile_socket_neverRead_H129 proves that clients which subscribe to a fast stream and never read are cut.
func TestHostile_socket_neverRead_H129(t *testing.T) {
	t.Parallel()
	s := liveSite(t, func(o *streams.Options) { o.WriteTimeout = time.Second })
	for range 20 {
		openNarrow(t, s.URL).Subscribe("a", `subscription { ticks }`)
	}
	reader := kit.OpenSocket(t, s.URL, "")
	reader.Subscribe("a", `subscription { ticks }`)
	count := 0
	for s.Schema.Subscribed.Load() != 1 || count < 100 { // who reads stays
		if m := reader.Receive(); m.Type != "next" {
			t.Fatalf("got %+v", m)
		}
		count++
	}
	if err := reader.Conn.CloseNow(); err != nil {
		t.Error(err)
	}
	wantNoneLeft(t, s)
}

// TestHostile_socket_silent proves that a client which answers no ping is cut although it is sent nothing.
func TestHostile_socket_silent_H129(t *testing.T) {
	t.Parallel()
	s := liveSite(t, func(o *streams.Options) { o.Ping = 500 * time.Millisecond })
	kit.OpenSocket(t, s.URL, "").Subscribe("a", `subscription { other }`)
	testkit.Eventually(t, "not begun", func() bool { return s.Schema.Begun.Load() == 1 })
	wantNoneLeftAlone(t, s)
}

// wantNoneLeftAlone is wantNoneLeft without the gateway ending anything.
func wantNoneLeftAlone(t *testing.T, s *kit.Site) {
	t.Helper()
	testkit.Eventually(t, "subscriptions are left", func() bool { return s.Schema.Subscribed.Load() == 0 })
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
		conn, _, err := websocket.Dial(t.Context(), s.URL, &websocket.DialOptions{ //nolint:bodyclose // of an upgrade, which has none
			Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: &http.Client{Transport: transport},
		})
		if err != nil {
			t.Fatal(err)
		}
		c := &kit.Socket{T: t, Conn: conn}
		c.Send(`{"type":"connection_init"}`)
		for i := range 50 {
			c.Subscribe(fmt.Sprint(i), `subscription { other }`)
		}
	}
	testkit.Eventually(t, "not all begun", func() bool { return s.Schema.Subscribed.Load() == 1000 })
	for _, conn := range sockets {
		tcp, _ := conn.(*net.TCPConn)
		if err := tcp.SetLinger(0); err != nil {
			t.Fatal(err)
		}
		if err := tcp.Close(); err != nil {
			t.Fatal(err)
		}
	}
	wantNoneLeftAlone(t, s)
	wantNoneLeft(t, s)
}

func TestHostile_socket_churn_H131(t *testing.T) {
	t.Parallel()
	s := liveSite(t, nil)
	c := kit.OpenSocket(t, s.URL, "")
	c.Send(`{"type":"complete","id":"nobody"}`)
	c.Subscribe("a", `{ __typename }`)
	if m := c.Receive(); m.Type != "next" || string(m.Payload) != `{"data":{"__typename":"Query"}}` {
		t.Errorf("got %+v", m)
	}
	if m := c.Receive(); m.Type != "complete" || m.ID != "a" {
		t.Errorf("got %+v", m)
	}
	for i := range 10_000 {
		id := fmt.Sprint(i)
		c.Subscribe(id, `subscription { other }`)
		c.Send(`{"type":"complete","id":"` + id + `"}`)
	}
	c.WantClosed(4429)
	wantNoneLeft(t, s)
}
