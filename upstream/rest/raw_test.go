package rest_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// rawServer answers each request with speak, byte by byte as the test wants; speak returns false to hang up.
type rawServer struct {
	url      string
	requests atomic.Int64
}

func serveRaw(t *testing.T, speak func(conn *net.TCPConn, connection, request int) bool) *rawServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &rawServer{url: "http://" + listener.Addr().String()}
	var all sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	all.Go(func() {
		for connection := 1; ; connection++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			all.Go(func() { s.talk(conn.(*net.TCPConn), connection, speak) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		mu.Lock()
		for _, conn := range open {
			_ = conn.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return s
}

func (s *rawServer) talk(conn *net.TCPConn, connection int, speak func(*net.TCPConn, int, int) bool) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for request := 1; ; request++ {
		r, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		s.requests.Add(1)
		if !speak(conn, connection, request) {
			return
		}
	}
}

const okThing = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + `{"name":"a"}`

func say(text string) func(*net.TCPConn, int, int) bool {
	return func(conn *net.TCPConn, _, _ int) bool {
		_, _ = conn.Write([]byte(text))
		return false
	}
}

func reset(text string) func(*net.TCPConn, int, int) bool {
	return func(conn *net.TCPConn, _, _ int) bool {
		_, _ = conn.Write([]byte(text))
		if text != "" {
			// The reset must not overtake the bytes before it.
			_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			_, _ = conn.Read(make([]byte, 1))
		}
		_ = conn.SetLinger(0)
		return false
	}
}
