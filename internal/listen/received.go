package listen

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Received is when the system received what came last over the connection of a request, by the system's own count in
// milliseconds: earlier than the request was read where the process was behind. What came last may be of a later
// request where several share a connection (HTTP/2), so that it is never before this one's receipt. ok is false where
// it is not known, and where it can't be worth a call of the system: a client sends its next request after the answer,
// and that went out within the last atOnce. ctx is that of the request, or made of it.
func Received(ctx context.Context) (at time.Time, ok bool) {
	connection, _ := ctx.Value(connectionKey{}).(net.Conn)
	for {
		switch outer := connection.(type) {
		case *watchedConnection:
			if flushed := outer.gatherer.flushed; !flushed.IsZero() && time.Since(flushed) < atOnce {
				return time.Time{}, false
			}
			connection = outer.Conn
		case *tls.Conn:
			connection = outer.NetConn()
		case *countedConnection:
			connection = outer.Conn
		case syscall.Conn:
			since, ok := sinceReceived(outer)
			return time.Now().Add(-since), ok
		default:
			return time.Time{}, false
		}
	}
}

// atOnce is a time that no deadline knows from none: asking the system takes a hundredth of what an answer does.
const atOnce = 20 * time.Millisecond

type connectionKey struct{}

// knowConnections has the requests of a server know their connection.
func knowConnections(server *http.Server) {
	server.ConnContext = func(ctx context.Context, connection net.Conn) context.Context {
		return context.WithValue(ctx, connectionKey{}, connection)
	}
}
