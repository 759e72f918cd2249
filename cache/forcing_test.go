package cache_test

import (
	"context"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// A caller with a maxAge joins the flight of one that accepts older data. What Redis has is new enough for that one and
// ends the flight; the other has the right to force a refresh.
func TestMaxAgeForcesAfterTheFlightOfAnother(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	get(t, newRows(t, u, replica(t, server, c)), all)
	noLeases(t, server)
	c.Advance(5 * time.Second)
	tiers, events, both := replica(t, server, c), &tally{}, make(chan struct{})
	tiers.OnEvent = events.on
	tiers.OnTask = func(ctx context.Context, _ cache.Task) (context.Context, func()) {
		<-both
		return ctx, func() {}
	}
	s := newRows(t, u, tiers)
	answers := make(map[time.Duration]chan cache.Held[*table])
	for asked, maxAge := range []time.Duration{time.Minute, time.Second} {
		answer := make(chan cache.Held[*table], 1)
		answers[maxAge] = answer
		go func() {
			held, err := s.get(t.Context(), all, maxAge)
			if err != nil {
				t.Error(err)
			}
			answer <- held
		}()
		eventually(t, func() bool { return events.of(cache.EventMiss) == asked+1 })
	}
	close(both)
	want(t, <-answers[time.Minute], 1, cache.Fresh, cache.SourceRedis)
	want(t, <-answers[time.Second], 2, cache.Fresh, cache.SourceUpstream)
}

// A clock that was set back keeps nobody from forcing a refresh until it has caught up.
func TestMaxAgeForcesAfterTheClockWasSetBack(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	get(t, s, all)
	force := func(n int) {
		t.Helper()
		c.Advance(5 * time.Second)
		held, err := s.get(t.Context(), all, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		want(t, held, n, cache.Fresh, cache.SourceUpstream)
	}
	force(2)
	c.Advance(-time.Hour)
	if err := s.drop(t.Context(), all); err != nil { // what was fetched by the later clock
		t.Fatal(err)
	}
	get(t, s, all)
	force(4)
}
