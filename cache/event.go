package cache

import (
	"context"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache/tier"
)

// EventKind names what happened in a cache, as metrics do.
type EventKind string

// Kinds of events.
const (
	// EventHit: fresh data from memory.
	EventHit EventKind = "hit"
	// EventStale: stale data, refreshed in the background.
	EventStale EventKind = "stale"
	// EventExpired: expired data, because no refresh succeeded in time.
	EventExpired EventKind = "expired"
	// EventMiss: the caller waited for Redis or the upstream.
	EventMiss EventKind = "miss"
	// EventRedisHit: data were taken from Redis.
	EventRedisHit EventKind = "redis_hit"
	// EventRefresh: the upstream answered; Took is how long that took.
	EventRefresh EventKind = "refresh"
	// EventRefreshFailed: the upstream could not be read; Err is the cause.
	EventRefreshFailed EventKind = "refresh_failed"
	// EventResting: a key is not refreshed in the background now; Rest is the reason. It comes once when a rest begins,
	// and once for each refresh that does not begin because of it.
	EventResting EventKind = "resting"
	// EventCorrupt: a value in Redis did not match its key or checksum, and counts as a miss.
	EventCorrupt = EventKind(tier.Corrupt)
	// EventRedisError: Redis failed, and counts as a miss.
	EventRedisError = EventKind(tier.Failed)
	// EventFenced: a write was refused because a newer generation is stored.
	EventFenced = EventKind(tier.Fenced)
	// EventTooLarge: a value is too large for Redis and stays in memory only.
	EventTooLarge = EventKind(tier.TooLarge)
	// EventEvicted: data left memory to make room.
	EventEvicted EventKind = "evicted"
)

// Event is something that happened to the data of one operation.
type Event struct {
	Operation string
	Kind      EventKind
	// Count is the number of keys, at least 1.
	Count int
	// Took is how long the upstream took, for EventRefresh; else 0.
	Took time.Duration
	// Rest is why a key rests, for EventResting; else "".
	Rest Rest
	// Err is the cause of a failure, else nil.
	Err error
}

// emit reports an event, of one key unless it has a count.
func (s *store) emit(ctx context.Context, e Event) {
	e.Operation, e.Count = s.Operation, max(e.Count, 1)
	s.tiers.OnEvent(ctx, e)
}

// count reports an event of several keys, if there are any.
func (s *store) count(ctx context.Context, kind EventKind, n int) {
	if n > 0 {
		s.emit(ctx, Event{Kind: kind, Count: n})
	}
}

// redisFailed reports an error of Redis, if there is one.
func (s *store) redisFailed(ctx context.Context, err error) {
	if err != nil {
		s.emit(ctx, Event{Kind: EventRedisError, Err: err})
	}
}

// Task is one refresh of some keys: the work of one flight or of one batch of flights.
type Task struct {
	Operation string
	Keys      int
	// Awaited means that a caller waits for it; else it runs in the background.
	Awaited bool
}

// task reports a refresh that begins. It returns the context to run it with, and what is called at its end.
func (s *store) task(ctx context.Context, flights []*flight) (context.Context, func()) {
	return s.tiers.OnTask(ctx, Task{Operation: s.Operation, Keys: len(flights), Awaited: s.awaited(flights)})
}

// awaited reports whether a caller waits for any of the flights.
func (s *store) awaited(flights []*flight) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(flights, (*flight).awaited)
}
