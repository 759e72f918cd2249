package listen_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// drained is a server with a bound on its connections whose requests for /slow wait.
type drained struct {
	*listen.Server

	t        *testing.T
	listener net.Listener
	address  string
	slow     chan struct{} // closed to let them go on
	began    chan struct{} // has an element for each that has begun
	served   chan error
}

func newDrained(t *testing.T) *drained {
	t.Helper()
	d := &drained{t: t, slow: make(chan struct{}), began: make(chan struct{}, 100), served: make(chan error, 1)}
	d.Server = listen.NewServer(http.HandlerFunc(d.answer), listen.DefaultLimits(), slog.New(slog.DiscardHandler))
	bound, err := listen.On(t.Context(), "127.0.0.1:0", "test")
	if err != nil {
		t.Fatal(err)
	}
	d.address = bound.Addr().String()
	d.listener = listen.LimitConnections(d.Server, bound, 100, nil)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func (d *drained) answer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/slow" {
		d.began <- struct{}{}
		<-d.slow
	}
	_, _ = io.WriteString(w, r.URL.Path)
}

func (d *drained) serve() { d.served <- d.Serve(d.listener) }

// stop stops the server in the background.
func (d *drained) stop() <-chan error {
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
		defer cancel()
		stopped <- d.Stop(ctx)
	}()
	return stopped
}

// wantClosed waits until the address takes no connection.
func (d *drained) wantClosed() {
	d.t.Helper()
	testkit.Eventually(d.t, "the address stays open", func() bool {
		conn, err := new(net.Dialer).DialContext(d.t.Context(), "tcp", d.address)
		if err == nil {
			_ = conn.Close() // it was taken a moment before the end
		}
		return err != nil
	})
}

// client is a connection to it.
type client struct {
	t      *testing.T
	conn   net.Conn
	reader *bufio.Reader
}

func (d *drained) connect() *client {
	d.t.Helper()
	conn, err := new(net.Dialer).DialContext(d.t.Context(), "tcp", d.address)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(testkit.Patience)); err != nil {
		d.t.Fatal(err)
	}
	return &client{d.t, conn, bufio.NewReader(conn)}
}

func (c *client) send(path string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, "GET "+path+" HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
		c.t.Fatal(err)
	}
}

// want reads an answer, which must be that of the path; it is the last one of its connection, or not.
func (c *client) want(path string, last bool) {
	c.t.Helper()
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		c.t.Fatalf("%s: %v", path, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || string(text) != path || response.Close != last {
		c.t.Fatalf("%q, %v, the last: %t; want %q, %t", text, err, response.Close, path, last)
	}
	if !last {
		return
	}
	if _, err := c.reader.ReadByte(); !errors.Is(err, io.EOF) {
		c.t.Errorf("%s: the connection goes on: %v", path, err)
	}
}

// TestFound_D1_G3_AnswersSayThatTheConnectionEnds: while draining, every answer ends its connection, that of a request
// under way too, and new connections are taken.
func TestFound_D1_G3_AnswersSayThatTheConnectionEnds(t *testing.T) {
	t.Parallel()
	d := newDrained(t)
	go d.serve()
	kept, slow := d.connect(), d.connect()
	kept.send("/kept")
	kept.want("/kept", false)
	slow.send("/slow")
	<-d.began
	d.Drain()
	kept.send("/again")
	kept.want("/again", true)
	fresh := d.connect()
	fresh.send("/fresh")
	fresh.want("/fresh", true)
	close(d.slow)
	slow.want("/slow", true)
	stopped := d.stop()
	if err := errors.Join(<-stopped); err != nil {
		t.Error(err)
	}
	if err := <-d.served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// TestFound_D1_StopLosesNoRequest stops a server with a request under way, one that comes over an idle connection, one
// over a connection that had sent nothing, and some that the system has accepted and the server has not.
func TestFound_D1_StopLosesNoRequest(t *testing.T) {
	t.Parallel()
	d := newDrained(t)
	go d.serve()
	idle, fresh, slow := d.connect(), d.connect(), d.connect()
	idle.send("/first")
	idle.want("/first", false)
	slow.send("/slow")
	<-d.began
	stopped := d.stop()
	d.wantClosed()
	idle.send("/last")
	fresh.send("/fresh")
	idle.want("/last", true)
	fresh.want("/fresh", true)
	close(d.slow)
	slow.want("/slow", true)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := <-d.served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// TestFound_D1_QueuedConnections stops a server while the system has connections for it in its queue.
func TestFound_D1_QueuedConnections(t *testing.T) {
	t.Parallel()
	d := newDrained(t)
	var clients []*client
	for range 5 {
		c := d.connect()
		c.send("/queued")
		clients = append(clients, c)
	}
	stopped := d.stop()
	d.wantClosed()
	var serving sync.WaitGroup
	serving.Go(d.serve)
	for _, c := range clients {
		c.want("/queued", true)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	serving.Wait()
}

// TestFound_D1_UnreadAnswer: the time of stopping is bounded, whoever does not read.
func TestFound_D1_UnreadAnswer(t *testing.T) {
	t.Parallel()
	d := newDrained(t)
	d.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		d.began <- struct{}{}
		_, _ = io.WriteString(w, strings.Repeat("x", 64<<20))
	})
	go d.serve()
	d.connect().send("/large")
	<-d.began
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := d.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// TestFound_E3_WriteLimit has clients that never read accept an event stream of a route that has none, one request
// after another on one connection: the limit of writing holds.
func TestFound_E3_WriteLimit(t *testing.T) {
	t.Parallel()
	limits := listen.DefaultLimits()
	limits.WriteTimeout = 100 * time.Millisecond
	ended := make(chan error, 1)
	server := listen.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if _, err := io.WriteString(w, strings.Repeat("x", 8<<20)); err != nil {
			ended <- err
		}
	}), limits, slog.New(slog.DiscardHandler))
	bound, err := listen.On(t.Context(), "127.0.0.1:0", "test")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(bound) })
	t.Cleanup(func() {
		_ = server.Close()
		serving.Wait()
	})
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", bound.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const request = "GET /schema.graphql HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n\r\n"
	if _, err := io.WriteString(conn, strings.Repeat(request, 8)); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() {
			t.Errorf("ended by %v", err)
		}
	case <-time.After(testkit.Patience):
		t.Error("an answer waits for its reader without a limit")
	}
}
