package process

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// everything asks for all of the schema: an answer that no buffer of a connection holds many times.
const everything = `{__schema{types{name description fields{name description args{name description}} inputFields{name description} enumValues{name description}}}}`

// openSocket connects a WebSocket for a caller; conn receives the connection below it.
func (h *hostile) openSocket(ctx context.Context, header http.Header, conn *net.Conn,
	protocols ...string,
) (*websocket.Conn, *http.Response, error) {
	header = header.Clone()
	header.Del("Content-Type")
	header.Del("Accept")
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled, err := new(net.Dialer).DialContext(ctx, network, address)
		if tcp, ok := dialled.(*net.TCPConn); ok && conn != nil {
			err = tcp.SetReadBuffer(8 << 10) // what is not read soon stays with the process
			*conn = tcp
		}
		return dialled, err
	}}
	return websocket.Dial(ctx, strings.Replace(h.url, "http://", "ws://", 1)+"/graphql", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport}, HTTPHeader: header, Subprotocols: protocols,
	})
}

// talk opens a WebSocket, sends messages and returns the code that it is closed with.
func (h *hostile) talk(header http.Header, binary bool, protocol string, messages ...string) (code int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c, _, err := h.openSocket(ctx, header, nil, protocol) //nolint:bodyclose // of an upgrade, which has none
	if err != nil {
		return 0, err
	}
	defer c.CloseNow() //nolint:errcheck // fails only where the server has closed it
	c.SetReadLimit(1 << 20)
	kind := websocket.MessageText
	if binary {
		kind = websocket.MessageBinary
	}
	said := make(chan struct{})
	go func() {
		defer close(said)
		for _, message := range messages {
			if c.Write(ctx, kind, []byte(message)) != nil {
				return // closed meanwhile, which is looked at below
			}
		}
	}()
	defer func() { <-said }()
	for {
		_, _, err := c.Read(ctx)
		if status := websocket.CloseStatus(err); status != -1 {
			return int(status), nil
		}
		if err != nil {
			return 0, err
		}
	}
}

func subscribing(id, document string) string {
	text, err := json.Marshal(document)
	if err != nil {
		panic(err) // a text always can be
	}
	return `{"type":"subscribe","id":"` + id + `","payload":{"query":` + string(text) + `}}`
}

// trySockets are the numbers of part F.
func (h *hostile) trySockets(t *testing.T) {
	const (
		current, begin = "graphql-transport-ws", `{"type":"connection_init"}`
		endless        = `subscription{alarmChanges{kind}}`
	)
	var many, churn []string
	for i := range 60 {
		many = append(many, subscribing(fmt.Sprint(i), endless))
	}
	for i := range 10_000 {
		churn = append(churn, subscribing(fmt.Sprint(i), `{__typename}`), fmt.Sprintf(`{"type":"complete","id":"%d"}`, i))
	}
	for _, test := range []struct {
		name     string
		protocol string
		messages []string
		code     int
	}{
		{"H-121 subscribe before init", current, []string{subscribing("a", endless)}, 4401},
		{"H-122 payload a text", current, []string{`{"type":"connection_init","payload":"x"}`}, 4400},
		{"H-122 payload a list", current, []string{`{"type":"connection_init","payload":[]}`}, 4400},
		{"H-123 second init", current, []string{begin, begin}, 4429},
		{"H-124 same id twice", current, []string{begin, subscribing("a", endless), subscribing("a", endless)}, 4409},
		{"H-125 too many operations", current, append([]string{begin}, many...), 4429},
		{
			"H-127 message of 2 MB", current,
			[]string{begin, `{"type":"ping","payload":{"a":"` + strings.Repeat("a", 2<<20) + `"}}`},
			1009,
		},
		{"H-128 no JSON", current, []string{begin, `{`}, 4400},
		{"H-128 unknown type", current, []string{begin, `{"type":"start"}`}, 4400},
		{"H-128 no id", current, []string{begin, `{"type":"subscribe","payload":{"query":"{__typename}"}}`}, 4400},
		{
			"H-128 id of 60 KB", current,
			[]string{begin, `{"type":"complete","id":"` + strings.Repeat("a", 60<<10) + `"}`},
			4400,
		},
		{
			"H-131 begun and ended 10,000 times", current,
			append([]string{begin, `{"type":"complete","id":"nobody"}`}, churn...), 4429,
		},
		{"H-137 another protocol", "graphql-ws", []string{begin}, 4406},
		{"H-128 binary", current, []string{begin}, 4400},
	} {
		code, err := h.talk(h.a, strings.HasSuffix(test.name, "binary"), test.protocol, test.messages...)
		if err != nil || code != test.code {
			t.Errorf("%s: closed with %d, %v, want %d", test.name, code, err, test.code)
		}
	}
	_, response, err := h.openSocket(t.Context(), changed(h.a, "Origin", "https://evil.example"), nil, current) //nolint:bodyclose // closed by the client
	if err == nil || response == nil || response.StatusCode != http.StatusForbidden {
		t.Errorf("H-119: %v %v", response, err)
	}
	for name, document := range map[string]string{
		"H-132 aliases": `{` + numbers(51, ` a#:__typename`) + `}`, "H-132 depth": nested(7),
		"H-132 tokens":     `{` + strings.Repeat(`__typename `, 4100) + `}`,
		"H-132 two fields": `subscription{alarmChanges{kind} capacityChanges{kind}}`,
		"H-133 mutation":   `mutation{createMeterJob(input:{domainId:"?"}){userErrors{message}}}`,
	} {
		want, err := h.ask(document, "", h.a)
		last, errSocket := h.first(h.a, document)
		var sent struct {
			Payload []struct{ Extensions struct{ Code string } }
		}
		if err != nil || errSocket != nil || want.code() == "" || json.Unmarshal([]byte(last), &sent) != nil ||
			len(sent.Payload) == 0 ||
			sent.Payload[0].Extensions.Code != want.code() {
			t.Errorf("%s: %q by HTTP, by WebSocket %.300s, %v %v", name, want.code(), last, err, errSocket)
		}
	}
	h.tryFrames(t)
	h.tryResets(t, begin, endless)
	h.tryStreams(t, endless)
}

