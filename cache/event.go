package cache

import "time"

// EventKind is what happened in a cache, as metrics name it.
type EventKind string

// Kinds of events.
const (
	// EventHit: fresh data from memory.
	EventHit EventKind = "hit"
	// EventStale: stale data, refreshed behind.
	EventStale EventKind = "stale"
	// EventExpired: data past stale, because no refresh succeeded in time.
	EventExpired EventKind = "expired"
	// EventMiss: memory had nothing to answer with; the caller waited for Redis or the upstream.
	EventMiss EventKind = "miss"
	// EventRedisHit: data were taken from Redis.
	EventRedisHit EventKind = "redis_hit"
	// EventRefresh: the upstream was asked and answered; Took tells how long.
	EventRefresh EventKind = "refresh"
	// EventRefreshFailed: the upstream was asked in vain; Err tells why.
	EventRefreshFailed EventKind = "refresh_failed"
	// EventCorrupt: a value in Redis was not what its key promises, and counts as a miss.
	EventCorrupt EventKind = "corrupt"
	// EventRedisError: Redis failed, and counts as a miss.
	EventRedisError EventKind = "redis_error"
	// EventFenced: a write was refused because a newer generation is stored.
	EventFenced EventKind = "fenced"
	// EventTooLarge: a value is too large for Redis and stays in memory alone.
	EventTooLarge EventKind = "too_large"
	// EventEvicted: data left memory to make room.
	EventEvicted EventKind = "evicted"
)

// Event is something that happened to the data of one operation.
type Event struct {
	Operation string
	Kind      EventKind
	// Count is how many keys it concerns, at least 1.
	Count int
	// Took is how long the upstream took, for refreshes that were answered; else 0.
	Took time.Duration
	// Err is the cause of a failure, else nil.
	Err error
}

// emitter tells the events of one operation.
type emitter struct {
	operation string
	on        func(Event)
}

func (e emitter) emit(kind EventKind) { e.count(kind, 1) }

func (e emitter) count(kind EventKind, n int) {
	if n > 0 {
		e.on(Event{Operation: e.operation, Kind: kind, Count: n})
	}
}

func (e emitter) fail(kind EventKind, err error) {
	e.on(Event{Operation: e.operation, Kind: kind, Count: 1, Err: err})
}
