package cache

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// answerMargin is how long before the caller's deadline a wait ends when old data can be answered.
const answerMargin = 20 * time.Millisecond

// want is one key that needs a refresh, for a caller that waits or in the background.
type want struct {
	at  Key
	key any // as the dataset has it

	// When a caller waits:
	oldest time.Time // data fetched before are too old for it; zero: none are
	forced bool      // it took the right to force a refresh
	flight *flight   // nil: answered without one
	mine   bool      // this caller began the flight
	answer answer
}

// peek answers from memory when it has fresh or stale data that are new enough; else the generation is nil. due, unless
// nil, needs a refresh in the background; the caller sets its key.
func (s *store) peek(ctx context.Context, at Key, oldest time.Time) (
	gen *generation, state State, due *want, reason error,
) {
	e := s.memory.find(at)
	if e == nil {
		return nil, 0, nil, nil
	}
	now := s.tiers.Now()
	gen, state, ok := e.usable(now)
	if !ok || state == Expired || gen.life.fetchedAt.Before(oldest) {
		return nil, 0, nil, nil
	}
	return gen, state, s.touch(ctx, e, gen, state, now), e.failed.Load().reason()
}

// touch notes an answer from memory. It returns a want when the entry should be refreshed in the background.
func (s *store) touch(ctx context.Context, e *entry, gen *generation, state State, now time.Time) (due *want) {
	e.use(now)
	kind := EventHit
	if state == Stale {
		kind = EventStale
	}
	s.tiers.OnEvent(ctx, Event{Operation: s.Operation, Kind: kind, Count: 1})
	if state != Stale && !gen.life.early(now, s.tiers.Rand) || e.flight.Load() != nil {
		return nil
	}
	if p := e.resting(now); p.why != "" {
		s.rested(ctx, e, p)
		return nil
	}
	return &want{at: e.key}
}

// get answers every missing key, and refreshes those that are due.
func (s *store) get(ctx context.Context, missing, due []*want) {
	if len(missing) == 0 {
		s.refreshDue(ctx, due)
		return
	}
	soon, stop := beforeDeadline(ctx)
	defer stop()
	for len(missing) > 0 {
		s.join(ctx, missing, due)
		var again []*want
		for _, w := range missing {
			if w.flight != nil && !s.await(ctx, w, soon) {
				again = append(again, w)
			}
		}
		s.leave(missing)
		missing, due = again, nil
	}
}

// await waits for the flight of one key while ctx lives. It returns false when the flight did not answer this caller.
func (s *store) await(ctx context.Context, w *want, soon <-chan struct{}) bool {
	f := w.flight
	loaded := f.loaded
	if !w.oldest.IsZero() {
		loaded = nil // stale data from Redis would be too old: it waits for the end
	}
	for {
		select {
		case <-loaded:
			loaded = nil
			// Stale data from Redis are answered, while the flight goes on to refresh them.
			if gen, state, ok := f.entry.usable(s.tiers.Now()); ok && state != Expired {
				w.answer = f.entry.answer(gen, state, gen.from)
				return true
			}
		case <-f.done:
			return s.ended(ctx, w)
		case <-soon:
			soon = nil
			if w.answer = s.old(ctx, f.entry, context.DeadlineExceeded); w.answer.err == nil {
				return true
			}
		case <-ctx.Done():
			select {
			case <-f.done: // in time, if only just
				return s.ended(ctx, w)
			default:
			}
			w.answer = s.old(ctx, f.entry, context.Cause(ctx))
			return true
		}
	}
}

// ended answers with the result of a flight; false when that does not answer this caller.
func (s *store) ended(ctx context.Context, w *want) bool {
	f := w.flight
	switch {
	case f.dropped.Load(), errors.Is(f.err, errElsewhere):
		return false
	case f.err != nil && s.CallersFault(f.err):
		// The credentials of another caller say nothing about this one.
		w.answer = answer{err: fmt.Errorf("refresh %s: %w", s.Operation, f.err)}
		return w.mine
	case f.err != nil:
		w.answer = s.old(ctx, f.entry, f.err)
		return true
	case f.oldest.Before(w.oldest) && f.gen.life.fetchedAt.Before(w.oldest):
		return false // its data are fresh, but not new enough for this caller
	case f.entry.wanting.Load().covers(f.gen):
		return false // it began before news of newer data came
	}
	state, _ := f.gen.life.state(s.tiers.Now())
	if state == Expired && f.from != SourceUpstream {
		return false // its data were good for an earlier caller and are expired by now
	}
	w.answer = f.entry.answer(f.gen, state, f.from)
	return true
}

// old answers with old data from memory and the reason why they were not refreshed, or with that reason as the error
// when memory has none.
func (s *store) old(ctx context.Context, e *entry, why error) answer {
	gen, state, ok := e.look(s.tiers.Now())
	if !ok {
		return answer{err: fmt.Errorf("refresh %s: %w", s.Operation, why)}
	}
	if state == Expired {
		s.emit(ctx, Event{Kind: EventExpired})
	}
	a := e.answer(gen, state, SourceMemory)
	a.reason = why
	return a
}

// beforeDeadline returns a channel that is closed a little before the deadline of ctx, to leave time to answer with old
// data; nil without a deadline.
func beforeDeadline(ctx context.Context) (<-chan struct{}, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return nil, func() {}
	}
	left := time.Until(deadline)
	soon, cancel := context.WithTimeout(ctx, left-min(answerMargin, left/4))
	return soon.Done(), cancel
}
