package events_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// change is the event of the tests.
type change struct{ Name string }

// patience bounds the wait for what must come.
const patience = 10 * time.Second

// newClock returns the clock of a hub in memory.
func newClock() *testkit.Clock {
	return testkit.NewClock(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
}

// eachStore runs a test on streams in memory and on streams in a real Redis. more makes another replica's hub; in
// memory it is the same.
func eachStore(t *testing.T, o events.Options,
	test func(t *testing.T, c *testkit.Clock, more func(*testing.T) *events.Hub),
) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		c := newClock()
		own := o
		own.Now = c.Now
		hub := events.NewHub(own)
		t.Cleanup(hub.Close)
		test(t, c, func(*testing.T) *events.Hub { return hub })
	})
	t.Run("redis", func(t *testing.T) {
		server := redistest.Start(t)
		c := newClock()
		test(t, c, func(t *testing.T) *events.Hub { return overRedis(t, server, c, o) })
	})
}

// overRedis makes a hub on a Redis, with a connection of its own.
func overRedis(t *testing.T, server *redistest.Server, c *testkit.Clock, o events.Options) *events.Hub {
	t.Helper()
	connection, err := redis.Open(t.Context(), server.URL(), redis.Options{
		Timeout: 2 * time.Second, DialTimeout: 2 * time.Second, RetryAfter: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Redis, o.Environment, o.Now, o.LookEvery = connection, "test", c.Now, 100*time.Millisecond
	hub := events.NewHub(o)
	t.Cleanup(func() {
		hub.Close()
		if err := connection.Close(); err != nil {
			t.Error(err)
		}
	})
	return hub
}

// publisher publishes one part of the stream "s", as several replicas would in turn.
type publisher struct {
	streams events.Streams[change]
	clock   *testkit.Clock
	part    string
}

func publisherOf(hub *events.Hub, c *testkit.Clock) *publisher {
	return &publisher{streams: events.NewStreams[change](hub, "test", "1"), clock: c, part: "p"}
}

func (p *publisher) try(ctx context.Context, names ...string) error {
	state, err := p.streams.State(ctx, "s", p.part)
	if err != nil {
		return err
	}
	next := events.Publication[change]{
		Before: state.Generation, Generation: state.Generation + 1, At: p.clock.Now(), Data: []byte("state"),
	}
	for _, name := range names {
		next.Events = append(next.Events, change{name})
	}
	return p.streams.Publish(ctx, "s", p.part, next)
}

func (p *publisher) publish(t *testing.T, names ...string) {
	t.Helper()
	if err := p.try(t.Context(), names...); err != nil {
		t.Fatal(err)
	}
}

func follow(t *testing.T, hub *events.Hub, w events.Wish[change]) events.Subscription[change] {
	t.Helper()
	sub, err := events.NewStreams[change](hub, "test", "1").Subscribe(t.Context(), "s", w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Close)
	return sub
}

// next waits for an event.
func next(t *testing.T, sub events.Subscription[change]) events.Event[change] {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	e, err := sub.Next(ctx)
	if err != nil {
		t.Fatalf("wait for an event: %v", err)
	}
	return e
}

// wantNames checks that the next events are these and no notice.
func wantNames(t *testing.T, sub events.Subscription[change], names ...string) events.Position {
	t.Helper()
	for _, name := range names {
		if e := next(t, sub); e.Lagged || e.Value.Name != name {
			t.Fatalf("got %+v, want %s", e, name)
		}
	}
	return sub.Position()
}

// wantLagged checks that the next event is the notice of missed ones.
func wantLagged(t *testing.T, sub events.Subscription[change], missed int) {
	t.Helper()
	if e := next(t, sub); !e.Lagged || e.Missed != missed || e.Value != (change{}) {
		t.Fatalf("got %+v, want a notice of %d", e, missed)
	}
}

// wantNothing checks that no event is ready for the follower; one may still be on its way.
func wantNothing(t *testing.T, sub events.Subscription[change]) {
	t.Helper()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if e, err := sub.Next(ended); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %+v, %v", e, err)
	}
}
