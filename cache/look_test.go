package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// TestLists_lookHasNoEffect: a look shows what a peek would find, and begins no refresh although one is due.
func TestLists_lookHasNoEffect(t *testing.T) {
	c, fetches := newClock(), 0
	list := newRows(t, newUpstream(), cache.Tiers{Now: c.Now}, func(d *lists) {
		d.Ages = cache.Ages{Fresh: time.Minute, Stale: time.Hour, Dead: 2 * time.Hour}
		d.Fetch = whole(func(context.Context, cache.Key) (cache.Fetched[row], error) {
			fetches++
			return cache.Fetched[row]{Records: []row{{ID: "a"}, {ID: "b"}}}, nil
		})
	})
	key := cache.Key{Scope: "s"}
	if value, holding := list.Look("s", ""); value != nil || holding != (cache.Holding{Rows: -1}) {
		t.Errorf("empty: %v %+v", value, holding)
	}
	if _, err := list.get(t.Context(), key, 0); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		held  bool
		state cache.State
		due   bool
	}{
		{0, true, cache.Fresh, false},
		{2 * time.Minute, true, cache.Stale, true},
		{time.Hour, true, cache.Expired, false},
		{2 * time.Hour, false, cache.Expired, false},
	} {
		c.Advance(step.after)
		value, holding := list.Look("s", "")
		if holding.Held != step.held || holding.State != step.state || holding.Due != step.due || holding.Rows != 2 ||
			(value != nil) != step.held {
			t.Errorf("after %s: %+v", step.after, holding)
		}
	}
	list.Close() // waits for every refresh that was begun
	if fetches != 1 {
		t.Errorf("%d fetches", fetches)
	}
}

// TestRecords_lookHasNoEffect: the same for records, also for one that is known not to exist.
func TestRecords_lookHasNoEffect(t *testing.T) {
	c, fetches := newClock(), 0
	many := newRecords(t, newShelf(), cache.Tiers{Now: c.Now}, func(d *records) {
		d.Ages = cache.Ages{Fresh: time.Minute, Stale: time.Hour, Dead: 2 * time.Hour}
		d.NotFoundFor = 10 * time.Minute
		d.Fetch = func(context.Context, string, []string) map[string]cache.Result[row] {
			fetches++
			return map[string]cache.Result[row]{"a": {Record: row{ID: "a"}}}
		}
	})
	if _, holding := many.Look("s", "a"); holding != (cache.Holding{Rows: -1}) {
		t.Errorf("empty: %+v", holding)
	}
	many.Get(t.Context(), "s", []string{"a", "none"}, 0)
	value, holding := many.Look("s", "a")
	if value.ID != "a" || !holding.Held || holding.State != cache.Fresh || holding.Due {
		t.Errorf("fresh: %+v %+v", value, holding)
	}
	if value, holding := many.Look("s", "none"); value.ID != "" || !holding.Held {
		t.Errorf("known not to exist: %+v %+v", value, holding)
	}
	c.Advance(2 * time.Minute)
	if _, holding := many.Look("s", "a"); holding.State != cache.Stale || !holding.Due {
		t.Errorf("stale: %+v", holding)
	}
	if _, holding := many.Look("t", "a"); holding.Held {
		t.Errorf("another tenant's: %+v", holding)
	}
	many.Close()
	if fetches != 1 {
		t.Errorf("%d fetches", fetches)
	}
}

// A look does not promise data as fresh that a read would not answer: a newer generation is known of.
func TestLookAtWantingData(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	held := get(t, s, all)
	c.Advance(11 * time.Second)
	s.Want(all.Scope, all.Part, held.Generation+1)
	value, holding := s.Look(all.Scope, all.Part)
	if value == nil || !holding.Held || holding.State != cache.Expired || holding.Due || holding.Rows != 1 {
		t.Errorf("looked at %+v, want what is answered only when nothing newer can be had", holding)
	}
}
