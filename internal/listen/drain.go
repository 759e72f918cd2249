package listen

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// lastRequests is how long connections that are idle or new are kept once the address is closed: a request may be on
	// its way, and its answer ends the connection.
	lastRequests = 500 * time.Millisecond
	// leaveEvery is the time between two looks at what is still open.
	leaveEvery = 5 * time.Millisecond
)

// Drain has every answer from now on end its connection, so that clients and proxies go elsewhere. The address stays
// open.
func (s *Server) Drain() { s.draining.Store(true) }

// Stop closes the address, lets a last request come over each idle connection, and waits for what is under way. When
// ctx ends before that, the rest stays open, and the error is that of ctx.
func (s *Server) Stop(ctx context.Context) error {
	s.Drain()
	if bound := s.bound.Load(); bound != nil {
		bound.leave(ctx)
	}
	return s.Shutdown(ctx)
}

// lastAnswer says in an answer's head that its connection ends, where the server is draining when the head is written.
type lastAnswer struct {
	http.ResponseWriter
	draining *atomic.Bool
	gatherer *gatherer // nil where writes go out as they come
}

func (w lastAnswer) mark() {
	if w.draining.Load() {
		w.Header().Set("Connection", "close")
	}
}

// WriteHeader implements http.ResponseWriter.
func (w lastAnswer) WriteHeader(status int) {
	if status >= http.StatusOK { // an upgrade has a Connection of its own
		w.mark()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w lastAnswer) Write(p []byte) (int, error) {
	w.mark()
	if w.gatherer != nil {
		return w.gatherer.gather(w.ResponseWriter, p)
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the writer below.
func (w lastAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// departure is how a listener stops accepting while its server goes on.
type departure struct {
	begun  atomic.Bool
	rest   chan net.Conn // what had connected when the address was closed
	closed chan struct{} // by Close

	releasing, closing sync.Once
	err                error // of the address's closing
}

func newDeparture() *departure {
	return &departure{rest: make(chan net.Conn), closed: make(chan struct{})}
}

// Close implements net.Listener.
func (l *boundedListener) Close() error {
	defer l.departure.closing.Do(func() { close(l.departure.closed) })
	return l.release()
}

// release closes the address, once.
func (l *boundedListener) release() error {
	d := l.departure
	d.releasing.Do(func() { d.err = l.Listener.Close() })
	return d.err
}

// accept accepts from the address, and once that is closed from what had connected before. Then it waits for the
// server's own end, since an error would be taken for a failure.
func (l *boundedListener) accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err == nil || !l.departure.begun.Load() {
		return connection, err
	}
	for {
		select {
		case connection := <-l.departure.rest:
			if connection != nil {
				return connection, nil
			}
		case <-l.departure.closed:
			return nil, net.ErrClosed
		}
	}
}

// leave closes the address, hands on what has connected, and waits until no connection is open, for a while. Only then
// may the server shut down: from then on it drops each request that it has not begun to read.
func (l *boundedListener) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lastRequests)
	defer cancel()
	l.departure.begun.Store(true)
	rest := takeQueue(l.Listener)
	_ = l.release() // its error is that of Close
	// When the nil at the end is taken, the server knows all connections before it.
	for _, connection := range append(rest, nil) {
		select {
		case l.departure.rest <- connection:
		case <-ctx.Done(): // nobody accepts: the server has failed
			if connection != nil {
				_ = connection.Close()
			}
		}
	}
	look := time.NewTicker(leaveEvery)
	defer look.Stop()
	for l.connections.anyOpen() {
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}
