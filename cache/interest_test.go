package cache_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// sendContexts sends the context of each fetch to a channel before the fetch begins.
func (u *upstream) sendContexts(fetches chan<- context.Context) func(*lists) {
	return func(d *lists) {
		d.Fetch = whole(func(ctx context.Context, key cache.Key) (cache.Fetched[row], error) {
			fetches <- ctx
			return u.fetch(ctx, key)
		})
	}
}

func (s *shelf) sendContexts(fetches chan<- context.Context) func(*records) {
	return func(d *records) {
		d.Fetch = func(ctx context.Context, scope string, keys []string) map[string]cache.Result[row] {
			fetches <- ctx
			return s.fetch(ctx, scope, keys)
		}
	}
}

// wantAwaited gets while the second fetch is held, which must learn of it and then answer it.
func (u *upstream) wantAwaited(t *testing.T, s *rows, maxAge time.Duration, awaited <-chan struct{},
	gate chan struct{},
) {
	t.Helper()
	got := make(chan cache.Held[*table])
	go func() {
		held, err := s.get(t.Context(), all, maxAge)
		if err != nil {
			t.Errorf("Get: %v", err)
		}
		got <- held
	}()
	<-awaited
	close(gate)
	if held := <-got; held.Generation == 0 || held.Value.rows["n"] != 2 {
		t.Errorf("answer %+v, want that of the second fetch", held)
	}
	u.wantCalls(t, 2)
}

// wantAwaited gets one of the keys, which is enough because they are one fetch.
func (s *shelf) wantAwaited(
	t *testing.T, m recordSet, maxAge time.Duration, awaited <-chan struct{}, gate chan struct{},
) {
	t.Helper()
	got := make(chan map[string]cache.Outcome[row])
	go func() { got <- m.Get(t.Context(), "t", []string{"b"}, maxAge) }()
	<-awaited
	close(gate)
	if o := (<-got)["b"]; o.Err != nil || o.Held.Value.Value != 2 {
		t.Errorf("answer %+v, want that of the second fetch", o)
	}
	s.wantAsked(t, []string{"a", "b"}, []string{"a", "b"})
}

// A query may join a refresh that began in the background: data can die while it waits for its quota, and a query can
// want newer ones.
func TestFetchHearsOfWhoJoins(t *testing.T) {
	u, c := newUpstream(), newClock()
	fetches := make(chan context.Context, 2)
	s := newRows(t, u, cache.Tiers{Now: c.Now}, u.sendContexts(fetches))
	get(t, s, all)
	if cache.Awaited(<-fetches) != nil {
		t.Error("a fetch that a query began is in the background")
	}
	c.Advance(11 * time.Second)
	gate := make(chan struct{})
	u.set(func(u *upstream) { u.gate = gate })
	want(t, get(t, s, all), 1, cache.Stale, cache.SourceMemory)
	awaited := cache.Awaited(<-fetches)
	select {
	case <-awaited:
		t.Fatal("somebody waits already")
	default:
	}
	c.Advance(2 * time.Minute)
	u.wantAwaited(t, s, 0, awaited, gate)
}

func TestRecordsFetchHearsOfWhoJoins(t *testing.T) {
	s, c := newShelf(), newClock()
	fetches := make(chan context.Context, 2)
	m := newRecords(t, s, cache.Tiers{Now: c.Now}, s.sendContexts(fetches))
	m.Get(t.Context(), "t", []string{"a", "b"}, 0)
	<-fetches
	c.Advance(11 * time.Second)
	gate := make(chan struct{})
	s.set(func(s *shelf) { s.gate = gate })
	m.Get(t.Context(), "t", []string{"a", "b"}, 0)
	awaited := cache.Awaited(<-fetches)
	c.Advance(2 * time.Minute)
	s.wantAwaited(t, m, 0, awaited, gate)
}

