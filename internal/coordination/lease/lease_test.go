package lease_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func connect(t *testing.T, server *redistest.Server) *redis.Connection {
	t.Helper()
	conn, err := redis.Open(t.Context(), server.URL(), redis.Options{})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return conn
}

func acquire(t *testing.T, leases *lease.Leases, name string, ttl time.Duration) *lease.Lease {
	t.Helper()
	l, ok, err := leases.Acquire(t.Context(), name, ttl)
	if err != nil || !ok {
		t.Fatalf("Acquire(%s) = %t, %v, want the lease", name, ok, err)
	}
	return l
}

func refuse(t *testing.T, leases *lease.Leases) {
	t.Helper()
	if _, ok, err := leases.Acquire(t.Context(), "a", time.Minute); ok || err != nil {
		t.Fatalf("Acquire = %t, %v, want it held", ok, err)
	}
}

func TestLeaseHasOneHolder(t *testing.T) {
	conn := connect(t, redistest.Start(t))
	one, two := lease.New(conn, "test"), lease.New(conn, "test")
	first := acquire(t, one, "a", time.Minute)
	refuse(t, two)
	refuse(t, one)
	acquire(t, two, "b", time.Minute)
	acquire(t, lease.New(conn, "other"), "a", time.Minute)
	if err := first.Release(t.Context()); err != nil {
		t.Fatalf("Release: %v", err)
	}
	second := acquire(t, two, "a", time.Minute)
	if second.Fence() <= first.Fence() {
		t.Errorf("fence %d after %d, want a higher one", second.Fence(), first.Fence())
	}
	if err := first.Release(t.Context()); !errors.Is(err, lease.ErrLost) {
		t.Errorf("second Release = %v, want ErrLost", err)
	}
	refuse(t, one)
}

func TestLeaseEndsByItself(t *testing.T) {
	conn := connect(t, redistest.Start(t))
	one, two := lease.New(conn, "test"), lease.New(conn, "test")
	first := acquire(t, one, "a", 60*time.Millisecond)
	second := await(t, two)
	if second.Fence() <= first.Fence() {
		t.Errorf("fence %d after %d, want a higher one", second.Fence(), first.Fence())
	}
	if _, err := first.Extend(t.Context(), time.Minute); !errors.Is(err, lease.ErrLost) {
		t.Errorf("Extend = %v, want ErrLost", err)
	}
	if err := second.Release(t.Context()); err != nil {
		t.Errorf("Release by the second holder: %v", err)
	}
}

func TestExtendKeepsLease(t *testing.T) {
	conn := connect(t, redistest.Start(t))
	leases := lease.New(conn, "test")
	l := acquire(t, leases, "a", 80*time.Millisecond)
	if _, err := l.Extend(t.Context(), time.Minute); err != nil {
		t.Fatalf("Extend: %v", err)
	}
	<-time.After(120 * time.Millisecond)
	refuse(t, leases)
}

// await waits until the lease of a dead holder ends.
func await(t *testing.T, leases *lease.Leases) *lease.Lease {
	t.Helper()
	var acquired *lease.Lease
	testkit.Eventually(t, "the lease did not end", func() bool {
		l, ok, err := leases.Acquire(t.Context(), "a", time.Minute)
		if err != nil {
			t.Fatalf("Acquire: %v", err)
		}
		acquired = l
		return ok
	})
	return acquired
}

func TestFenceRises(t *testing.T) {
	server := redistest.Start(t)
	conn := connect(t, server)
	leases := lease.New(conn, "test")
	take := func(floor uint64) uint64 {
		t.Helper()
		l, ok, err := leases.Claim(t.Context(), lease.Claim{Name: "a", Above: floor}, time.Minute)
		if err != nil || !ok {
			t.Fatalf("Claim = %t, %v", ok, err)
		}
		if err := l.Release(t.Context()); err != nil {
			t.Fatalf("Release: %v", err)
		}
		return l.Fence()
	}
	first := take(0)
	if now := uint64(time.Now().UnixMicro()); first > now || first < now-uint64(time.Minute/time.Microsecond) {
		t.Errorf("first fence %d, want about the time %d", first, now)
	}
	ahead := first + 1_000_000_000
	if got := take(ahead); got != ahead+1 {
		t.Errorf("fence above %d = %d, want one more", ahead, got)
	}
	if got := take(0); got != ahead+2 {
		t.Errorf("fence after %d = %d, want one more, whatever the clock says", ahead+1, got)
	}
	if err := redis.Client(conn).FlushAll(t.Context()).Err(); err != nil {
		t.Fatalf("FLUSHALL: %v", err)
	}
	if got := take(0); got <= first {
		t.Errorf("fence after FLUSHALL = %d, want above %d", got, first)
	}
}

