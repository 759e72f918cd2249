package events_test

import (
	"context"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// retried publishes as soon as Redis takes it.
func (p *publisher) retried(t *testing.T, names ...string) {
	t.Helper()
	testkit.Eventually(t, "Redis does not take it", func() bool { return p.try(t.Context(), names...) == nil })
}

// TestRedisAway_F62 proves that followers stay while Redis is frozen, and miss and repeat nothing when it is back.
func TestRedisAway_F62(t *testing.T) {
	server, c := redistest.Start(t), newClock()
	one, two := overRedis(t, server, c, events.Options{}), overRedis(t, server, c, events.Options{})
	p := publisherOf(one, c)
	sub := follow(t, two, events.Wish[change]{})
	p.publish(t, "a")
	wantNames(t, sub, "a")
	server.Pause()
	if err := p.try(t.Context(), "never"); err == nil {
		t.Error("published into a frozen Redis")
	}
	during := follow(t, two, events.Wish[change]{}) // from the last event that the replica has read
	server.Resume()
	p.retried(t, "b")
	p.retried(t, "c")
	wantNames(t, sub, "b", "c")
	wantNames(t, during, "b", "c")
	wantNothing(t, sub)
}

// TestRedisLost proves that followers that stay or return get one notice when a stream is lost with its Redis.
func TestRedisLost(t *testing.T) {
	server, c := redistest.Start(t), newClock()
	hub := overRedis(t, server, c, events.Options{})
	p := publisherOf(hub, c)
	sub := follow(t, hub, events.Wish[change]{})
	p.publish(t, "a")
	place := wantNames(t, sub, "a")
	server.Kill()
	blind := follow(t, overRedis(t, server, c, events.Options{}), events.Wish[change]{}) // cannot read at all
	server.Restart()
	p.retried(t, "b")
	wantLagged(t, sub, 0)
	p.retried(t, "c")
	wantNames(t, sub, "c")
	wantLagged(t, follow(t, hub, events.Wish[change]{After: &place}), 0)
	// The blind one begins at the end of the stream when its replica can read again, and gets every later event.
	for got := ""; got != "d"; {
		p.retried(t, "d")
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		e, err := blind.Next(ctx)
		cancel()
		if err == nil && e.Lagged {
			t.Fatalf("notice to a follower from no place: %+v", e)
		}
		got = e.Value.Name
	}
}
