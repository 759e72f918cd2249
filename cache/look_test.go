package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// TestSnapshot_lookHasNoEffect: a look tells what a question would find, and begins no refresh although one is due.
func TestSnapshot_lookHasNoEffect(t *testing.T) {
	c, fetches := newClock(), 0
	snapshot, err := cache.NewSnapshot(cache.SnapshotConfig[row, *table]{
		Operation: "op", Ages: cache.Ages{Fresh: time.Minute, Stale: time.Hour, Dead: 2 * time.Hour}, Tiers: cache.Tiers{Now: c.Now},
		Fetch: func(context.Context, cache.Key) (cache.Fetched[row], error) {
			fetches++
			return cache.Fetched[row]{Records: []row{{ID: "a"}, {ID: "b"}}}, nil
		},
		Build: buildTable,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	key := cache.Key{Scope: "s"}
	if value, sight := snapshot.Look(key); value != nil || sight != (cache.Sight{Rows: -1}) {
		t.Errorf("empty: %v %+v", value, sight)
	}
	if _, err := snapshot.Get(t.Context(), key, 0); err != nil {
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
		c.advance(step.after)
		value, sight := snapshot.Look(key)
		if sight.Held != step.held || sight.State != step.state || sight.Due != step.due || sight.Rows != 2 || (value != nil) != step.held {
			t.Errorf("after %s: %+v", step.after, sight)
		}
	}
	snapshot.Close() // waits for every refresh that was begun
	if fetches != 1 {
		t.Errorf("%d fetches", fetches)
	}
}

// TestMany_lookHasNoEffect: the same for records, of which one that does not exist is known, too.
func TestMany_lookHasNoEffect(t *testing.T) {
	c, fetches := newClock(), 0
	many, err := cache.NewMany(cache.ManyConfig[string, row, row]{
		Operation: "op", Ages: cache.Ages{Fresh: time.Minute, Stale: time.Hour, Dead: 2 * time.Hour}, Tiers: cache.Tiers{Now: c.Now},
		NegativeFor: 10 * time.Minute,
		Text:        func(key string) string { return key },
		Fetch: func(context.Context, string, []string) map[string]cache.Result[row] {
			fetches++
			return map[string]cache.Result[row]{"a": {Record: row{ID: "a"}}}
		},
		Build: func(_ string, r row) (row, int64) { return r, 10 },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer many.Close()
	if _, sight := many.Look("s", "a"); sight != (cache.Sight{Rows: -1}) {
		t.Errorf("empty: %+v", sight)
	}
	many.Get(t.Context(), "s", []string{"a", "none"}, 0)
	if value, sight := many.Look("s", "a"); value.ID != "a" || !sight.Held || sight.State != cache.Fresh || sight.Due {
		t.Errorf("fresh: %+v %+v", value, sight)
	}
	if value, sight := many.Look("s", "none"); value.ID != "" || !sight.Held {
		t.Errorf("known not to exist: %+v %+v", value, sight)
	}
	c.advance(2 * time.Minute)
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