// tryFrames are fragments of a byte, a ping of a megabyte, and an offer of compression (H-127, H-136).
func (h *hostile) tryFrames(t *testing.T) {
	t.Helper()
	c, _, err := h.openSocket(t.Context(), h.a, nil, "graphql-transport-ws") //nolint:bodyclose // of an upgrade, which has none
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow() //nolint:errcheck // fails only where the server has closed it
	w, err := c.Writer(t.Context(), websocket.MessageText)
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
	if _, _, err := c.Read(t.Context()); websocket.CloseStatus(err) != 4400 {
		t.Errorf("H-127 10,000 fragments: %v", err)
	}
	raw := h.dial(t)
	_,
		_ = io.WriteString(raw,
		"GET /graphql HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(raw), nil) //nolint:bodyclose // ends with the connection
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols ||
		response.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Errorf("H-136: %v %v", response, err)
	}
	// masked, with a length of 64 bits
	ping := append([]byte{0x89, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0}, make([]byte, 4+1<<20)...)
	_, _ = raw.Write(ping) // cut off somewhere on the way
	if _, err := io.Copy(io.Discard, raw); err != nil && errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("H-127 ping of a megabyte: %v", err)
	}
}

// tryResets breaks 20 connections of 50 subscriptions (H-130).
func (h *hostile) tryResets(t *testing.T, begin, endless string) {
	t.Helper()
	testkit.Eventually(t, "H-130: connections are left",
		func() bool { return h.metric(t, "opsgraph_http_requests_active") == 0 })
	var connections []net.Conn
	for range 20 {
		var below net.Conn
		c, _, err := h.openSocket(t.Context(), h.a, &below, "graphql-transport-ws") //nolint:bodyclose // of an upgrade, which has none
		if err == nil {
			err = c.Write(t.Context(), websocket.MessageText, []byte(begin))
		}
		for i := range 50 {
			if err == nil {
				err = c.Write(t.Context(), websocket.MessageText, []byte(subscribing(fmt.Sprint(i), endless)))
			}
		}
		if err != nil {
			t.Fatalf("H-130: %v", err)
		}
		connections = append(connections, below)
	}
	testkit.Eventually(t, "H-130: not all are open",
		func() bool { return h.metric(t, "opsgraph_http_requests_active") == 20 })
	for _, connection := range connections {
		if tcp, ok := connection.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // closes with a reset
			_ = tcp.Close()
		}
	}
	testkit.Eventually(t, "H-130: connections are left",
		func() bool { return h.metric(t, "opsgraph_http_requests_active") == 0 })
}

