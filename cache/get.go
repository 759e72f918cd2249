package cache

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// answerMargin is how long before its caller's deadline a wait ends when old data can be answered.
const answerMargin = 20 * time.Millisecond

// want is one key that is to be refreshed, and what for.
type want struct {
	at  Key
	key any // as the dataset has it

	// Of one that a caller waits for:
	oldest time.Time // data fetched before will not do; zero: all will
	forced bool      // the right to force a refresh was taken
	flight *flight   // nil: it was answered without
	mine   bool      // this very caller began the flight
	answer answer
}

// peek answers from memory, if that has fresh or stale data that are new enough; else the generation is nil. due lacks
// its key and is to be refreshed in the background, unless nil.
func (s *store) peek(ctx context.Context, at Key, oldest time.Time) (
	gen *generation, state State, due *want, reason error,
) {
	e := s.memory.find(at)
	if e == nil {
		return nil, 0, nil, nil
	}
	now := s.tiers.Now()
	gen, state, ok := e.look(now)
	if !ok || state == Expired || gen.life.fetchedAt.Before(oldest) {
		return nil, 0, nil, nil
	}
	return gen, state, s.touch(ctx, e, gen, state, now), e.failed.Load().reason()
}

// touch notes an answer from memory. It returns what should be refreshed in the background, if anything.
func (s *store) touch(ctx context.Context, e *entry, gen *generation, state State, now time.Time) (due *want) {
	e.use(now)
	kind := EventHit
	if state == Stale {
		kind = EventStale
	}
	s.tiers.OnEvent(Event{Operation: s.Operation, Kind: kind, Count: 1})
	if state != Stale && !gen.life.early(now, s.tiers.Rand) || e.flight.Load() != nil {
		return nil
	}
	if p := e.resting(now); p.why != "" {
		s.rested(ctx, e, p)
		return nil
	}
	return &want{at: e.key}
}

// get gives every missing key its answer, and has those that are due refreshed.
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

// await follows the flight of one key to its end or to the caller's. False: it ended without a word on this caller's
// need.
func (s *store) await(ctx context.Context, w *want, soon <-chan struct{}) bool {
	f := w.flight
	loaded := f.loaded
	if !w.oldest.IsZero() {
		loaded = nil // what Redis had is there by the end, too
	}
	for {
		select {
		case <-loaded:
			loaded = nil
			// Stale data from Redis are answered, while this very flight goes on to refresh them.
			if gen, state, ok := f.entry.look(s.tiers.Now()); ok && state != Expired {
				w.answer = f.entry.answer(gen, state, gen.from)
				return true
			}
		case <-f.done:
			return s.ended(w)
		case <-soon:
			soon = nil
			if w.answer = s.old(f.entry, context.DeadlineExceeded); w.answer.err == nil {
				return true
			}
		case <-ctx.Done():
			w.answer = s.old(f.entry, context.Cause(ctx))
			return true
		}
	}
}

// ended answers with what a flight returned.
func (s *store) ended(w *want) bool {
	f := w.flight
	switch {
	case f.dropped.Load(), errors.Is(f.err, errElsewhere):
		return false
	case f.err != nil && s.CallersFault(f.err):
		// What another caller may not do says nothing about this one.
		w.answer = answer{err: fmt.Errorf("refresh %s: %w", s.Operation, f.err)}
		return w.mine
	case f.err != nil:
		w.answer = s.old(f.entry, f.err)
		return true
	case f.oldest.IsZero() && f.gen.life.fetchedAt.Before(w.oldest):
		return false // it was under way for another reason and found data that are fresh, but not enough
	}
	state, _ := f.gen.life.state(s.tiers.Now())
	if state == Expired && f.from != SourceUpstream {
		return false // it was under way for an earlier caller, for whom the data were good
	}
	w.answer = f.entry.answer(f.gen, state, f.from)
	return true
}

// old answers with what memory has although it should have been refreshed, and why it was not. That is the error when
// there is nothing, or only dead data.
func (s *store) old(e *entry, why error) answer {
	gen, state, ok := e.look(s.tiers.Now())
	if !ok {
		return answer{err: fmt.Errorf("refresh %s: %w", s.Operation, why)}
	}
	if state == Expired {
		s.emit(Event{Kind: EventExpired})
	}
	a := e.answer(gen, state, SourceMemory)
	a.reason = why
	return a
}

// beforeDeadline is closed a little before the deadline of ctx, to leave time to answer with old data. Without a
// deadline it is nil: never.
func beforeDeadline(ctx context.Context) (<-chan struct{}, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return nil, func() {}
	}
	left := time.Until(deadline)
	soon, cancel := context.WithTimeout(ctx, left-min(answerMargin, left/4))
	return soon.Done(), cancel
}