// The holder learns of queries that wait for it, but not of those that waited for the holder before.
func TestHolderLearnsOfWaitingQueries(t *testing.T) {
	conn := connect(t, redistest.Start(t))
	one, two := lease.New(conn, "test"), lease.New(conn, "test")
	first := acquire(t, one, "a", time.Minute)
	wantAwaited := func(l *lease.Lease, want bool) {
		t.Helper()
		if awaited, err := l.Extend(t.Context(), time.Minute); err != nil || awaited != want {
			t.Errorf("Extend = %t, %v, want %t", awaited, err, want)
		}
		if awaited, err := one.ExtendEach(t.Context(), []*lease.Lease{l}, time.Minute); err != nil || awaited != want {
			t.Errorf("ExtendEach = %t, %v, want %t", awaited, err, want)
		}
	}
	claims := []lease.Claim{{Name: "a"}, {Name: "b"}}
	for range 2 {
		if _, err := two.ClaimEach(t.Context(), claims, time.Minute); err != nil {
			t.Fatalf("ClaimEach: %v", err)
		}
		wantAwaited(first, claims[0].Awaited)
		claims[0].Awaited = true
	}
	if err := first.Release(t.Context()); err != nil {
		t.Fatalf("Release: %v", err)
	}
	second := acquire(t, one, "a", time.Minute)
	wantAwaited(second, false)
	if _, ok, err := two.Claim(t.Context(), claims[0], time.Minute); ok || err != nil {
		t.Fatalf("Claim = %t, %v, want it held", ok, err)
	}
	wantAwaited(second, true)
	client := redis.Client(conn)
	if err := client.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatalf("CONFIG SET: %v", err)
	}
	if _, ok, err := two.Claim(t.Context(), claims[0], time.Minute); ok || err != nil {
		t.Errorf("Claim in a full Redis = %t, %v, want it held", ok, err)
	}
}

func TestClaimEach(t *testing.T) {
	conn := connect(t, redistest.Start(t))
	one, two := lease.New(conn, "test"), lease.New(conn, "test")
	held := acquire(t, one, "b", time.Minute)
	claims := []lease.Claim{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	got, err := two.ClaimEach(t.Context(), claims, 100*time.Millisecond)
	if err != nil || got[0] == nil || got[1] != nil || got[2] == nil {
		t.Fatalf("ClaimEach = %v, %v, want the first and the third", got, err)
	}
	refuse(t, one)
	mine := []*lease.Lease{got[0], got[2]}
	if err := redis.Client(conn).ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatalf("SCRIPT FLUSH: %v", err)
	}
	if _, err := two.ExtendEach(t.Context(), mine, time.Minute); err != nil {
		t.Fatalf("ExtendEach: %v", err)
	}
	<-time.After(150 * time.Millisecond)
	refuse(t, one)
	if err := two.ReleaseEach(t.Context(), append(mine, held)); err != nil {
		t.Fatalf("ReleaseEach: %v", err)
	}
	again, err := one.ClaimEach(t.Context(), claims, time.Minute)
	if err != nil || again[0] == nil || again[1] == nil || again[2] == nil {
		t.Fatalf("ClaimEach = %v, %v, want all", again, err)
	}
	if again[0].Fence() <= got[0].Fence() {
		t.Errorf("fence %d after %d, want a higher one", again[0].Fence(), got[0].Fence())
	}
}

func TestConcurrentAcquire(t *testing.T) {
	conn := connect(t, redistest.Start(t))
	var wg sync.WaitGroup
	var won atomic.Int32
	for range 50 {
		leases := lease.New(conn, "test")
		wg.Go(func() {
			if _, ok, err := leases.Acquire(t.Context(), "a", time.Minute); err != nil {
				t.Errorf("Acquire: %v", err)
			} else if ok {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if n := won.Load(); n != 1 {
		t.Errorf("%d holders, want 1", n)
	}
}

func TestScriptsAreLoadedAgain(t *testing.T) {
	conn := connect(t, redistest.Start(t))
	leases := lease.New(conn, "test")
	l := acquire(t, leases, "a", time.Minute)
	if err := redis.Client(conn).ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatalf("SCRIPT FLUSH: %v", err)
	}
	if err := l.Release(t.Context()); err != nil {
		t.Errorf("Release after SCRIPT FLUSH: %v", err)
	}
}

func TestDeadRedisIsAnError(t *testing.T) {
	server := redistest.Start(t)
	leases := lease.New(connect(t, server), "test")
	l := acquire(t, leases, "a", time.Minute)
	server.Kill()
	if _, ok, err := leases.Acquire(t.Context(), "b", time.Minute); err == nil || ok {
		t.Errorf("Acquire = %t, %v, want an error", ok, err)
	}
	if _, err := leases.ClaimEach(t.Context(), []lease.Claim{{Name: "b"}}, time.Minute); err == nil {
		t.Error("ClaimEach has no error")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := l.Extend(ctx, time.Minute); err == nil || errors.Is(err, lease.ErrLost) {
		t.Errorf("Extend = %v, want an error other than ErrLost", err)
	}
}
