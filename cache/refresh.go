package cache

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"
)

// run is one flight: obtain a generation, put it in memory, tell who waits, then share it.
func (s *Snapshot[R, S]) run(ctx context.Context, sl *slot[S], f *flight[S]) {
	b := &brought[R, S]{}
	before := sl.current.Load()
	err := s.obtain(ctx, sl, f, b)
	if err != nil {
		s.failed(ctx, sl, f, b, err)
	} else {
		f.gen, f.from = b.gen, b.gen.from
		if b.gen == before {
			f.from = SourceMemory
		}
		s.succeeded(sl, f, b)
	}
	s.share(ctx, sl, f, b, err)
	sl.mu.Lock()
	if sl.sharing == f {
		sl.sharing = nil
	}
	sl.mu.Unlock()
}

// land ends the flight for those who join: who comes now finds what it brought, or begins anew. Its
// data are still on their way to Redis. sl.mu is held.
func (sl *slot[S]) land(f *flight[S]) {
	if sl.flight == f {
		sl.flight, sl.sharing = nil, f
	}
}

// brought is what one flight has in its hands.
type brought[R, S any] struct {
	gen     *generation[S]
	fetched Fetched[R]
	fresh   bool // fetched now, by this flight; else it came from Redis
	asked   bool // the upstream was asked
	at      stamp
	turn    turn
	failure *failure // what is remembered of a fetch in vain
}

// obtain finds the generation that the flight is for: in Redis, from the replica that refreshes, or
// from the upstream.
func (s *Snapshot[R, S]) obtain(ctx context.Context, sl *slot[S], f *flight[S], b *brought[R, S]) error {
	b.gen = s.load(ctx, sl, f)
	close(f.loaded)
	if b.gen != nil {
		return nil
	}
	var err error
	if b.gen, err = s.takeTurn(ctx, sl, f, &b.turn); b.gen != nil || err != nil {
		return err
	}
	return s.fetch(ctx, sl, f, b)
}

// fetch asks the upstream, all pages, and builds the generation.
func (s *Snapshot[R, S]) fetch(ctx context.Context, sl *slot[S], f *flight[S], b *brought[R, S]) error {
	began := s.tiers.Now()
	b.asked = true
	ctx, cancel := context.WithTimeout(withInterest(ctx, sl.interest(f)), s.cfg.FetchTimeout)
	defer cancel()
	var err error
	if b.fetched, err = s.ask(ctx, sl.key); err != nil {
		return err
	}
	if s.distrust(sl, len(b.fetched.Records)) {
		return ErrEmptyOnce
	}
	took := max(s.tiers.Now().Sub(began), 0)
	b.at = stamp{
		generation: s.number(sl, b.turn.fence, began),
		fetchedAt:  began,
		cost:       took,
		jitter:     s.tiers.Rand(),
	}
	b.gen, err = s.build(sl.key, b.fetched, b.at, SourceUpstream)
	if err == nil {
		b.fresh = true
		s.events.on(Event{Operation: s.cfg.Operation, Kind: EventRefresh, Count: 1, Took: took})
	}
	return err
}

// interest gives that in the fetch of a flight, which begins.
func (sl *slot[S]) interest(f *flight[S]) *interest {
	sl.mu.Lock()
	defer sl.mu.Unlock()
	if f.waiting.Load() == 0 {
		f.interest = newInterest()
	}
	return f.interest
}

// ask calls Fetch and turns a panic into an error.
func (s *Snapshot[R, S]) ask(ctx context.Context, key Key) (f Fetched[R], err error) {
	defer catch(&err)
	return s.cfg.Fetch(ctx, key)
}

// stamp is what tells one generation from another.
type stamp struct {
	generation uint64
	fetchedAt  time.Time
	cost       time.Duration
	jitter     float64
}

// build makes a generation of records, once.
func (s *Snapshot[R, S]) build(
	key Key, f Fetched[R], at stamp, from string,
) (gen *generation[S], err error) {
	defer catch(&err)
	value, bytes := s.cfg.Build(key, f)
	l := s.cfg.Ages.from(at.fetchedAt, at.cost, at.jitter)
	return &generation[S]{
		held: Held[S]{
			Value: value, Generation: at.generation, FetchedAt: l.fetchedAt, StaleAt: l.staleAt,
		},
		life:  l,
		rows:  len(f.Records),
		bytes: max(bytes, 0),
		from:  from,
	}, nil
}

// catch turns a panic into an error.
func catch(err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{Value: v, Stack: debug.Stack()}
	}
}

// number is the generation of a fetch: the fence of the lease, or without one the time, above all
// that this replica has seen.
func (s *Snapshot[R, S]) number(sl *slot[S], fence uint64, began time.Time) uint64 {
	sl.mu.Lock()
	defer sl.mu.Unlock()
	if fence == 0 {
		fence = uint64(max(began.UnixMicro(), 0))
	}
	sl.floor = max(sl.floor+1, fence)
	return sl.floor
}

// distrust tells whether an empty answer is the first after one with rows (KeepOneEmpty).
func (s *Snapshot[R, S]) distrust(sl *slot[S], rows int) bool {
	sl.mu.Lock()
	defer sl.mu.Unlock()
	old := sl.current.Load()
	if !s.cfg.KeepOneEmpty || rows > 0 || sl.emptied || old == nil || old.rows == 0 {
		sl.emptied = false
		return false
	}
	sl.emptied = true
	return true
}

// succeeded puts the generation in memory and tells who waits.
func (s *Snapshot[R, S]) succeeded(sl *slot[S], f *flight[S], b *brought[R, S]) {
	if s.memory.swap(sl, f, b.gen, s.tiers.Now()) || sl.current.Load() == b.gen {
		sl.failed.Store(nil)
		sl.rests.Store(0)
	} else if newer := sl.current.Load(); newer != nil && !f.dropped.Load() {
		f.gen, f.from = newer, SourceMemory
	}
	sl.mu.Lock()
	sl.land(f)
	sl.mu.Unlock()
	close(f.done)
}

// failed remembers why, so that the next caller does not ask at once again, and tells who waits.
func (s *Snapshot[R, S]) failed(
	ctx context.Context, sl *slot[S], f *flight[S], b *brought[R, S], err error,
) {
	if b.asked {
		s.events.fail(EventRefreshFailed, err)
		logFailure(ctx, s.tiers.Logger, s.cfg.Operation, err)
	}
	f.err = err
	sl.mu.Lock()
	switch now := s.tiers.Now(); {
	case !b.asked || f.dropped.Load() || ctx.Err() != nil:
	case s.cfg.CallersFault(err):
		sl.rests.Store(now.Add(firstPause).UnixNano())
	default:
		b.failure = sl.failed.Load().after(err, now, s.tiers.Rand, f.interest.none())
		sl.failed.Store(b.failure)
	}
	sl.land(f)
	sl.mu.Unlock()
	close(f.done)
}

// logFailure tells of a refresh that failed, and of a panic where it happened.
func logFailure(ctx context.Context, logger *slog.Logger, operation string, err error) {
	attrs := []slog.Attr{slog.String("operation", operation), slog.Any("error", err)}
	level := slog.LevelWarn
	if panicked, ok := errors.AsType[*PanicError](err); ok {
		level = slog.LevelError
		attrs = append(attrs, slog.String("stack", string(panicked.Stack)))
	}
	logger.LogAttrs(ctx, level, "refresh failed", attrs...)
}
