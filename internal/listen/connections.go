package listen

import (
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// connections bounds the open connections of an address. Where there is no room for one more, the one that has been
// idle for longest is closed; where all are busy, the new one is refused, and accepting goes on.
type connections struct {
	most      int
	mostFiles int          // of the process for connections; 0 for no bound
	files     atomic.Int64 // open, those of WebSockets too

	mu   sync.Mutex
	open map[net.Conn]*list.Element // nil while busy
	idle *list.List                 // of net.Conn, longest idle first
}

func newConnections(most, mostFiles int) *connections {
	return &connections{most: most, mostFiles: mostFiles, open: map[net.Conn]*list.Element{}, idle: list.New()}
}

// note follows the states of connections; it is the server's ConnState.
func (c *connections) note(connection net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, known := c.open[connection]
	if !known && state != http.StateNew {
		return // closed to make room
	}
	if element != nil {
		c.idle.Remove(element)
		c.open[connection] = nil
	}
	switch state {
	case http.StateNew, http.StateActive:
		c.open[connection] = nil
	case http.StateIdle:
		c.open[connection] = c.idle.PushBack(connection)
	case http.StateClosed:
		delete(c.open, connection)
	case http.StateHijacked: // a WebSocket has bounds of its own, but takes a file
		delete(c.open, connection)
	}
}

// anyOpen reports whether a connection is open that is no WebSocket.
func (c *connections) anyOpen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open) > 0
}

// room reports whether one more may be open, and closes an idle one for it where it must.
func (c *connections) room() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.open) < c.most && (c.mostFiles == 0 || c.files.Load() < int64(c.mostFiles)) {
		return true
	}
	first := c.idle.Front()
	if first == nil {
		return false
	}
	c.idle.Remove(first)
	if connection, ok := first.Value.(net.Conn); ok {
		delete(c.open, connection)
		if secured, ok := connection.(*tls.Conn); ok {
			connection = secured.NetConn() // the last message of TLS could wait for its reader
		}
		_ = connection.Close() // clients expect it of idle connections
	}
	return true
}

// countedConnection gives its file back once: also a WebSocket's, whose states the server does not follow.
type countedConnection struct {
	net.Conn
	files  *atomic.Int64
	closed atomic.Bool
}

// Close implements net.Conn.
func (c *countedConnection) Close() error {
	if !c.closed.Swap(true) {
		c.files.Add(-1)
	}
	return c.Conn.Close()
}

// mostReserved is the number of files that are enough for upstreams, Redis and operators.
const mostReserved = 512

// filesForCallers is how many of the process's files callers' connections may take: all but a reserve, so that a full
// gateway still reaches its upstream. 0 means that the bound is not known.
func filesForCallers(most int) int { return most - min(most/2, mostReserved) }

// boundedListener accepts as long as there is room.
type boundedListener struct {
	net.Listener
	connections *connections
	departure   *departure
}

// overloaded is all that a connection beyond the bound gets.
const overloaded = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"

// refusalTime bounds the writing of it.
const refusalTime = 100 * time.Millisecond

// Accept implements net.Listener.
func (l *boundedListener) Accept() (net.Conn, error) {
	for {
		connection, err := l.accept()
		if err != nil {
			return nil, err
		}
		if l.connections.room() {
			l.connections.files.Add(1)
			return &countedConnection{Conn: connection, files: &l.connections.files}, nil
		}
		if connection.SetWriteDeadline(time.Now().Add(refusalTime)) == nil {
			_, _ = connection.Write([]byte(overloaded)) // else the client sees the connection close
		}
		_ = connection.Close()
	}
}
