package cache_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/opsgraph/opsgraph/cache"
)

// TestLists_list follows what a set says of its entries from the first reading to the death of the data, of one tenant
// alone, and that saying so begins nothing.
func TestLists_list(t *testing.T) {
	c, up := newClock(), newUpstream()
	list := newRows(t, up, cache.Tiers{Now: c.Now, Rand: func() float64 { return 0 }}, func(d *lists) {
		d.Ages = cache.Ages{Fresh: time.Minute, Stale: time.Hour, Dead: 2 * time.Hour}
	})
	if got := list.List("s"); len(got) != 0 {
		t.Errorf("empty: %+v", got)
	}
	first := c.Now()
	for _, key := range []cache.Key{{Scope: "s", Part: "p"}, {Scope: "t", Part: "q"}} {
		if _, err := list.get(t.Context(), key, 0); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when string, want ...cache.Listed[string]) {
		t.Helper()
		if diff := cmp.Diff(want, list.List("s"), cmpopts.EquateErrors(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	held := cache.Listed[string]{Key: "p", Rows: 1, FetchedAt: first, TriedAt: first, FreshFor: time.Minute}
	check("fresh", held)
	c.Advance(2 * time.Minute)
	held.State = cache.Stale
	check("stale", held)

	gate := make(chan struct{})
	up.set(func(u *upstream) { u.gate, u.err = gate, errors.New("down") })
	if _, ok := list.Peek(t.Context(), "s", "p"); !ok {
		t.Fatal("stale data are not answered")
	}
	up.wantCalls(t, 3)
	held.Refreshing = true
	check("under way", held)
	close(gate)
	down := up.err
	held.Refreshing, held.Reason, held.TriedAt = false, down, c.Now()
	eventually(t, func() bool { return list.List("s")[0].Reason != nil })
	check("failed", held)
	c.Advance(time.Hour)
	held.State = cache.Expired
	check("expired", held)
	c.Advance(time.Hour)
	held.Dead = true
	check("dead", held)
	up.wantCalls(t, 3)

	up.set(func(u *upstream) { u.err = nil })
	if _, err := list.get(t.Context(), cache.Key{Scope: "s", Part: "p"}, 0); err != nil {
		t.Fatal(err)
	}
	held = cache.Listed[string]{Key: "p", Rows: 1, FetchedAt: c.Now(), TriedAt: c.Now(), FreshFor: time.Minute}
	check("again", held)
	list.Want("s", "p", 1<<62)
	held.State = cache.Expired
	check("wanting", held)
	if err := list.Drop(context.WithoutCancel(t.Context()), "s", "p"); err != nil {
		t.Fatal(err)
	}
	check("dropped")
}
