package listen

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"strings"
	"sync"
)

// mostHead bounds what is kept of the head of a request whose target is a whole URI.
const mostHead = 16 << 10

// HostSent returns the header Host of a request whose target is a whole URI ("GET http://gw.example/graphql HTTP/1.1").
// net/http takes the host of the URI in its place and drops the header. ok is false where it is not known: on
// connections with TLS or of HTTP/2, within a pipeline of requests, or in a long head.
func HostSent(r *http.Request) (host string, ok bool) {
	connection, known := r.Context().Value(connectionKey{}).(*watchedConnection)
	if !known || r.ProtoMajor != 1 { // HTTP/2 has one name of the host alone
		return "", false
	}
	return connection.hostOf(r.Method + " " + r.RequestURI + " " + r.Proto)
}

// watchingListener has its connections keep what HostSent needs.
type watchingListener struct {
	net.Listener

	buffers *sync.Pool // of the connections' gatherers
}

// Accept implements net.Listener.
func (l watchingListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &watchedConnection{Conn: connection, gatherer: gatherer{tcp: tcpOf(connection), buffers: l.buffers}}, nil
}

// watchedConnection keeps the head of the last request whose target is a whole URI; clients send none but to a proxy.
// It writes the head of an answer with its body.
type watchedConnection struct {
	net.Conn

	gatherer gatherer // of the one goroutine that answers

	mu    sync.Mutex // net/http reads one byte ahead while a request is handled
	ahead []byte     // that byte, which the next request begins with
	head  []byte
	open  bool // the end of the head is still to come
}

// Read implements net.Conn.
func (c *watchedConnection) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	c.mu.Lock()
	defer c.mu.Unlock()
	if n == 0 {
		return n, err
	}
	if len(into) == 1 && !c.open {
		c.ahead = bytes.Clone(into)
		return n, err
	}
	text := into[:n]
	if len(c.ahead) > 0 {
		text, c.ahead = append(c.ahead, text...), nil
	}
	switch {
	case beginsWithURI(text):
		c.head, c.open = bytes.Clone(text), true
	case c.open:
		c.head = append(c.head, text...)
	default:
		return n, err
	}
	if bytes.Contains(c.head, []byte("\r\n\r\n")) || len(c.head) > mostHead {
		c.open = false
	}
	return n, err
}

// Write implements net.Conn.
func (c *watchedConnection) Write(p []byte) (int, error) {
	switch {
	case c.gatherer.hold(p):
		return len(p), nil
	case c.gatherer.held != nil:
		return c.gatherer.flush(p)
	default:
		return c.Conn.Write(p)
	}
}

// beginsWithURI reports whether a text is the begin of a request for a whole URI.
func beginsWithURI(text []byte) bool {
	method, rest, found := bytes.Cut(text[:min(len(text), 32)], []byte(" "))
	return found && len(method) > 0 && len(rest) > 0 && rest[0] != '/' && rest[0] != '*' && // what few are comes first
		len(bytes.TrimLeft(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == 0
}

// hostOf is the header Host of the request that begins with a line; false when it is another one, or has several.
func (c *watchedConnection) hostOf(line string) (host string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := bufio.NewScanner(bytes.NewReader(c.head))
	if c.open || !lines.Scan() || lines.Text() != line {
		return "", false
	}
	count := 0
	for lines.Scan() && lines.Text() != "" {
		if name, value, _ := strings.Cut(lines.Text(), ":"); strings.EqualFold(name, "Host") {
			host = strings.TrimSpace(value)
			count++
		}
	}
	return host, count == 1
}
