package cache

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/opsgraph/opsgraph/cache/record"
	"github.com/opsgraph/opsgraph/cache/tier"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
)

// gatherFor is how long a refresh in the background waits for other keys of its tenant, so that a page of stale records
// costs one fetch although each was peeked at alone.
const gatherFor = 3 * time.Millisecond

var (
	// errElsewhere ends a refresh in the background that another replica does, or was refused a moment ago.
	errElsewhere = errors.New("another replica refreshes")
	errNoAnswer  = errors.New("the fetch ended without an answer")
)

// flight is one refresh of one key in this process. Each caller that needs the key joins it.
type flight struct {
	entry  *entry
	key    any           // as the dataset has it
	oldest time.Time     // of the want that began it
	loaded chan struct{} // closed once Redis has been read for the batch
	done   chan struct{} // closed once gen or err is set and memory has it

	gen  *generation
	from string // the source of gen, for this flight
	err  error

	dropped atomic.Bool // its data are out of date

	// Under the store's lock:
	over     bool      // done is closed
	forced   bool      // a caller's maxAge forces the refresh
	waiting  int       // callers that wait
	forcing  int       // callers that wait for newer data than memory has
	answered bool      // stale data from Redis answered the waiting callers
	interest *interest // of the fetch, once it began

	// Of the goroutine that runs the batch:
	id       tier.ID
	mine     bool         // this replica refreshes it now
	lease    *lease.Lease // nil: none
	number   uint64       // of what the fetch brings, once it began
	purge    uint64       // the last purge that was known when the fetch began
	stamp    tier.Stamp   // of the fetched data; generation 0: none were fetched
	record   any          // nil once it is in body
	body     record.Body  // of the data as Redis has them; of fetched ones once they are encoded
	kept     *kept        // of the generation that was built of record
	absent   bool         // the upstream has no such record
	unshared bool         // the fetched data can't be turned into bytes
	failure  *failure     // of the last fetch
}

// batch has the flights of one tenant that run together.
type batch struct {
	flights []*flight
	loaded  chan struct{}
}

func newBatch(flights []*flight) *batch {
	b := &batch{loaded: make(chan struct{})}
	b.add(flights)
	return b
}

func (b *batch) add(flights []*flight) {
	for _, f := range flights {
		f.loaded = b.loaded
	}
	b.flights = append(b.flights, flights...)
}

// join joins or begins the flights of missing keys. New flights form one batch with the keys that are due.
func (s *store) join(ctx context.Context, missing, due []*want) {
	now, misses := s.tiers.Now(), 0
	var began []*flight
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range missing {
		e := s.memory.entry(w.at, now)
		again := w.flight != nil
		w.flight, w.mine = nil, false
		if gen, state, ok := s.usable(e, w, now); ok {
			w.answer = e.answer(gen, state, SourceMemory)
			if soon := s.touch(ctx, e, gen, state, now); soon != nil {
				soon.key = w.key
				due = append(due, soon)
			}
			continue
		}
		if !again {
			misses++
		}
		f, failed := e.flight.Load(), e.failed.Load()
		if f == nil && failed.binds(now, true) {
			w.answer = s.old(ctx, e, failed.err)
			continue
		}
		if f == nil {
			f, w.mine = newFlight(e, w), true
			began = append(began, f)
		}
		f.count(w, 1)
		f.answered = false
		f.interest.show()
		w.flight = f
	}
	s.count(ctx, EventMiss, misses)
	s.launch(ctx, append(began, s.begin(due, now)...))
}

// usable returns what memory can answer a waiting caller with: data that came since its peek, or data too old for it
// while it may not force a refresh. s.mu is held.
func (s *store) usable(e *entry, w *want, now time.Time) (gen *generation, state State, ok bool) {
	gen, state, ok = e.usable(now)
	if !ok || state == Expired {
		return nil, 0, false
	}
	if !gen.life.fetchedAt.Before(w.oldest) {
		return gen, state, true
	}
	w.forced = w.forced || e.mayForce(now, s.tiers.ForceEvery)
	return gen, state, !w.forced
}

// refreshDue begins refreshes in the background: of lists at once, of records a little later and together with others.
func (s *store) refreshDue(ctx context.Context, due []*want) {
	if len(due) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	began := s.begin(due, s.tiers.Now())
	if s.Alone || len(began) == 0 {
		s.launch(ctx, began)
		return
	}
	scope := due[0].at.Scope
	if b := s.gathering[scope]; b != nil {
		b.add(began)
		return
	}
	b := newBatch(began)
	s.gathering[scope] = b
	if !s.start(ctx, b, func(ctx context.Context) { s.gather(ctx, scope); s.run(ctx, b) }) {
		delete(s.gathering, scope)
	}
}

// gather waits while other keys of a tenant join its batch.
func (s *store) gather(ctx context.Context, scope string) {
	select {
	case <-time.After(gatherFor):
	case <-ctx.Done():
	}
	s.mu.Lock()
	delete(s.gathering, scope)
	s.mu.Unlock()
}

// begin makes flights for the keys that are still due, have no flight and do not rest. s.mu is held.
func (s *store) begin(due []*want, now time.Time) (began []*flight) {
	for _, w := range due {
		e := s.memory.find(w.at)
		if e == nil || e.flight.Load() != nil || e.failed.Load().binds(now, false) {
			continue
		}
		if gen := e.current.Load(); gen != nil && gen.life.due(now) {
			began = append(began, newFlight(e, w))
		}
	}
	return began
}

// launch runs flights: lists each by itself, records as one batch. s.mu is held.
func (s *store) launch(ctx context.Context, flights []*flight) {
	size := len(flights)
	if s.Alone {
		size = 1
	}
	for ; len(flights) > 0; flights = flights[size:] {
		b := newBatch(flights[:size])
		s.start(ctx, b, func(ctx context.Context) { s.run(ctx, b) })
	}
}

// start runs a task for the batch. It returns false when the store is closed, and ends the flights. s.mu is held.
func (s *store) start(ctx context.Context, b *batch, task func(ctx context.Context)) bool {
	if s.work.start(ctx, task) {
		return true
	}
	for _, f := range b.flights {
		f.end(nil, "", ErrClosed)
	}
	return false
}

// leave removes a caller from the flights that it waited for.
func (s *store) leave(missing []*want) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range missing {
		if w.flight != nil {
			w.flight.count(w, -1)
		}
	}
}

// newFlight makes the flight of a key. The store's lock is held.
func newFlight(e *entry, w *want) *flight {
	f := &flight{entry: e, key: w.key, oldest: w.oldest, forced: w.forced, done: make(chan struct{})}
	e.of = w.key
	e.flight.Store(f)
	return f
}

// count adds to the callers that wait. The store's lock is held.
func (f *flight) count(w *want, n int) {
	if w.oldest.IsZero() {
		f.waiting += n
	} else {
		f.forcing += n
	}
}

// awaited reports whether a caller waits. The store's lock is held.
func (f *flight) awaited() bool { return f.forcing > 0 || f.waiting > 0 && !f.answered }

// end answers the waiting callers, once. Later callers find its data in memory, or begin another flight. The store's
// lock is held.
func (f *flight) end(gen *generation, from string, err error) {
	if f.over {
		return
	}
	f.over = true
	f.gen, f.from, f.err = gen, from, err
	f.entry.flight.CompareAndSwap(f, nil)
	close(f.done)
}
