package listen

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// headBuffer is the size of the buffer in which net/http gathers the head of an answer and what fits in of its body. A
// write of exactly that size is the full buffer, behind which more follows.
const headBuffer = 4 << 10

// gatherer has the head of an answer and its body go out by one write of the socket. net/http writes its full buffer
// first, then the rest: by two, and the first one is a tenth of all that an answer takes which is at hand.
type gatherer struct {
	tcp       *net.TCPConn // nil where the system can't write several pieces at once
	buffers   *sync.Pool   // of *[headBuffer]byte, lent while a write is held: idle connections need none
	gathering bool         // the handler is writing: what follows a full buffer comes at once, or when the answer ends
	held      *[headBuffer]byte
	pieces    [2][]byte
	writing   net.Buffers
	flushed   time.Time // when it wrote last; zero before
}

// gathererOf is that of a request's connection; nil for a connection with TLS, which has a layer of its own, and with
// HTTP/2, where several requests write to one, and a handler waits within its write until what it wrote has arrived.
func gathererOf(r *http.Request) *gatherer {
	if r.ProtoMajor != 1 {
		return nil
	}
	connection, known := r.Context().Value(connectionKey{}).(*watchedConnection)
	if !known || connection.gatherer.tcp == nil {
		return nil
	}
	return &connection.gatherer
}

// gather writes to w, within a write of the handler.
func (g *gatherer) gather(w http.ResponseWriter, p []byte) (int, error) {
	g.gathering = true
	defer func() { g.gathering = false }()
	return w.Write(p)
}

// hold keeps a full buffer for the next write, and reports whether it did.
func (g *gatherer) hold(p []byte) bool {
	if !g.gathering || g.held != nil || len(p) != headBuffer {
		return false
	}
	if g.held, _ = g.buffers.Get().(*[headBuffer]byte); g.held == nil {
		g.held = new([headBuffer]byte)
	}
	copy(g.held[:], p)
	return true
}

// flush writes what is held, and p behind it. n counts of p alone.
func (g *gatherer) flush(p []byte) (n int, err error) {
	g.pieces = [2][]byte{g.held[:], p}
	g.writing = g.pieces[:]
	written, err := g.writing.WriteTo(g.tcp)
	g.flushed = time.Now()
	g.buffers.Put(g.held)
	g.held, g.pieces, g.writing = nil, [2][]byte{}, nil
	return max(0, int(written)-headBuffer), err
}

// tcpOf is the connection of the system below one that was accepted; nil where it is another one.
func tcpOf(connection net.Conn) *net.TCPConn {
	if counted, ok := connection.(*countedConnection); ok {
		connection = counted.Conn
	}
	tcp, _ := connection.(*net.TCPConn)
	return tcp
}
