package redistest

import (
	"bufio"
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Refuser is a server that speaks the protocol of Redis and answers every command with the same error, such as LOADING,
// or OK when that is empty.
type Refuser struct {
	// Addr is host:port.
	Addr string

	answer atomic.Pointer[string]
}

// Refuse runs a Refuser until the test ends.
func Refuse(tb testing.TB, answer string) *Refuser {
	tb.Helper()
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("listen: %v", err)
	}
	r := &Refuser{Addr: listener.Addr().String()}
	r.Answer(answer)
	ctx := tb.Context()
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // the test has ended
			}
			work.Go(func() {
				defer conn.Close()
				defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
				r.serve(conn)
			})
		}
	})
	tb.Cleanup(func() {
		_ = listener.Close() // nothing is lost
		work.Wait()
	})
	return r
}

// URL returns the address for redis.Open.
func (r *Refuser) URL() string { return "redis://" + r.Addr }

// Answer sets the answer to later commands: the text of an error, or OK when it is empty.
func (r *Refuser) Answer(text string) { r.answer.Store(&text) }

// serve answers until the connection ends.
func (r *Refuser) serve(conn net.Conn) {
	reader := bufio.NewReader(conn)
	for {
		command, ok := readCommand(reader)
		if !ok {
			return
		}
		line := "+OK\r\n"
		switch text := *r.answer.Load(); {
		case text != "":
			line = "-" + text + "\r\n"
		case strings.EqualFold(command, "hello"): // its answer would be a map
			line = "-ERR unknown command 'hello'\r\n"
		}
		if _, err := io.WriteString(conn, line); err != nil {
			return
		}
	}
}

// readCommand reads one command, an array of texts, and returns its name; false at the end.
func readCommand(reader *bufio.Reader) (name string, ok bool) {
	parts, ok := number(reader, "*")
	for i := range parts {
		length, more := number(reader, "$")
		text := make([]byte, length+len("\r\n"))
		if _, err := io.ReadFull(reader, text); err != nil || !more {
			return "", false
		}
		if i == 0 {
			name = string(text[:length])
		}
	}
	return name, ok
}

func number(reader *bufio.Reader, mark string) (int, bool) {
	line, err := reader.ReadString('\n')
	n, bad := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(line), mark))
	return max(n, 0), err == nil && bad == nil
}
