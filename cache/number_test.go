package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// lasting is a fetch of lists that tells when it was made, in milliseconds; that of one tenant waits on the way back.
type lasting struct {
	clock       *testkit.Clock
	scope       string
	began, gate chan struct{}
}

func newLasting(clock *testkit.Clock) *lasting {
	return &lasting{clock: clock, scope: all.Scope, began: make(chan struct{}), gate: make(chan struct{})}
}

func (l *lasting) fetches(d *lists) {
	d.Fetch = whole(func(_ context.Context, key cache.Key) (cache.Fetched[row], error) {
		read := cache.Fetched[row]{Records: []row{{ID: "at", Value: int(l.clock.Now().UnixMilli())}}}
		if key.Scope == l.scope {
			close(l.began)
			<-l.gate
		}
		return read, nil
	})
}

// TestNumbersFollowBeginnings has the fetch of one tenant last while that of another one begins and ends.
func TestNumbersFollowBeginnings(t *testing.T) {
	c := newClock()
	slow := newLasting(c)
	s := newRows(t, newUpstream(), cache.Tiers{Now: c.Now}, slow.fetches)
	first := getLater(t, s, all)
	<-slow.began
	c.Advance(time.Second)
	later := get(t, s, cache.Key{Scope: "another tenant"})
	close(slow.gate)
	if first := first(); first.Generation >= later.Generation {
		t.Errorf("what was fetched first is generation %d, what was fetched later %d", first.Generation, later.Generation)
	}
}

// TestOldFetchReplacesNothingNewer has two replicas fetch the same list, as without leases: the one that began first
// ends last, after a fetch of another tenant. What it brings is older than what the other one has, who keeps that, as
// Redis does.
func TestOldFetchReplacesNothingNewer(t *testing.T) {
	server, c := redistest.Start(t), newClock()
	slow, quick := newLasting(c), newLasting(c)
	quick.scope = "none"
	began := int(c.Now().UnixMilli())
	unleased := func() cache.Tiers {
		tiers := replica(t, server, c)
		tiers.Leases = nil
		return tiers
	}
	one, two := newRows(t, newUpstream(), unleased(), slow.fetches), newRows(t, newUpstream(), unleased(), quick.fetches)
	older := getLater(t, one, all)
	<-slow.began
	c.Advance(time.Second)
	newer := get(t, two, all)
	get(t, one, cache.Key{Scope: "another tenant"})
	close(slow.gate)
	older()
	one.Close() // also waits for the write
	two.Want(all.Scope, all.Part, newer.Generation)
	third := newRows(t, newUpstream(), unleased(), quick.fetches)
	for name, s := range map[string]*rows{"the other replica": two, "a new replica": third} {
		if held := get(t, s, all); held.Value.rows["at"] != began+1000 || held.Generation != newer.Generation {
			t.Errorf("%s has what was fetched at %d ms, generation %d, want 1000 ms and %d", name,
				held.Value.rows["at"]-began, held.Generation, newer.Generation)
		}
	}
}
