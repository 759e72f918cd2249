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
