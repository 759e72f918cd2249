package streams

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
)

// webSocketProtocol is the only sub-protocol that is spoken.
const webSocketProtocol = "graphql-transport-ws"

// Close codes of a WebSocket, as the sub-protocol and the error model name them.
const (
	closeInvalid         = websocket.StatusCode(4400)
	closeUnauthorised    = websocket.StatusCode(4401)
	closeForbidden       = websocket.StatusCode(4403)
	closeSubprotocol     = websocket.StatusCode(4406)
	closeInitTimeout     = websocket.StatusCode(4408)
	closeDuplicate       = websocket.StatusCode(4409)
	closeTooMany         = websocket.StatusCode(4429)
	closeInternal        = websocket.StatusCode(4500)
	closeGoingAway       = websocket.StatusGoingAway
	closeTryLater        = websocket.StatusTryAgainLater
	reasonTooManyInits   = "Too many initialisation requests"
	reasonTooManyAtOnce  = "Too many operations at once"
	reasonTooManySockets = "Too many connections"
	reasonGoingAway      = "The gateway is stopping"
)

// WebSocket answers queries, commands and subscriptions over WebSockets in the sub-protocol graphql-transport-ws, under
// the same checks and limits as plain requests. Safe for concurrent use.
type WebSocket struct {
	options Options
}

var _ graphql.Transport = (*WebSocket)(nil)

// NewWebSocket makes a WebSocket.
func NewWebSocket(options Options) (*WebSocket, error) {
	options, err := options.withDefaults()
	return &WebSocket{options: options}, err
}

// Supports takes requests that ask for an upgrade to a WebSocket.
func (t *WebSocket) Supports(r *http.Request) bool {
	return r.Method == http.MethodGet && hasToken(r.Header, "Upgrade", "websocket") &&
		hasToken(r.Header, "Connection", "upgrade")
}

// hasToken reports whether a header lists a word, in any case.
func hasToken(header http.Header, name, word string) bool {
	for _, value := range header.Values(name) {
		for token := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(token), word) {
				return true
			}
		}
	}
	return false
}

// Do upgrades the connection and answers it until it ends.
func (t *WebSocket) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if !t.options.HTTP.CheckHandshake(w, r) {
		return
	}
	end, ok := t.options.Connections.begin()
	if !ok {
		http.Error(w, "503 the gateway is stopping", http.StatusServiceUnavailable)
		return
	}
	defer end()
	upgraded := &upgrade{ResponseWriter: w}
	conn, err := websocket.Accept(upgraded, r, &websocket.AcceptOptions{
		Subprotocols:       []string{webSocketProtocol},
		InsecureSkipVerify: true, // the origin was checked above, as for every request
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return // answered by Accept
	}
	closed := t.options.Opened("websocket")
	defer closed()
	keep := context.AfterFunc(t.options.Connections.cut, upgraded.cut)
	defer keep()
	newSocket(t, conn, r, exec).serve()
}

// upgrade is the answer to a handshake. It keeps the connection below, which alone can be cut while the closing of the
// WebSocket waits for its client.
type upgrade struct {
	http.ResponseWriter
	conn net.Conn
}

// Hijack implements http.Hijacker.
func (u *upgrade) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(u.ResponseWriter).Hijack()
	u.conn = conn
	return conn, buffered, err
}

// cut ends the connection without a word.
func (u *upgrade) cut() {
	conn := u.conn
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn() // the last message of TLS could wait for its reader
	}
	_ = conn.Close() // fails only where it has ended already
}