// The background has only a part of the quota. When that is spent, waiting queries must still get the rest.
func TestRefusalBehindBindsNobodyWhoWaits(t *testing.T) {
	u, c, events := newUpstream(), newClock(), &tally{}
	s := newRows(t, u, cache.Tiers{Now: c.Now, OnEvent: events.on})
	get(t, s, all)
	u.set(func(u *upstream) { u.err = fmt.Errorf("refused: %w", unsentError{laterError{2 * time.Minute}}) })
	c.Advance(11 * time.Second)
	get(t, s, all) // begins a refresh in the background
	eventually(t, func() bool { return events.of(cache.EventRefreshFailed) == 1 })
	c.Advance(time.Second)
	want(t, get(t, s, all), 1, cache.Stale, cache.SourceMemory) // and none now
	u.wantCalls(t, 2)
	u.set(func(u *upstream) { u.err = nil })
	held, err := s.get(t.Context(), all, time.Second)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	want(t, held, 3, cache.Fresh, cache.SourceUpstream)

	u.set(func(u *upstream) { u.err = fmt.Errorf("refused: %w", unsentError{laterError{2 * time.Minute}}) })
	c.Advance(11 * time.Minute)
	for range 2 { // a failure of an awaited fetch binds all
		if _, err := s.get(t.Context(), all, 0); err == nil {
			t.Error("Get has no error")
		}
	}
	u.wantCalls(t, 4)
}

// Such a refusal does not bind a waiting caller of another replica either, but it binds refreshes in the background.
func TestRefusalBehindIsToldToOtherReplicas(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	first := newRows(t, u, replica(t, server, c))
	get(t, first, all)
	first.Close() // also waits for the write
	one, two := newRows(t, u, replica(t, server, c)), newRows(t, u, replica(t, server, c))
	for _, s := range []*rows{one, two} {
		want(t, get(t, s, all), 1, cache.Fresh, cache.SourceRedis)
	}
	u.set(func(u *upstream) { u.err = fmt.Errorf("refused: %w", unsentError{laterError{2 * time.Minute}}) })
	c.Advance(11 * time.Second)
	get(t, one, all)
	eventually(t, func() bool { held, _ := one.peek(t.Context(), all); return held.Reason != nil })
	one.Close()
	u.set(func(u *upstream) { u.err = nil })
	want(t, get(t, two, all), 1, cache.Stale, cache.SourceMemory)
	eventually(t, func() bool { held, _ := two.peek(t.Context(), all); return held.Reason != nil }) // it knows the failure
	u.wantCalls(t, 2)
	held, err := two.get(t.Context(), all, time.Second)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	want(t, held, 3, cache.Fresh, cache.SourceUpstream)
}

// The same with a caller in another replica, which does not have the lease.
func TestFetchHearsOfWhoWaitsElsewhere(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	fetches := make(chan context.Context, 2)
	held := func(d *lists) { d.LeaseFor = 1500 * time.Millisecond }
	one, two := newRows(t, u, replica(t, server, c), held, u.sendContexts(fetches)),
		newRows(t, u, replica(t, server, c), held)
	get(t, one, all)
	<-fetches
	noLeases(t, server)
	want(t, get(t, two, all), 1, cache.Fresh, cache.SourceRedis)
	c.Advance(11 * time.Second)
	gate := make(chan struct{})
	u.set(func(u *upstream) { u.gate = gate })
	want(t, get(t, one, all), 1, cache.Stale, cache.SourceMemory)
	awaited := cache.Awaited(<-fetches)
	u.wantAwaited(t, two, time.Second, awaited, gate)
}

func TestRecordsFetchHearsOfWhoWaitsElsewhere(t *testing.T) {
	server, s, c := redistest.Start(t), newShelf(), newClock()
	fetches := make(chan context.Context, 2)
	held := func(d *records) { d.LeaseFor = 1500 * time.Millisecond }
	one := newRecords(t, s, replica(t, server, c), held, s.sendContexts(fetches))
	two := newRecords(t, s, replica(t, server, c), held)
	one.Get(t.Context(), "t", []string{"a", "b"}, 0)
	<-fetches
	noLeases(t, server)
	two.Get(t.Context(), "t", []string{"a", "b"}, 0)
	c.Advance(11 * time.Second)
	gate := make(chan struct{})
	s.set(func(s *shelf) { s.gate = gate })
	one.Get(t.Context(), "t", []string{"a", "b"}, 0)
	awaited := cache.Awaited(<-fetches)
	s.wantAwaited(t, two, time.Second, awaited, gate)
}
