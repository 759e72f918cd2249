package cache

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// flight is one refresh of one key in this process. Everyone who needs it joins it.
type flight[S any] struct {
	need   need
	loaded chan struct{} // closed once Redis has been read
	done   chan struct{} // closed once gen or err is set and memory has it

	gen  *generation[S]
	from string // where gen came from, for this flight
	err  error

	waiting  atomic.Int32
	interest *interest // of the fetch, once it began; under the slot's lock
	dropped  atomic.Bool
}

// need is what a refresh is for.
type need struct {
	waiting   bool      // a query waits for it
	force     bool      // data are to be newer than newerThan
	newerThan time.Time // with force: data fetched later will do
	seen      uint64    // the generation that the caller found wanting; 0: there was none
	mine      bool      // this very caller began it
}

// met tells whether data are others than the caller has seen, and new enough for it.
func (n need) met(generation uint64, fetchedAt time.Time) bool {
	return generation > n.seen && (!n.force || !fetchedAt.Before(n.newerThan))
}

// landed is a flight that is over: memory has what it brought.
func landed[S any](gen *generation[S]) *flight[S] {
	f := &flight[S]{gen: gen, from: SourceMemory, done: make(chan struct{})}
	close(f.done)
	return f
}

// errElsewhere ends a refresh behind that another replica is at already, or was refused a moment ago.
var errElsewhere = errors.New("another replica refreshes")

// errRemoved tells that a slot left the map between two steps.
var errRemoved = errors.New("the slot was removed")

// join gives the refresh under way, or begins one with the values of ctx: then mine is true. Its
// error is why there is none: the memory of the last failure, or the cache is closed.
func (s *Snapshot[R, S]) join(ctx context.Context, sl *slot[S], n need) (f *flight[S], mine bool, err error) {
	sl.mu.Lock()
	defer sl.mu.Unlock()
	if sl.removed {
		return nil, false, errRemoved
	}
	f, mine = sl.flight, sl.flight == nil
	if mine {
		now := s.tiers.Now()
		gen, state, ok := sl.look(now)
		if ok && state != Expired && n.met(gen.held.Generation, gen.life.fetchedAt) {
			return landed(gen), false, nil // it landed between the caller's look and now
		}
		if failed := sl.failed.Load(); failed.binds(now, n.waiting) {
			return nil, false, failed.err
		}
		f = &flight[S]{need: n, loaded: make(chan struct{}), done: make(chan struct{})}
		if n.waiting {
			f.waiting.Add(1) // before it takes off: the fetch asks whether anybody waits
		}
		if !s.work.start(ctx, func(ctx context.Context) { s.run(ctx, sl, f) }) {
			return nil, false, fmt.Errorf("refresh %s: %w", s.cfg.Operation, ErrClosed)
		}
		sl.flight = f
		return f, mine, nil
	}
	if n.waiting {
		f.waiting.Add(1)
		f.interest.show()
	}
	return f, mine, nil
}

// wait waits for data that can be answered, in the bounds of ctx.
func (s *Snapshot[R, S]) wait(ctx context.Context, sl *slot[S], n need) (Held[S], error) {
	soon, stop := beforeDeadline(ctx)
	defer stop()
	for {
		f, mine, err := s.join(ctx, sl, n)
		if errors.Is(err, errRemoved) {
			sl = s.memory.slot(sl.key)
			continue
		}
		if err != nil {
			return s.old(sl, err)
		}
		n.mine = mine
		held, again, err := s.await(ctx, sl, f, n, soon)
		f.waiting.Add(-1)
		if !again {
			return held, err
		}
	}
}

// await follows one flight to its end or to the caller's. again: the flight ended without a word on
// this caller's need.
func (s *Snapshot[R, S]) await(
	ctx context.Context, sl *slot[S], f *flight[S], n need, soon <-chan struct{},
) (held Held[S], again bool, err error) {
	loaded := f.loaded
	if n.force {
		loaded = nil // what Redis had is there by f.done, too
	}
	for {
		select {
		case <-loaded:
			loaded = nil
			// Stale data from Redis are answered, while this very flight goes on to refresh them.
			if gen, state, ok := sl.look(s.tiers.Now()); ok && state != Expired {
				return sl.answer(gen, state, gen.from), false, nil
			}
		case <-f.done:
			return s.ended(sl, f, n)
		case <-soon:
			soon = nil
			if held, err := s.old(sl, context.DeadlineExceeded); err == nil {
				return held, false, nil
			}
		case <-ctx.Done():
			held, err = s.old(sl, context.Cause(ctx))
			return held, false, err
		}
	}
}

// ended answers with what a flight brought.
func (s *Snapshot[R, S]) ended(sl *slot[S], f *flight[S], n need) (held Held[S], again bool, err error) {
	switch {
	case f.dropped.Load(), errors.Is(f.err, errElsewhere):
		return held, true, nil
	case f.err != nil && !n.mine && s.cfg.CallersFault(f.err):
		return held, true, nil // what another caller may not do says nothing about this one
	case f.err != nil && s.cfg.CallersFault(f.err):
		return held, false, fmt.Errorf("refresh %s: %w", s.cfg.Operation, f.err)
	case f.err != nil:
		held, err = s.old(sl, f.err)
		return held, false, err
	case n.force && !f.need.force && f.gen.life.fetchedAt.Before(n.newerThan):
		// It was under way for another reason and found data that are fresh, but not enough.
		return held, true, nil
	}
	state, _ := f.gen.life.state(s.tiers.Now())
	if state == Expired && f.from != SourceUpstream {
		return held, true, nil // it was under way for someone earlier, to whom the data were good
	}
	return sl.answer(f.gen, state, f.from), false, nil
}

// old answers with what memory has although it should have been refreshed, and why it was not. The
// error is that why when there is nothing, or only dead data.
func (s *Snapshot[R, S]) old(sl *slot[S], why error) (Held[S], error) {
	gen, state, ok := sl.look(s.tiers.Now())
	if !ok {
		return Held[S]{}, fmt.Errorf("refresh %s: %w", s.cfg.Operation, why)
	}
	switch state {
	case Fresh:
		s.events.emit(EventHit)
	case Stale:
		s.events.emit(EventStale)
	case Expired:
		s.events.emit(EventExpired)
	}
	held := sl.answer(gen, state, SourceMemory)
	held.Reason = why
	return held, nil
}

// beforeDeadline is closed a little before the deadline of ctx, to leave time to answer with old
// data. Without a deadline it is nil: never.
func beforeDeadline(ctx context.Context) (<-chan struct{}, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return nil, func() {}
	}
	left := time.Until(deadline)
	soon, cancel := context.WithTimeout(ctx, left-min(answerMargin, left/4))
	return soon.Done(), cancel
}
