package cache_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// orderOf is an order for one tenant, of all that a set holds.
func orderOf(s *rows, scope string, inRedis bool) cache.Purge {
	return cache.Purge{
		Name: scope, Covers: func(of string) bool { return of == scope }, Number: s.Highest() + 1, Redis: inRedis,
		Until: time.Now().Add(time.Hour),
	}
}

var mine, yours = cache.Key{Scope: "mine", Part: "p"}, cache.Key{Scope: "yours", Part: "p"}

// TestPurgeForgetsOneTenant, also what is under way, and begins no fetch.
func TestPurgeForgetsOneTenant(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	get(t, s, mine)
	held := get(t, s, yours)
	purge := func(entries int) {
		t.Helper()
		got, err := s.Purge(t.Context(), orderOf(s, "mine", true))
		if err != nil || got.Entries != entries || got.Removed != 0 || (got.Bytes > 0) != (entries > 0) {
			t.Errorf("purged %+v, %v", got, err)
		}
	}
	purge(1)
	purge(0)
	if _, ok := s.peek(t.Context(), mine); ok {
		t.Error("memory has purged data")
	}
	if again, ok := s.peek(t.Context(), yours); !ok || again.Value != held.Value {
		t.Error("memory lost another tenant's data")
	}
	u.wantCalls(t, 2)
	gate := make(chan struct{})
	u.set(func(u *upstream) { u.gate = gate })
	for range 2 {
		<-u.began
	}
	got := make(chan cache.Held[*table], 1)
	go func() {
		held, err := s.get(t.Context(), mine, 0)
		if err != nil {
			t.Errorf("Get: %v", err)
		}
		got <- held
	}()
	<-u.began // fetch 3 is under way, and out of date now
	purge(0)
	close(gate)
	want(t, <-got, 4, cache.Fresh, cache.SourceUpstream)
	want(t, get(t, s, mine), 4, cache.Fresh, cache.SourceMemory)
}

// TestPurgeReachesRedis: what Redis has from before is taken by no replica that knows the order, whether it held the
// data or not, and the one that was ordered removes what it held.
func TestPurgeReachesRedis(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	one, two := newRows(t, u, replica(t, server, nil)), newRows(t, u, replica(t, server, nil))
	get(t, one, mine)
	get(t, one, yours)
	one.Close() // and so both are written
	order := orderOf(one, "mine", false)
	held := newRows(t, u, replica(t, server, nil))
	want(t, get(t, held, mine), 1, cache.Fresh, cache.SourceRedis)
	for _, s := range []*rows{two, held} { // of which one never held them
		if _, err := s.Purge(t.Context(), order); err != nil {
			t.Fatal(err)
		}
	}
	want(t, get(t, two, yours), 2, cache.Fresh, cache.SourceRedis)
	want(t, get(t, held, mine), 3, cache.Fresh, cache.SourceUpstream)
	held.Close()
	want(t, get(t, two, mine), 3, cache.Fresh, cache.SourceRedis)
	two.Close()
	three := newRows(t, u, replica(t, server, nil))
	want(t, get(t, three, mine), 3, cache.Fresh, cache.SourceRedis)
	if _, err := three.Purge(t.Context(), order); err != nil { // an order from before the data
		t.Fatal(err)
	}
	want(t, get(t, three, mine), 3, cache.Fresh, cache.SourceMemory)
	if got, err := three.Purge(t.Context(), orderOf(three, "mine", true)); err != nil || got.Removed != 1 {
		t.Errorf("purged %+v, %v", got, err)
	}
	unknowing := newRows(t, u, replica(t, server, nil))
	want(t, get(t, unknowing, mine), 4, cache.Fresh, cache.SourceUpstream)
}

