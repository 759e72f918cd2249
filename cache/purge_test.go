package cache_test

import (
	"testing"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// orderOf is an order for one tenant, of all that a set holds.
func orderOf(s *rows, scope string, inRedis bool) cache.Purge {
	return cache.Purge{
		Name: scope, Covers: func(of string) bool { return of == scope }, Generation: s.Highest() + 1, Redis: inRedis,
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
