package jobs_test

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
)

// lossy passes everything to a Redis, and loses one answer with its connection whenever that is asked for.
type lossy struct {
	address string
	lose    atomic.Bool
	lost    atomic.Int64
}

func newLossy(t *testing.T, to string) *lossy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &lossy{address: listener.Addr().String()}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { l.pass(client, to) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		all.Wait()
	})
	return l
}

func (l *lossy) pass(client net.Conn, to string) {
	defer client.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	var sending sync.WaitGroup
	defer sending.Wait()
	defer server.Close()
	sending.Go(func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	})
	defer client.Close()
	answer := make([]byte, 64<<10)
	for {
		n, err := server.Read(answer)
		if err != nil {
			return
		}
		if l.lose.CompareAndSwap(true, false) {
			l.lost.Add(1)
			return
		}
		if _, err := client.Write(answer[:n]); err != nil {
			return
		}
	}
}

// A claim whose answer was lost is read back, and the command goes on.
func TestFound_C4_AClaimWhoseAnswerWasLost(t *testing.T) {
	wire := newLossy(t, redistest.Start(t).Addr)
	connection, err := redis.Open(t.Context(), "redis://"+wire.address, redis.Options{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	known := jobs.NewCommands(dataset.Config{Commands: registry.New(connection, "test", nil)}.WithDefaults())
	t.Cleanup(known.Close)
	c := &command{}
	if _, err := known.Once(t.Context(), "warm", "input", c.run); err != nil {
		t.Fatal(err)
	}
	wire.lose.Store(true)
	got, err := known.Once(t.Context(), "key", "input", c.run)
	if got != "job-1" || err != nil || c.runs != 2 || wire.lost.Load() != 1 {
		t.Errorf("%q, %v after %d runs and %d lost answers", got, err, c.runs, wire.lost.Load())
	}
	if got, err := known.Once(t.Context(), "key", "input", c.run); got != "job-1" || err != nil || c.runs != 2 {
		t.Errorf("again: %q, %v after %d runs", got, err, c.runs)
	}
}