// TestPurgeMindsNoClock: what a replica fetched before an order is older than it, however far ahead its clock is and
// without a lease, for itself and for whoever finds it in Redis.
func TestPurgeMindsNoClock(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	alone := func(d *lists) { d.LeaseFor = 0 }
	ahead := testkit.NewClock(c.Now().Add(5 * time.Second))
	early := newRows(t, u, replica(t, server, ahead), alone)
	want(t, get(t, early, mine), 1, cache.Fresh, cache.SourceUpstream)
	early.Close() // and so it is written
	order := orderOf(early, "mine", false)
	if got, err := early.Purge(t.Context(), order); err != nil || got.Entries != 1 {
		t.Errorf("purged %+v, %v", got, err)
	}
	later := newRows(t, u, replica(t, server, c), alone)
	if _, err := later.Purge(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	want(t, get(t, later, mine), 2, cache.Fresh, cache.SourceUpstream)
	later.Close()
	// It takes the place of the old data, and who does not know of the order says nothing else of its own fetches.
	unknowing := newRows(t, u, replica(t, server, c), alone)
	want(t, get(t, unknowing, mine), 2, cache.Fresh, cache.SourceRedis)
	c.Advance(ages.Stale)
	want(t, get(t, unknowing, mine), 3, cache.Fresh, cache.SourceUpstream)
	unknowing.Close()
	again := newRows(t, u, replica(t, server, c), alone)
	if _, err := again.Purge(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	want(t, get(t, again, mine), 3, cache.Fresh, cache.SourceRedis)
}

// TestPurgeMeansWhatCameBeforeIt: a fetch that begins and ends between the numbering of an order and its being carried
// out may have read before it.
func TestPurgeMeansWhatCameBeforeIt(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	order := orderOf(s, "mine", false)
	get(t, s, mine)
	if got, err := s.Purge(t.Context(), order); err != nil || got.Entries != 1 {
		t.Errorf("purged %+v, %v", got, err)
	}
	want(t, get(t, s, mine), 2, cache.Fresh, cache.SourceUpstream)
	if got, err := s.Purge(t.Context(), order); err != nil || got.Entries != 0 {
		t.Errorf("purged again %+v, %v", got, err)
	}
}

// TestPurgeAsksOutsideTheLock: whom an order covers may take its time, and no query waits for it.
func TestPurgeAsksOutsideTheLock(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	s := newRows(t, u, replica(t, server, nil))
	get(t, s, mine)
	order := orderOf(s, "mine", true)
	covers := order.Covers
	order.Covers = func(scope string) bool {
		s.Changed("theirs", "p") // needs the lock
		return covers(scope)
	}
	done := make(chan cache.Purged)
	go func() {
		got, err := s.Purge(t.Context(), order)
		if err != nil || s.Covered(order.Covers) {
			t.Errorf("Purge: %v, or something is held", err)
		}
		if _, err = s.get(t.Context(), yours, 0); err != nil {
			t.Errorf("Get: %v", err)
		}
		done <- got
	}()
	select {
	case got := <-done:
		if got.Entries != 1 || got.Removed != 1 {
			t.Errorf("purged %+v", got)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it holds the lock")
	}
}

// TestPurgesAreForgotten as soon as no data from before are left, and at once where there is no Redis.
func TestPurgesAreForgotten(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	shared, alone := newRows(t, u, replica(t, server, c)), newRows(t, u, cache.Tiers{Now: c.Now})
	for i := range 100 {
		for _, s := range []*rows{shared, alone} {
			order := orderOf(s, fmt.Sprint("tenant ", i), false)
			order.Until = c.Now().Add(10 * time.Second)
			if _, err := s.Purge(t.Context(), order); err != nil {
				t.Fatal(err)
			}
		}
		c.Advance(time.Second)
	}
	if n, none := cache.Orders(shared.Set), cache.Orders(alone.Set); n != 10 || none != 0 {
		t.Errorf("%d orders are remembered with Redis, %d without", n, none)
	}
	c.Advance(10 * time.Second)
	get(t, shared, mine)
	if n := cache.Orders(shared.Set); n != 0 {
		t.Errorf("%d orders are remembered", n)
	}
}

// TestPurgeWithoutRedis forgets what memory has, and says that Redis was not reached.
func TestPurgeWithoutRedis(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	s := newRows(t, u, replica(t, server, nil))
	get(t, s, mine)
	order := orderOf(s, "mine", true)
	server.Kill()
	if got, err := s.Purge(t.Context(), order); err == nil || got.Entries != 1 || got.Removed != 0 {
		t.Errorf("purged %+v, %v", got, err)
	}
	want(t, get(t, s, mine), 2, cache.Fresh, cache.SourceUpstream)
}
