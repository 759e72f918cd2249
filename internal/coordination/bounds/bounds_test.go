package bounds_test

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/opsgraph/opsgraph/internal/coordination/bounds"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// replica is the bounds of one replica.
func replica(t *testing.T, server *redistest.Server) *bounds.Bounds {
	t.Helper()
	// A busy machine takes long for a hundred connections at once, which are not the subject.
	patient := redis.Options{DialTimeout: 5 * time.Second, Timeout: 5 * time.Second}
	connection, err := redis.Open(t.Context(), server.URL(), patient)
	if err != nil {
		t.Fatal(err)
	}
	b := bounds.New(connection, "test", slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		b.Close()
		if err := connection.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return b
}

// TestRate has two replicas count many requests at the same time: the burst is let in, and not one more.
func TestRate(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	replicas := []*bounds.Bounds{replica(t, server), replica(t, server)}
	caller := bounds.Rate{Name: "a", PerSecond: 0.01, Burst: 40}
	tenant := bounds.Rate{Name: "t", PerSecond: 0.01, Burst: 60}
	flood := func(rates ...bounds.Rate) int {
		var let atomic.Int64
		var work sync.WaitGroup
		for i := range 100 {
			work.Go(func() {
				wait, ok, err := replicas[i%2].Allow(t.Context(), "t", rates...)
				switch {
				case err != nil:
					t.Error(err)
				case ok:
					let.Add(1)
				case wait < 90*time.Second || wait > 100*time.Second:
					t.Errorf("wait %s, want the 100 s of one request", wait)
				}
			})
		}
		work.Wait()
		return int(let.Load())
	}
	if got := flood(caller, tenant); got != 40 {
		t.Errorf("%d requests of a caller are let in, want 40", got)
	}
	if got := flood(bounds.Rate{Name: "b", PerSecond: 0.01, Burst: 40}, tenant); got != 20 {
		t.Errorf("%d requests of another caller are let in, want what its tenant has left, 20", got)
	}
	if got := flood(bounds.Rate{Name: "c", PerSecond: 0.01, Burst: 7}); got != 7 {
		t.Errorf("%d requests of a third one are let in, want 7", got)
	}
}

// TestRateComesBack waits for the next request of a fast rate.
func TestRateComesBack(t *testing.T) {
	t.Parallel()
	b := replica(t, redistest.Start(t))
	fast := bounds.Rate{Name: "a", PerSecond: 20, Burst: 1}
	if _, ok, err := b.Allow(t.Context(), "t", fast); !ok || err != nil {
		t.Fatalf("the first request: %v %v", ok, err)
	}
	testkit.Eventually(t, "no second request is let in", func() bool {
		_, ok, err := b.Allow(t.Context(), "t", fast)
		return ok && err == nil
	})
}

func enter(t *testing.T, b *bounds.Bounds, places ...bounds.Place) (leave func(), full int) {
	t.Helper()
	leave, full, err := b.Enter(t.Context(), "t", "operation", places...)
	if err != nil {
		t.Fatal(err)
	}
	return leave, full
}

// TestPlaces has two replicas take places of a caller and of its tenant, and give them back.
func TestPlaces(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	one, two := replica(t, server), replica(t, server)
	a, b := bounds.Place{Name: "a", Most: 2}, bounds.Place{Name: "b", Most: 2}
	tenant := bounds.Place{Name: "t", Most: 3}
	leave, _ := enter(t, one, a, tenant)
	enter(t, two, a, tenant)
	for _, r := range []*bounds.Bounds{one, two} {
		if _, full := enter(t, r, a, tenant); full != 1 {
			t.Errorf("full = %d, want the caller's place, 1", full)
		}
	}
	enter(t, one, b, tenant)
	if _, full := enter(t, two, b, tenant); full != 2 {
		t.Errorf("full = %d, want the tenant's place, 2", full)
	}
	leave()
	leave() // counts once
	testkit.Eventually(t, "the place is not free again", func() bool {
		_, full := enter(t, two, a, tenant)
		return full == 0
	})
	if _, full := enter(t, one, b, tenant); full != 2 {
		t.Errorf("full = %d, want the tenant's place, 2", full)
	}
}

// TestPlacesOfAReplicaThatEnds frees them at once.
func TestPlacesOfAReplicaThatEnds(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	one, two := replica(t, server), replica(t, server)
	place := bounds.Place{Name: "a", Most: 1}
	enter(t, one, place)
	if _, full := enter(t, two, place); full != 1 {
		t.Fatalf("full = %d, want 1", full)
	}
	one.Close()
	if _, full := enter(t, two, place); full != 0 {
		t.Errorf("full = %d after the other replica's end, want 0", full)
	}
}

// TestWithoutRedis takes places while Redis is away: nothing is refused and little time is lost; when Redis is back,
// empty, the places count again.
func TestWithoutRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	one, two := replica(t, server), replica(t, server)
	place := bounds.Place{Name: "a", Most: 2}
	enter(t, one, place)
	server.Kill()
	testkit.Eventually(t, "the loss is not noticed", func() bool {
		_, _, err := one.Allow(t.Context(), "t", bounds.Rate{Name: "a", PerSecond: 1, Burst: 1})
		return err != nil
	})
	leave, _, err := one.Enter(t.Context(), "t", "operation", place)
	if err == nil || leave == nil {
		t.Fatalf("without Redis: %v", err)
	}
	server.Restart()
	testkit.Eventually(t, "the places are not counted again", func() bool {
		leave, full, err := two.Enter(t.Context(), "t", "operation", place)
		if leave != nil {
			leave()
		}
		return err == nil && full == 1
	})
}