// openStream asks for an event stream on a bare connection, reading no more than its status.
func (h *hostile) openStream(header http.Header, document string) (*net.TCPConn, int, error) {
	connection, err := h.connect()
	if err != nil {
		return nil, 0, err
	}
	if err := connection.SetReadBuffer(4 << 10); err != nil {
		return connection, 0, err
	}
	header = changed(header, "Accept", "text/event-stream")
	if _, err := fmt.Fprintf(connection, "GET /graphql?%s HTTP/1.1\r\nHost: gateway\r\n%s\r\n",
		url.Values{"query": {document}}.Encode(), headLines(header)); err != nil {
		return connection, 0, err
	}
	response, err := http.ReadResponse(bufio.NewReaderSize(connection, 16), nil) //nolint:bodyclose // ends with the connection
	if err != nil {
		return connection, 0, err
	}
	return connection, response.StatusCode, nil
}

// tryStreams opens more event streams than a caller may have, and sends bodies that are not GraphQL (H-138).
func (h *hostile) tryStreams(t *testing.T, endless string) {
	t.Helper()
	h.try(t, asBody("H-138 malformed body", `{"query":"`+hostileSecret, 400, "BAD_REQUEST", "Accept", "text/event-stream"))
	for i := range 25 {
		connection, status, err := h.openStream(h.a, endless)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if want := map[bool]int{true: 200, false: 429}[i < 20]; status != want {
			t.Errorf("H-138 stream %d: %d, want %d", i, status, want)
		}
	}
}

// trySilent are clients that send or read nothing (H-120, H-129). An unread event stream (H-138) needs faster events
// than the upstream's: internal/e2e/hostile has that test.
func (h *hostile) trySilent(t *testing.T) {
	var trying sync.WaitGroup
	trying.Go(func() {
		began := time.Now()
		if code, err := h.talk(h.b, false, "graphql-transport-ws"); err != nil || code != 4408 ||
			time.Since(began) > 10*time.Second {
			t.Errorf("H-120: closed with %d, %v after %s", code, err, time.Since(began))
		}
	})
	for range 2 {
		trying.Go(func() {
			var below net.Conn
			c, _, err := h.openSocket(t.Context(), h.b, &below, "graphql-transport-ws") //nolint:bodyclose // of an upgrade, which has none
			if err == nil {
				err = c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"connection_init"}`))
			}
			for i := range 48 { // answers of some hundred kilobytes each, which nobody reads
				if err == nil {
					err = c.Write(t.Context(), websocket.MessageText, []byte(subscribing(fmt.Sprint(i), everything)))
				}
			}
			if err != nil {
				t.Errorf("H-129: %v", err)
				return
			}
			h.wantCut(t, "H-129", below)
		})
	}
	trying.Wait()
}

// wantCut reads nothing, and sends messages without answers until the process has closed the connection. That takes the
// time-out of writing, and several times as long on a busy machine; the catalogue allows 30 s.
func (h *hostile) wantCut(t *testing.T, name string, connection net.Conn) {
	began := time.Now()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		if _, err := connection.Write([]byte{0x8a, 0x80, 0, 0, 0, 0}); err != nil { // a pong, masked
			_ = connection.Close() // it is over
			return
		}
		if time.Since(began) > 20*time.Second {
			t.Errorf("%s: the connection is still open", name)
			return
		}
	}
}

// first returns the first message of a WebSocket about an operation.
func (h *hostile) first(header http.Header, document string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c, _, err := h.openSocket(ctx, header, nil, "graphql-transport-ws") //nolint:bodyclose // of an upgrade, which has none
	if err != nil {
		return "", err
	}
	defer c.CloseNow() //nolint:errcheck // fails only where the server has closed it
	for _, message := range []string{`{"type":"connection_init"}`, subscribing("a", document)} {
		if err := c.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			return "", err
		}
	}
	for {
		_, message, err := c.Read(ctx)
		if err != nil || !strings.Contains(string(message), "connection_ack") {
			return string(message), err
		}
	}
}
