package listen_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"testing"

	"github.com/opsgraph/opsgraph/internal/listen"
)

// bodyOf is a text of a size that shows where a part of it is missing, doubled or moved.
func bodyOf(size int) []byte {
	var body bytes.Buffer
	for i := 0; body.Len() < size; i++ {
		fmt.Fprintf(&body, "%d,", i)
	}
	return body.Bytes()[:size]
}

// serveSizes answers with a body of a size, written in pieces of one; each is flushed, or the length said before, where
// the query says so.
func serveSizes(w http.ResponseWriter, r *http.Request) {
	size, _ := strconv.Atoi(r.FormValue("size"))
	piece, _ := strconv.Atoi(r.FormValue("piece"))
	if r.FormValue("length") != "" {
		w.Header().Set("Content-Length", strconv.Itoa(size))
	}
	for rest := bodyOf(size); len(rest) > 0; {
		n := min(piece, len(rest))
		_, _ = w.Write(rest[:n])
		rest = rest[n:]
		if r.FormValue("flush") != "" {
			_ = http.NewResponseController(w).Flush()
		}
	}
}

// serveBound serves a handler as users are served, and returns a connection to it.
func serveBound(t *testing.T, handler http.HandlerFunc) net.Conn {
	t.Helper()
	server := listen.NewServer(handler, listen.DefaultLimits(), slog.New(slog.DiscardHandler))
	bound, err := listen.On(t.Context(), "127.0.0.1:0", "test")
	if err != nil {
		t.Fatal(err)
	}
	users := listen.LimitConnections(server, bound, 10, nil)
	go func() { _ = server.Serve(users) }()
	t.Cleanup(func() { _ = server.Shutdown(context.WithoutCancel(t.Context())) })
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", bound.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// TestAnswersAreWhole: whatever the size of an answer and of the pieces that it is written in, all of it arrives in its
// order, and the next answer of the connection begins behind it.
func TestAnswersAreWhole(t *testing.T) {
	t.Parallel()
	connection := serveBound(t, serveSizes)
	answers := bufio.NewReader(connection)
	// Around the buffers of net/http: 2 KiB of a handler, 4 KiB of a connection, with a head of some 100 bytes.
	sizes := []int{0, 1, 2047, 2048, 2049, 12288, 70000}
	for size := 3900; size < 4110; size += 3 {
		sizes = append(sizes, size)
	}
	for size := 7980; size < 8210; size += 7 {
		sizes = append(sizes, size)
	}
	for _, size := range sizes {
		for _, piece := range []int{1 << 20, 4096, 5000, 1000} {
			for _, how := range []string{"", "&length=1", "&flush=1", "&length=1&flush=1"} {
				path := fmt.Sprintf("/?size=%d&piece=%d%s", size, piece, how)
				_, _ = fmt.Fprintf(connection, "GET %s HTTP/1.1\r\nHost: gw.example\r\n\r\n", path)
				answer, err := http.ReadResponse(answers, nil)
				if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				got, err := io.ReadAll(answer.Body)
				_ = answer.Body.Close()
				if err != nil || !bytes.Equal(got, bodyOf(size)) {
					t.Fatalf("%s: %d bytes of another text, or %v", path, len(got), err)
				}
			}
		}
	}
}

// TestAnswerCutOff: of an answer that its handler gives up, all that it wrote arrives.
func TestAnswerCutOff(t *testing.T) {
	t.Parallel()
	connection := serveBound(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10000")
		_, _ = w.Write(bodyOf(6000))
		panic(http.ErrAbortHandler)
	})
	_, _ = io.WriteString(connection, "GET / HTTP/1.1\r\nHost: gw.example\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got, _ := io.ReadAll(answer.Body); !bytes.Equal(got, bodyOf(6000)) {
		t.Errorf("%d bytes arrived, 6000 were written", len(got))
	}
}
