package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
)

// finding is what one poll found, compared with what was published last.
type finding[E any] struct {
	generation uint64
	at         time.Time
	// state is what to compare with next time; nil when it has not changed.
	state   []byte
	changes []E
	// wait is how long these data count as new.
	wait time.Duration
	done bool
}

// watch publishes the changes of one part of a stream, poll by poll, while the lease is held.
type watch[E any] struct {
	streams      events.Streams[E]
	stream, part string
	// read reads the data and compares them with before, which was published last; the first poll ever has nothing to
	// compare with, and finds no changes.
	read func(ctx context.Context, before events.State) (finding[E], error)

	before *events.State // nil until it is read
}

// once is a poll.
func (w *watch[E]) once(ctx context.Context) (wait time.Duration, done bool, err error) {
	if w.before == nil {
		state, err := w.streams.State(ctx, w.stream, w.part)
		if err != nil {
			return 0, false, err
		}
		w.before = &state
	}
	seen, err := w.read(ctx, *w.before)
	if err != nil {
		return seen.wait, false, err
	}
	// Older data must not be compared with published ones: the changes would be taken back.
	if w.before.Known && seen.generation <= w.before.Generation {
		return seen.wait, seen.done, nil
	}
	err = w.streams.Publish(ctx, w.stream, w.part, events.Publication[E]{
		Before: w.before.Generation, Generation: seen.generation, At: seen.at, Data: seen.state, Events: seen.changes,
	})
	if err != nil {
		// Redis may have published and its answer been lost: the state is read again before the next comparison.
		w.before = nil
		if errors.Is(err, events.ErrConflict) {
			return 0, false, nil
		}
		return 0, false, fmt.Errorf("publish changes: %w", err)
	}
	next := events.State{Known: true, Generation: seen.generation, At: seen.at, Data: w.before.Data}
	if seen.state != nil {
		next.Data = seen.state
	}
	w.before = &next
	return seen.wait, seen.done, nil
}

const (
	// readAgain is how soon data are read again while they are being refreshed.
	readAgain = 100 * time.Millisecond
	// leastWait keeps clocks that differ a little from making a poll spin.
	leastWait = 20 * time.Millisecond
)

// newest reads data for a poll. It waits for the refresh of data that are not fresh, by whichever replica, unless they
// are newer than the published ones: a refresh that waited for its quota may end past their fresh age. Where none are
// published, what a query may have read since a follower began is what later data are compared with. Data that are not
// refreshed in time are returned as they are.
func newest[K comparable, V any](
	ctx context.Context, set cache.Set[K, V], scope string, key K, published events.State,
) (cache.Held[V], error) {
	patience := time.NewTimer(pollTimeout / 2)
	defer patience.Stop()
	again := time.NewTicker(readAgain)
	defer again.Stop()
	for {
		changed := set.Changed(scope, key)
		outcome, ok := set.Peek(ctx, scope, key)
		if !ok {
			outcome = set.One(ctx, scope, key, 0)
			return outcome.Held, outcome.Err
		}
		held := outcome.Held
		if outcome.Err != nil || held.State == cache.Fresh || !published.Known ||
			held.Generation > published.Generation {
			return held, outcome.Err
		}
		select {
		case <-changed:
		case <-again.C:
		case <-patience.C:
			return held, nil
		case <-ctx.Done():
			return held, ctx.Err()
		}
	}
}

// untilStale is how long data count as new; a little while when they are not. After stale ones that are newer than the
// published ones the next poll comes at once, and waits for their refresh.
func untilStale[V any](held cache.Held[V], published events.State, now time.Time) time.Duration {
	switch {
	case held.State == cache.Fresh:
	case held.Generation > published.Generation:
		return leastWait
	default:
		return pollAgain
	}
	return max(held.StaleAt.Sub(now), leastWait)
}
