package cache

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache/record"
	"github.com/opsgraph/opsgraph/cache/tier"
)

// run serves one batch: from Redis first, then from the upstream, under leases where the dataset asks for them.
func (s *store) run(ctx context.Context, b *batch) {
	ctx, end := s.task(ctx, b.flights)
	defer end()
	if s.shared != nil {
		for _, f := range b.flights {
			f.id = s.shared.ID(f.entry.key.Scope, f.entry.key.Part)
		}
	}
	left := s.load(ctx, b.flights)
	s.noteAnswered(left)
	close(b.loaded)
	if s.leased {
		s.inTurn(ctx, s.allowed(ctx, left))
	} else {
		s.refresh(ctx, left)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range b.flights {
		f.end(nil, "", errNoAnswer)
	}
}

// noteAnswered marks the flights that go on although stale data from Redis answer their callers.
func (s *store) noteAnswered(left []*flight) {
	now := s.tiers.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range left {
		_, state, ok := f.entry.usable(now)
		f.answered = ok && state != Expired
	}
}

// refresh asks the upstream for the keys, in one fetch, answers the callers, and writes to Redis.
func (s *store) refresh(ctx context.Context, flights []*flight) {
	if len(flights) == 0 {
		return
	}
	s.fetch(ctx, flights)
	for _, f := range flights {
		s.encode(ctx, f)
	}
	if s.shared != nil {
		s.share(ctx, flights)
	}
}

// fetch asks the upstream for the keys and answers the callers, of each key as soon as it is there.
func (s *store) fetch(ctx context.Context, flights []*flight) {
	began := s.tiers.Now()
	shown := s.depart(flights, began)
	if shown != nil { // nobody waits for it any more, if anybody did
		var end func()
		ctx, end = s.tiers.OnTask(ctx, Task{Operation: s.Operation, Keys: len(flights)})
		defer end()
	}
	fetching, cancel := context.WithTimeout(withInterest(ctx, shown), s.FetchTimeout)
	defer cancel()
	landing := &landing{store: s, began: tier.Stamp{FetchedAt: began}, left: make(map[any]*flight, len(flights))}
	for _, f := range flights {
		landing.left[f.key] = f
	}
	results, err := s.ask(landing.arriving(fetching), flights)
	for _, f := range flights {
		r, found := results[f.key]
		if !found {
			r.Err = err
		}
		landing.land(ctx, f.key, r, found)
	}
	s.report(ctx, landing.landed-len(landing.failed), landing.failed, max(s.tiers.Now().Sub(began), 0), !landing.news)
}

// depart numbers what a fetch that begins will bring: it is newer than all that is known by now, and no newer than what
// other fetches bring that begin later. It returns the fetch's interest, one for all its flights; nil when a caller
// waits already.
func (s *store) depart(flights []*flight, began time.Time) *interest {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range flights {
		f.purge = s.lastPurge
		f.number = s.number(f, began)
	}
	if slices.ContainsFunc(flights, (*flight).awaited) {
		return nil
	}
	shared := newInterest()
	for _, f := range flights {
		f.interest = shared
	}
	return shared
}

// ask calls Fetch. A key without a result does not exist, unless there is an error: after a timeout or a panic nothing
// is known of it.
func (s *store) ask(ctx context.Context, flights []*flight) (results map[any]Result[any], err error) {
	defer catch(&err)
	keys := make([]any, len(flights))
	for i, f := range flights {
		keys[i] = f.key
	}
	results = s.Fetch(ctx, flights[0].entry.key.Scope, keys)
	return results, context.Cause(ctx)
}

// receive makes a generation of a fetched record; err is the error of its fetch.
func (s *store) receive(f *flight, err error, at tier.Stamp) (*generation, error) {
	if err != nil {
		return nil, err
	}
	if s.distrust(f) {
		return nil, ErrEmptyOnce
	}
	if err := s.complete(f); err != nil {
		return nil, err
	}
	at.Generation, at.Purge, at.Jitter = f.number, f.purge, s.tiers.Rand()
	gen, err := s.generation(f, at, SourceUpstream)
	if err == nil {
		f.stamp = at
	}
	return gen, err
}

// complete adds to a fetched record what the generation in memory has beyond it.
func (s *store) complete(f *flight) (err error) {
	defer catch(&err)
	if s.Complete == nil || f.absent || s.Lacks != nil && !s.Lacks(f.record) {
		return nil
	}
	old, _, alive := f.entry.look(s.tiers.Now())
	if !alive || old.kept == nil {
		return nil
	}
	before := old.kept.now.Load()
	was := before.record
	if was == nil {
		if was, err = s.tiers.Codec.Decode(s.form, before.body); err != nil {
			return fmt.Errorf("record before: %w", err)
		}
	}
	f.record = s.Complete(f.key, was, f.record)
	return nil
}

// generation builds a generation from a flight's record, or from its absence.
func (s *store) generation(f *flight, at tier.Stamp, from string) (gen *generation, err error) {
	defer catch(&err)
	gen = &generation{
		found: !f.absent, number: at.Generation, purge: at.Purge, rows: -1, bytes: entryOverhead, from: from,
	}
	ages := s.Ages
	switch {
	case f.absent:
		ages = Ages{Fresh: s.NotFoundFor, Stale: s.NotFoundFor, Dead: s.NotFoundFor}
	case s.AgesOf != nil:
		ages = s.AgesOf(f.record)
	}
	if err := ages.check(); err != nil {
		return nil, err
	}
	gen.life = ages.from(at.FetchedAt, at.Cost, at.Jitter)
	gen.standing = s.standingOf(f, &gen.life)
	if f.absent {
		return gen, nil
	}
	var bytes int64
	gen.value, bytes = s.Build(f.entry.key.Scope, f.key, f.record)
	gen.bytes += max(bytes, 0)
	if s.Rows != nil {
		gen.rows = s.Rows(f.record)
	}
	if s.Keep != nil && s.Keep(f.record) {
		if from == SourceRedis {
			gen.kept = keep(keptForm{body: f.body})
		} else {
			gen.kept = keep(keptForm{record: f.record})
		}
		gen.bytes += gen.bytes / keptShare
	}
	f.kept = gen.kept
	return gen, nil
}

// keptShare is the part of what is built of a record that its bytes take at most.
const keptShare = 4

// encode turns a fetched record into bytes where Redis or the generation keeps it, and lets go of the record.
func (s *store) encode(ctx context.Context, f *flight) {
	fetched := f.record
	f.record = nil
	if f.stamp.Generation == 0 || f.absent || f.kept == nil && (s.shared == nil || f.dropped.Load()) {
		return
	}
	var err error
	if f.body, err = s.tiers.Codec.Encode(s.form, fetched); err != nil {
		f.unshared = true
		s.encodeFailed(ctx, err)
		return // what is kept stays as it was fetched
	}
	if f.kept != nil {
		f.kept.now.Store(&keptForm{body: f.body})
	}
}

// encodeFailed reports a record that can't be turned into bytes: it costs a write, not the data.
func (s *store) encodeFailed(ctx context.Context, err error) {
	if errors.Is(err, record.ErrTooLarge) {
		s.emit(ctx, Event{Kind: EventKind(tier.TooLarge), Err: err})
		return
	}
	s.redisFailed(ctx, err)
}

// number returns the number of what a fetch that begins will bring: the fence of the lease, else the time. It is above
// every number known of the key, and without a lease no number is used twice. s.mu is held.
func (s *store) number(f *flight, began time.Time) uint64 {
	number := max(uint64(max(began.UnixMicro(), 1)), s.last+1)
	if f.lease != nil {
		number = f.lease.Fence()
	}
	number = max(number, f.entry.highest()+1)
	s.last = max(s.last, number)
	return number
}

// distrust reports whether an empty answer is the first after one with rows (KeepOneEmpty).
func (s *store) distrust(f *flight) bool {
	if !s.KeepOneEmpty || f.absent {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e := f.entry
	old := e.current.Load()
	e.emptied = s.Rows(f.record) == 0 && !e.emptied && old != nil && old.rows > 0
	return e.emptied
}

// swap puts a newer generation in memory. It returns false when the flight was dropped or memory has a newer one. s.mu
// is held.
func (s *store) swap(f *flight, gen *generation, now time.Time) bool {
	old := f.entry.current.Load()
	if f.dropped.Load() || old != nil && old.number >= gen.number {
		return false
	}
	s.memory.set(f.entry, gen, now)
	return true
}

// deliver ends a flight with a fetched generation. s.mu is held.
func (s *store) deliver(f *flight, gen *generation, now time.Time) {
	from := SourceUpstream
	if s.swap(f, gen, now) {
		f.entry.refreshed()
	} else if newer := f.entry.current.Load(); newer != nil && !f.dropped.Load() {
		gen, from = newer, SourceMemory
	}
	if s.shared != nil && !f.dropped.Load() {
		f.entry.sharing = f
	}
	f.end(gen, from, nil)
}

// fail ends a flight and remembers the error, so that the next caller does not ask at once again. s.mu is held.
func (s *store) fail(ctx context.Context, f *flight, err error, now time.Time) {
	e := f.entry
	switch {
	case f.dropped.Load() || s.work.ctx.Err() != nil:
	case s.CallersFault(err):
		e.pause.Store(&pause{until: now.Add(firstPause), why: RestFailed})
		s.rested(ctx, e, *e.pause.Load())
	default:
		f.failure = e.failed.Load().after(err, now, s.tiers.Rand, f.interest.none())
		e.troubled(f.failure)
		s.rested(ctx, e, f.failure.pause)
	}
	f.end(nil, "", err)
}

// refusedAgain reports whether a flight was refused before it was sent, as the one before it: such refusals come again
// every few seconds while Redis is lost.
func refusedAgain(f *flight, err error) bool {
	if _, now := unsent(err); !now {
		return false
	}
	before := f.entry.failed.Load()
	return before != nil && before.unsent
}

// report reports how a fetch went: once, however many keys it had. A failure that is no news is logged at level debug.
func (s *store) report(ctx context.Context, fetched int, failed []error, took time.Duration, again bool) {
	if fetched > 0 {
		s.emit(ctx, Event{Kind: EventRefresh, Count: fetched, Took: took})
	}
	if len(failed) == 0 {
		return
	}
	err := failed[0]
	s.emit(ctx, Event{Kind: EventRefreshFailed, Count: len(failed), Err: err})
	attrs := []slog.Attr{slog.String("operation", s.Operation), slog.Any("error", err)}
	level := s.tiers.LevelOf(err)
	if again {
		level = min(level, slog.LevelDebug)
	}
	if panicked, ok := errors.AsType[*PanicError](err); ok {
		level = slog.LevelError
		attrs = append(attrs, slog.String("stack", string(panicked.Stack)))
	}
	s.tiers.Logger.LogAttrs(ctx, level, "refresh failed", attrs...)
}
