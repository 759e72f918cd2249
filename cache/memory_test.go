package cache_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// heavy makes a table weigh 10 kB.
func heavy(d *lists) {
	d.Build = func(scope, part string, f cache.Fetched[row]) (*table, int64) {
		table, _ := buildTable(scope, part, f)
		return table, 10_000
	}
}

// A set without a bound has that of the tiers.
func TestMemoryOfAllTiersIsBounded(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now, MaxBytes: 15_000}, heavy) // one table
	one, two := cache.Key{Scope: "a"}, cache.Key{Scope: "b"}
	get(t, s, one)
	c.Advance(time.Millisecond)
	get(t, s, two)
	if _, held := s.peek(t.Context(), one); held {
		t.Error("two tables are held where one has room")
	}
	if _, held := s.peek(t.Context(), two); !held {
		t.Error("the last one is not held")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	u, c, events := newUpstream(), newClock(), &tally{}
	s := newRows(t, u, cache.Tiers{Now: c.Now, OnEvent: events.on}, heavy, func(d *lists) {
		d.MaxBytes = 35_000 // three tables
	})
	key := func(i int) cache.Key { return cache.Key{Scope: string(rune('a' + i))} }
	for i := range 3 {
		get(t, s, key(i))
		c.Advance(time.Millisecond)
	}
	get(t, s, key(0)) // the second is the oldest now
	c.Advance(time.Millisecond)
	news := s.changed(key(1))
	get(t, s, key(3))
	<-news // also closed when the data are evicted
	for i, held := range []bool{true, false, true, true} {
		if _, ok := s.peek(t.Context(), key(i)); ok != held {
			t.Errorf("key %d held = %t, want %t", i, ok, held)
		}
	}
	if n := events.of(cache.EventEvicted); n != 1 {
		t.Errorf("%d evictions, want 1", n)
	}
	c.Advance(11 * time.Minute) // all are dead
	get(t, s, key(4))
	for i := range 4 {
		if _, holding := s.Look(key(i).Scope, ""); holding.Held {
			t.Errorf("key %d is held although it is dead", i)
		}
	}
}

func TestValueLargerThanMemoryIsAnswered(t *testing.T) {
	u := newUpstream()
	s := newRows(t, u, cache.Tiers{}, func(d *lists) { d.MaxBytes = 1 })
	want(t, get(t, s, all), 1, cache.Fresh, cache.SourceUpstream)
	want(t, get(t, s, all), 1, cache.Fresh, cache.SourceMemory)
}
