package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
)

// sighting is what one look at the upstream's data found, compared with what was published last.
type sighting[E any] struct {
	generation uint64
	at         time.Time
	// state is what to compare with next time; nil when it is as it was.
	state   []byte
	changes []E
	// wait is how long these data count as new.
	wait time.Duration
	done bool
}

// watch publishes the changes of one part of a stream, look by look. It belongs to one time that the lease is held.
type watch[E any] struct {
	streams      *events.Streams[E]
	stream, part string
	// look reads the data and compares them. before is what was published last; not known on the first look ever, which
	// finds what is there and no changes.
	look func(ctx context.Context, before events.State) (sighting[E], error)

	before *events.State // nil: to be read
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
	seen, err := w.look(ctx, *w.before)
	if err != nil {
		return seen.wait, false, err
	}
	// Data that are not newer than the published ones must not be compared with them: they would take changes back.
	if w.before.Known && seen.generation <= w.before.Generation {
		return seen.wait, seen.done, nil
	}
	err = w.streams.Publish(ctx, w.stream, w.part, events.Publication[E]{
		Before: w.before.Generation, Generation: seen.generation, At: seen.at, Data: seen.state, Events: seen.changes,
	})
	if err != nil {
		// Also where the answer was lost and the step was not: what was published is read again before anything is
		// compared with it.
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
	// lookAgain is how soon data that are being refreshed are looked at again.
	lookAgain = 100 * time.Millisecond
	// leastWait keeps clocks that differ a little from making a poll spin.
	leastWait = 20 * time.Millisecond
)

// newest reads data for a poll: data that are no longer fresh are refreshed first, by whichever replica does that. What
// is newer than what was published will do, fresh or not: a refresh that has to wait for its quota may bring data that
// are past their fresh age. What can't be refreshed in time is given as it is.
func newest[K comparable, V any](
	ctx context.Context, set *cache.Set[K, V], scope string, key K, published events.State,
) (cache.Held[V], error) {
	patience := time.NewTimer(pollTimeout / 2)
	defer patience.Stop()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		changed := set.Changed(scope, key)
		outcome, ok := set.Peek(ctx, scope, key)
		if !ok {
			outcome = set.One(ctx, scope, key, 0)
			return outcome.Held, outcome.Err
		}
		held := outcome.Held
		if outcome.Err != nil || held.State == cache.Fresh ||
			published.Known && held.Generation > published.Generation {
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

// untilStale is how long data count as new; a little while when they are not.
func untilStale[V any](held cache.Held[V], now time.Time) time.Duration {
	if held.State != cache.Fresh {
		return pollAgain
	}
	return max(held.StaleAt.Sub(now), leastWait)
}
