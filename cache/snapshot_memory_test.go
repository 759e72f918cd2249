package cache_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// The bound of all caches holds where a cache names none of its own.
func TestMemoryOfAllTiersIsBounded(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now, MaxBytes: 150}) // one table of one row
	one, two := cache.Key{Scope: "a"}, cache.Key{Scope: "b"}
	get(t, s, one)
	c.advance(time.Millisecond)
	get(t, s, two)
	if _, held := s.Peek(t.Context(), one); held {
		t.Error("two tables are held where one has room")
	}
	if _, held := s.Peek(t.Context(), two); !held {
		t.Error("the last one is not held")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	u, c, events := newUpstream(), newClock(), &tally{}
	s := newRows(t, u, cache.Tiers{Now: c.Now, OnEvent: events.on}, func(cfg *cache.SnapshotConfig[row, *table]) {
		cfg.MaxBytes = 350 // three tables of one row
	})
	key := func(i int) cache.Key { return cache.Key{Scope: string(rune('a' + i))} }
	for i := range 3 {
		get(t, s, key(i))
		c.advance(time.Millisecond)
	}
	get(t, s, key(0)) // the second is the oldest now
	c.advance(time.Millisecond)
	news := s.Changed(key(1))
	get(t, s, key(3))
	<-news // whoever waits for news of evicted data looks again
	for i, held := range []bool{true, false, true, true} {
		if _, ok := s.Peek(t.Context(), key(i)); ok != held {
			t.Errorf("key %d held = %t, want %t", i, ok, held)
		}
	}
	if n := events.of(cache.EventEvicted); n != 1 {
		t.Errorf("%d evictions, want 1", n)
	}
	c.advance(11 * time.Minute) // all are dead
	get(t, s, key(4))
	if n := len(s.Keys()); n > 4 {
		t.Errorf("%d keys held", n)
	}
}

func TestValueLargerThanMemoryIsAnswered(t *testing.T) {
	u := newUpstream()
	s := newRows(t, u, cache.Tiers{}, func(cfg *cache.SnapshotConfig[row, *table]) { cfg.MaxBytes = 1 })
	want(t, get(t, s, all), 1, cache.Fresh, cache.SourceUpstream)
	want(t, get(t, s, all), 1, cache.Fresh, cache.SourceMemory)
}
