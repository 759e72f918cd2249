package listen

import (
	"io"
	"net"
	"testing"
)

// TestHostSent_readAhead: while a request is handled, net/http reads the first byte of the next one by itself.
func TestHostSent_readAhead(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = ours.Close() })
	go func() {
		_, _ = io.WriteString(theirs, "GET http://gw.example/graphql HTTP/1.1\r\nHost: gw.example\r\n\r\n")
		_ = theirs.Close()
	}()
	connection := &watchedConnection{Conn: ours}
	for _, size := range []int{1, 4096} {
		if _, err := connection.Read(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
	}
	if host, ok := connection.hostOf("GET http://gw.example/graphql HTTP/1.1"); host != "gw.example" || !ok {
		t.Errorf("the host is %q, %v", host, ok)
	}
}
