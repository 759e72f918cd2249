package lease_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// F-11: one of three replicas may probe; another one may when the first gives the right back or its time is over.
func TestOneOfThreeReplicasProbes(t *testing.T) {
	conn := connect(t, redistest.Start(t))
	replicas := make([]*lease.Probes, 3)
	for i := range replicas {
		replicas[i] = lease.NewProbes(lease.New(conn, "test"))
	}
	var chosen atomic.Int64
	var together sync.WaitGroup
	for _, replica := range replicas {
		together.Go(func() {
			if _, ok := replica.Begin(t.Context(), "esm listDeviceAlarms", time.Minute); ok {
				chosen.Add(1)
			}
		})
	}
	together.Wait()
	if got := chosen.Load(); got != 1 {
		t.Errorf("%d replicas probe, want 1", got)
	}
	release, ok := replicas[0].Begin(t.Context(), "esm listHostDetails", time.Minute)
	if !ok {
		t.Fatal("another operation has no probe")
	}
	if _, ok := replicas[1].Begin(t.Context(), "esm listHostDetails", time.Minute); ok {
		t.Error("two replicas probe")
	}
	release(t.Context())
	if _, ok := replicas[1].Begin(t.Context(), "esm listHostDetails", time.Millisecond); !ok {
		t.Error("no probe after the right was given back")
	}
	testkit.Eventually(t, "no probe after the time of the last one", func() bool {
		_, ok := replicas[2].Begin(t.Context(), "esm listHostDetails", time.Minute)
		return ok
	})
}

// Where Redis can't be asked, each replica probes for itself.
func TestProbesWithoutRedis(t *testing.T) {
	server := redistest.Start(t)
	probes := lease.NewProbes(lease.New(connect(t, server), "test"))
	server.Kill()
	for range 2 {
		release, ok := probes.Begin(t.Context(), "esm listDeviceAlarms", time.Minute)
		if !ok {
			t.Fatal("no probe while redis is away")
		}
		release(t.Context())
	}
}
