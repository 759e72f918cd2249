package listen

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
)

// socket is a connection as a server has it, and its other end.
func socket(t *testing.T) (*watchedConnection, net.Conn) {
	t.Helper()
	listener, err := On(t.Context(), "127.0.0.1:0", "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	theirs, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := watchingListener{listener, new(sync.Pool)}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = accepted.Close(), theirs.Close() })
	ours, _ := accepted.(*watchedConnection)
	return ours, theirs
}

// writer is net/http between a handler and its connection: what it does with a body beyond its buffer.
type writer struct {
	http.ResponseWriter
	to     io.Writer
	buffer []byte
	seen   func()
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.to.Write(w.buffer)
	if err != nil || n != len(w.buffer) {
		return 0, io.ErrShortWrite
	}
	w.seen()
	clear(w.buffer) // it is used again
	return w.to.Write(p)
}

// TestGather: a full buffer waits for what follows it, with its bytes as they were; another write does not.
func TestGather(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		size      int
		gathering bool
		held      bool
	}{
		"full buffer of an answer": {headBuffer, true, true},
		"half a buffer":            {headBuffer / 2, true, false},
		"more than a buffer":       {headBuffer + 1, true, false},
		"outside of an answer":     {headBuffer, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := socket(t)
			body := bytes.Repeat([]byte("b"), 3*headBuffer)
			w := &writer{to: ours, buffer: bytes.Repeat([]byte("a"), test.size)}
			want := append(bytes.Clone(w.buffer), body...)
			w.seen = func() {
				if held := ours.gatherer.held != nil; held != test.held {
					t.Errorf("held is %v, want %v", held, test.held)
				}
			}
			write := w.Write
			if test.gathering {
				write = func(p []byte) (int, error) { return ours.gatherer.gather(w, p) }
			}
			if n, err := write(body); n != len(body) || err != nil {
				t.Errorf("%d bytes of %d were written: %v", n, len(body), err)
			}
			if ours.gatherer.held != nil || ours.gatherer.gathering {
				t.Error("it still gathers")
			}
			got := make([]byte, len(want))
			if _, err := io.ReadFull(theirs, got); err != nil || !bytes.Equal(got, want) {
				t.Errorf("other bytes arrived: %v", err)
			}
		})
	}
}

// TestGather_failure: a connection that is gone fails the write that follows, which tells of its own bytes alone.
func TestGather_failure(t *testing.T) {
	t.Parallel()
	ours, _ := socket(t)
	w := &writer{to: ours, buffer: make([]byte, headBuffer), seen: func() { _ = ours.Close() }}
	if n, err := ours.gatherer.gather(w, []byte("body")); n != 0 || err == nil {
		t.Errorf("%d bytes were written: %v", n, err)
	}
}

// TestGatherer_holdsWhatNetHTTPWrites: net/http's buffer is as large as is counted on. Where it is not, each answer
// takes two writes again, and nothing else tells.
func TestGatherer_holdsWhatNetHTTPWrites(t *testing.T) {
	t.Parallel()
	held := make(chan bool, 1)
	server := NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(make([]byte, headBuffer+headBuffer/2))
		held <- gathererOf(r).held != nil
	}), DefaultLimits(), slog.New(slog.DiscardHandler))
	bound, err := On(t.Context(), "127.0.0.1:0", "test")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(LimitConnections(server, bound, 10, nil)) }()
	t.Cleanup(func() { _ = server.Close() })
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+bound.Addr().String(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := new(http.Transport).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if !<-held {
		t.Error("a full buffer is written by itself")
	}
}
