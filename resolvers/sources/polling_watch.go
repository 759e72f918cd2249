package sources

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
)

// sighting is what one look at the upstream's data brought, compared with what was published last.
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

// watch publishes the changes of one part of a stream, look by look. It belongs to one tenure.
type watch[E any] struct {
	streams      *events.Streams[E]
	stream, part string
	// look reads the data and compares them. before is what was published last; not known on the first look ever, which finds what is
	// there and no changes.
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
		// Also where the answer was lost and the step was not: what was published is read again before anything is compared with it.
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

// newest reads a snapshot for a poll: data that are no longer fresh are refreshed first, by whichever replica does that. What is newer than
// what was published will do, fresh or not: a refresh that has to wait for its quota may bring data that are past their fresh age. What
// can't be refreshed in time is given as it is.
func newest[R, S any](
	ctx context.Context, snapshot *cache.Snapshot[R, S], key cache.Key, published events.State,
) (cache.Held[S], error) {
	patience := time.NewTimer(pollTimeout / 2)
	defer patience.Stop()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		changed := snapshot.Changed(key)
		held, ok := snapshot.Peek(ctx, key)
		if !ok {
			return snapshot.Get(ctx, key, 0)
		}
		if held.State == cache.Fresh || published.Known && held.Generation > published.Generation {
			return held, nil
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
func untilStale[S any](held cache.Held[S], now time.Time) time.Duration {
	if held.State != cache.Fresh {
		return pollAgain
	}
	return max(held.StaleAt.Sub(now), leastWait)
}
