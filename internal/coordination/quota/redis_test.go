package quota_test

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// server is a real Redis that a test may kill, freeze and start again.
type server struct {
	address string
	args    []string
	process *exec.Cmd
}

func startRedis(tb testing.TB, args ...string) *server {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		tb.Fatal(err)
	}
	s := &server{
		address: l.Addr().String(),
		args: append([]string{
			"--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--save", "", "--appendonly", "no", "--dir", tb.TempDir(),
		}, args...),
	}
	s.start(tb)
	tb.Cleanup(s.kill)
	return s
}

func (s *server) start(tb testing.TB) {
	tb.Helper()
	s.process = exec.Command("/usr/bin/redis-server", s.args...)
	if err := s.process.Start(); err != nil {
		tb.Fatal(err)
	}
	client := s.client(tb)
	testkit.Eventually(tb, "redis-server does not answer", func() bool { return client.Ping(tb.Context()).Err() == nil })
}

func (s *server) kill() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
}

func (s *server) signal(tb testing.TB, sig syscall.Signal) {
	tb.Helper()
	if err := s.process.Process.Signal(sig); err != nil {
		tb.Fatal(err)
	}
}

// client connects as the gateway does (timeouts that obey contexts, no retries), with quota.Options.Timeout as the only
// timeout.
func (s *server) client(tb testing.TB) *goredis.Client {
	tb.Helper()
	return s.clientOver(tb, &wire{})
}

func (s *server) clientOver(tb testing.TB, w *wire) *goredis.Client {
	tb.Helper()
	client := goredis.NewClient(&goredis.Options{
		Addr: s.address, DialTimeout: time.Second, ReadTimeout: time.Second,
		WriteTimeout: time.Second, PoolTimeout: time.Second, MaxRetries: -1,
		ContextTimeoutEnabled: true, DialerRetries: 1, DialerRetryTimeout: time.Millisecond,
		Dialer: w.dial,
	})
	tb.Cleanup(func() { _ = client.Close() })
	return client
}

// wire is the network between a replica and Redis, which a test may cut.
type wire struct {
	mu    sync.Mutex
	cut   bool
	dials int
	conns []net.Conn
}

var errCut = errors.New("wire cut")

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dials++
	if w.cut {
		return nil, errCut
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	if err == nil {
		w.conns = append(w.conns, conn)
	}
	return conn, err
}

// dialled is how often a connection was tried.
func (w *wire) dialled() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dials
}

func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for _, conn := range w.conns {
		_ = conn.Close()
	}
	w.conns = nil
}
