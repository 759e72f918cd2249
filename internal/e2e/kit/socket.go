package kit

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// Socket is a client of graphql-transport-ws that sends what a test wants.
type Socket struct {
	T    *testing.T
	Conn *websocket.Conn

	ahead chan heard // nil: a message is read when the test wants it
}

// heard is what a read of a connection has brought.
type heard struct {
	text []byte
	err  error
}

// Message is a message of the server.
type Message struct {
	Type    string          `json:"type"`
	ID      string          `json:"id"`
	Payload json.RawMessage `json:"payload"`
}

// Code is the code of the first error in the payload.
func (m Message) Code() string {
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

// DialSocket connects; the handshake is answered with the response.
func DialSocket(t *testing.T, url string, header http.Header, protocols ...string) (*Socket, *http.Response, error) {
	t.Helper()
	conn, response, err := websocket.Dial(t.Context(), strings.Replace(url, "http://", "ws://", 1), &websocket.DialOptions{
		HTTPHeader: header, Subprotocols: protocols,
	})
	if err != nil {
		return nil, response, err
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &Socket{T: t, Conn: conn}, response, nil
}

// OpenSocket connects and, unless the payload is "none", initialises.
func OpenSocket(t *testing.T, url, initPayload string) *Socket {
	t.Helper()
	s, _, err := DialSocket(t, url, nil, "graphql-transport-ws") //nolint:bodyclose // of an upgrade, which has none
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	if initPayload == "none" {
		return s
	}
	if initPayload == "" {
		s.Send(`{"type":"connection_init"}`)
	} else {
		s.Send(`{"type":"connection_init","payload":` + initPayload + `}`)
	}
	if m := s.Receive(); m.Type != "connection_ack" {
		t.Fatalf("got %+v, want connection_ack", m)
	}
	return s
}

// Send sends a message; a connection that the server has ended ignores it.
func (s *Socket) Send(text string) {
	s.T.Helper()
	ctx, cancel := context.WithTimeout(s.T.Context(), testkit.Patience)
	defer cancel()
	_ = s.Conn.Write(ctx, websocket.MessageText, []byte(text)) // what became of it shows in what is heard
}

// Subscribe begins an operation.
func (s *Socket) Subscribe(id, document string) {
	s.T.Helper()
	quoted, err := json.Marshal(document)
	if err != nil {
		s.T.Fatal(err)
	}
	s.Send(`{"type":"subscribe","id":"` + id + `","payload":{"query":` + string(quoted) + `}}`)
}

// ReadAhead begins to read messages as they come, at most a thousand before the test wants them: the gateway cuts a
// client that answers no ping, and pings are answered by reading.
func (s *Socket) ReadAhead() {
	s.ahead = make(chan heard, 1000)
	go func() {
		for {
			_, text, err := s.Conn.Read(s.T.Context())
			select {
			case s.ahead <- heard{text, err}:
			case <-s.T.Context().Done():
			}
			if err != nil {
				return
			}
		}
	}()
}

// Read waits for the next message, or for the end of the connection.
func (s *Socket) Read() (Message, error) {
	ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
	defer cancel()
	var next heard
	if s.ahead == nil {
		_, next.text, next.err = s.Conn.Read(ctx)
	} else {
		select {
		case next = <-s.ahead:
		case <-ctx.Done():
			next.err = ctx.Err()
		}
	}
	if next.err != nil {
		return Message{}, next.err
	}
	var m Message
	return m, json.Unmarshal(next.text, &m)
}

// Receive waits for the next message.
func (s *Socket) Receive() Message {
	s.T.Helper()
	m, err := s.Read()
	if err != nil {
		s.T.Fatalf("wait for a message: %v", err)
	}
	return m
}

// WantClosed reads until the server has ended the connection, and checks its code.
func (s *Socket) WantClosed(code int) {
	s.T.Helper()
	for {
		_, err := s.Read()
		if err == nil {
			continue
		}
		if got := websocket.CloseStatus(err); got != websocket.StatusCode(code) {
			s.T.Errorf("closed with %d (%v), want %d", got, err, code)
		}
		return
	}
}
