package console

import (
	"io"
	"net"
	"sync"
	"testing"
)

// line is what stands between a browser and a gateway: it hands bytes on, and can be cut and taken down.
type line struct {
	Address string

	target   string
	listener net.Listener
	carries  sync.WaitGroup

	mu    sync.Mutex
	open  map[net.Conn]bool
	down  bool
	ended bool
}

// newLine leads to an address until the test ends.
func newLine(t *testing.T, target string) *line {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{Address: listener.Addr().String(), target: target, listener: listener, open: map[net.Conn]bool{}}
	l.carries.Go(l.accept)
	t.Cleanup(func() {
		l.mu.Lock()
		l.ended = true
		l.mu.Unlock()
		_ = listener.Close() // nothing of it is left to lose
		l.Cut()
		l.carries.Wait()
	})
	return l
}

// accept takes connections until the line ends. One that comes while the line is down is closed at once.
func (l *line) accept() {
	for {
		client, err := l.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", l.target)
		if err != nil || !l.keep(client, server) {
			_ = client.Close() // that is all there is to tell
			if server != nil {
				_ = server.Close() // likewise
			}
			continue
		}
		l.carries.Go(func() { l.carry(client, server) })
		l.carries.Go(func() { l.carry(server, client) })
	}
}

// keep notes both ends of a connection; false while the line is down.
func (l *line) keep(ends ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down || l.ended {
		return false
	}
	for _, one := range ends {
		l.open[one] = true
	}
	return true
}

// carry hands on what comes, and ends both ways when one has ended.
func (l *line) carry(to, from net.Conn) {
	_, _ = io.Copy(to, from) // ends by being cut, or by an end that goes
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range []net.Conn{to, from} {
		_ = one.Close() // the second of both ways finds it closed
		delete(l.open, one)
	}
}

// Cut ends every connection that is open now.
func (l *line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for one := range l.open {
		_ = one.Close() // its end is what is wanted
	}
}

// SetDown cuts the line and lets nothing through until it is up again.
func (l *line) SetDown(down bool) {
	l.mu.Lock()
	l.down = down
	l.mu.Unlock()
	if down {
		l.Cut()
	}
}
