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
	if value, sight := list.Look("s", ""); value != nil || sight != (cache.Sight{Rows: -1}) {
		t.Errorf("empty: %v %+v", value, sight)
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
		value, sight := list.Look("s", "")
		if sight.Held != step.held || sight.State != step.state || sight.Due != step.due || sight.Rows != 2 ||
			(value != nil) != step.held {
			t.Errorf("after %s: %+v", step.after, sight)
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
	if _, sight := many.Look("s", "a"); sight != (cache.Sight{Rows: -1}) {
		t.Errorf("empty: %+v", sight)
	}
	many.Get(t.Context(), "s", []string{"a", "none"}, 0)
	value, sight := many.Look("s", "a")
	if value.ID != "a" || !sight.Held || sight.State != cache.Fresh || sight.Due {
		t.Errorf("fresh: %+v %+v", value, sight)
	}
	if value, sight := many.Look("s", "none"); value.ID != "" || !sight.Held {
		t.Errorf("known not to exist: %+v %+v", value, sight)
	}
	c.Advance(2 * time.Minute)
	if _, sight := many.Look("s", "a"); sight.State != cache.Stale || !sight.Due {
		t.Errorf("stale: %+v", sight)
	}
	if _, sight := many.Look("t", "a"); sight.Held {
		t.Errorf("another tenant's: %+v", sight)
	}
	many.Close()
	if fetches != 1 {
		t.Errorf("%d fetches", fetches)
	}
}
