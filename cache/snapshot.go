package cache

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// Defaults of a cache's configuration.
const (
	defaultFetchTimeout = 10 * time.Second
	defaultLeaseFor     = 2 * time.Second
	defaultBytes        = 256 << 20
	defaultForceEvery   = time.Minute
	// answerMargin is how long before its caller's deadline a wait ends when old data can be answered.
	answerMargin = 20 * time.Millisecond
)

// SnapshotConfig says what a [Snapshot] holds. R is a record as the wire has it and must come
// through JSON unchanged; S is what queries read.
type SnapshotConfig[R, S any] struct {
	// Operation names the data, for keys, events and errors.
	Operation string
	Ages      Ages
	// Fetch reads all pages; a page that fails fails the fetch. Its context carries the values of the
	// caller that began it, outlives that caller, and ends after FetchTimeout. See [Background].
	Fetch func(ctx context.Context, key Key) (Fetched[R], error)
	// Build makes what queries read, and its size in memory in bytes, about. It runs once a generation
	// and must neither change the records nor depend on anything else.
	Build func(key Key, f Fetched[R]) (S, int64)
	Tiers Tiers
	// FetchTimeout bounds one fetch. Default 10 s.
	FetchTimeout time.Duration
	// LeaseFor is how soon another replica takes over from one that died while refreshing. Default 2 s.
	LeaseFor time.Duration
	// MaxBytes bounds what Build counted, over all keys; those asked for longest ago leave first. The
	// key just refreshed stays. Default [Tiers.MaxBytes].
	MaxBytes int64
	// KeepOneEmpty distrusts the first empty answer after one with rows: the rows stay, stale, until
	// the next refresh confirms it.
	KeepOneEmpty bool
	// CallersFault tells an error that concerns the credentials of the caller alone: that caller gets it
	// even where memory has old data, and it is not held against other callers, in no replica. Nil: what the tiers say.
	CallersFault func(error) bool
}

// ErrEmptyOnce is why data are stale after a first, distrusted, empty answer (KeepOneEmpty), and the error of those who ask where
// nothing is left to serve meanwhile.
var ErrEmptyOnce = errors.New("the answer was empty after one with rows")

// Snapshot holds whole answers of a slow, limited call, one for each key: built complete, swapped at
// once, refreshed by one replica at a time. It is safe for concurrent use.
type Snapshot[R, S any] struct {
	cfg    SnapshotConfig[R, S]
	tiers  Tiers
	events emitter
	memory *memory[S]
	work   *background
	shared *shared // nil: memory only
}

// NewSnapshot checks the configuration and makes an empty snapshot. It asks nobody anything.
func NewSnapshot[R, S any](cfg SnapshotConfig[R, S]) (*Snapshot[R, S], error) {
	if cfg.Operation == "" || cfg.Fetch == nil || cfg.Build == nil {
		return nil, fmt.Errorf("snapshot %q: %w", cfg.Operation, errIncomplete)
	}
	if err := cfg.Ages.check(); err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", cfg.Operation, err)
	}
	cfg.FetchTimeout = cmp.Or(cfg.FetchTimeout, defaultFetchTimeout)
	cfg.LeaseFor = cmp.Or(cfg.LeaseFor, defaultLeaseFor)
	tiers := cfg.Tiers.withDefaults()
	cfg.MaxBytes = cmp.Or(cfg.MaxBytes, tiers.MaxBytes)
	if cfg.CallersFault == nil {
		cfg.CallersFault = tiers.CallersFault
	}
	s := &Snapshot[R, S]{
		cfg:    cfg,
		tiers:  tiers,
		events: emitter{operation: cfg.Operation, on: tiers.OnEvent},
		work:   newBackground(),
	}
	s.memory = newMemory[S](cfg.MaxBytes, s.events, tiers.Now)
	if tiers.Redis != nil {
		var err error
		if s.shared, err = newShared(tiers, s.events, "snapshot", reflect.TypeFor[R]()); err != nil {
			return nil, fmt.Errorf("snapshot %s: %w", cfg.Operation, err)
		}
	}
	return s, nil
}

// Peek answers from memory and never waits. True: the data are fresh, or stale, and then a refresh
// runs behind with the values of ctx. False: only [Snapshot.Get] can tell.
func (s *Snapshot[R, S]) Peek(ctx context.Context, key Key) (Held[S], bool) {
	sl := s.memory.find(key)
	if sl == nil {
		return Held[S]{}, false
	}
	now := s.tiers.Now()
	gen, state, ok := sl.look(now)
	if !ok || state == Expired {
		return Held[S]{}, false
	}
	s.touch(ctx, sl, gen, state, now)
	return sl.answer(gen, state, SourceMemory), true
}

// Get answers from memory, else from Redis, else from the refresh in flight or a new one. It waits
// while ctx lives; a little before its deadline, and when the refresh fails, it gives data that are
// past stale as Expired with the reason. Without such data the error is the fetch's, or ctx's.
// maxAge over 0 forces a refresh of older data, once a minute at most for each key; else, and when
// that fails, the current data are answered.
func (s *Snapshot[R, S]) Get(ctx context.Context, key Key, maxAge time.Duration) (Held[S], error) {
	sl := s.memory.slot(key)
	now := s.tiers.Now()
	force := need{waiting: true, force: true, newerThan: now.Add(-maxAge)}
	gen, state, ok := sl.look(now)
	if ok && state != Expired {
		tooOld := maxAge > 0 && gen.life.fetchedAt.Before(force.newerThan)
		if !tooOld || !sl.mayForce(now, s.tiers.ForceEvery) {
			s.touch(ctx, sl, gen, state, now)
			return sl.answer(gen, state, SourceMemory), nil
		}
		force.seen = gen.held.Generation
		return s.wait(ctx, sl, force)
	}
	s.events.emit(EventMiss)
	wanting := need{waiting: true}
	if ok {
		wanting.seen = gen.held.Generation
	}
	held, err := s.wait(ctx, sl, wanting)
	if err != nil || maxAge <= 0 || held.Reason != nil || held.Source != SourceRedis ||
		!held.FetchedAt.Before(force.newerThan) || !sl.mayForce(now, s.tiers.ForceEvery) {
		return held, err
	}
	// Redis had data, and they are too old for this caller.
	force.seen = held.Generation
	return s.wait(ctx, sl, force)
}

// touch notes a use of data that memory can answer with, and refreshes them behind where due.
func (s *Snapshot[R, S]) touch(
	ctx context.Context, sl *slot[S], gen *generation[S], state State, now time.Time,
) {
	sl.used.Store(now.UnixNano())
	if state == Stale {
		s.events.emit(EventStale)
	} else {
		s.events.emit(EventHit)
	}
	if (state == Stale || gen.life.early(now, s.tiers.Rand)) && !sl.resting(now) {
		// An error means closed or resting: there is no one to tell, and the data are good.
		_, _, _ = s.join(ctx, sl, need{seen: gen.held.Generation})
	}
}

// Changed gives a channel that is closed when a newer generation than the present one is in memory.
// It may be closed without one (when memory had to make room): look again.
func (s *Snapshot[R, S]) Changed(key Key) <-chan struct{} { return s.memory.changed(key) }

// Keys lists the keys that memory holds data of, in no order.
func (s *Snapshot[R, S]) Keys() []Key { return s.memory.keys() }

// Drop forgets the data of the key, here and in Redis, also those that a refresh under way would
// bring. Other replicas notice when theirs turn stale. An error means that Redis may still have them.
func (s *Snapshot[R, S]) Drop(ctx context.Context, key Key) error {
	floor := s.memory.drop(key)
	if s.shared == nil {
		return nil
	}
	longest := s.cfg.FetchTimeout + s.cfg.LeaseFor // what a refresh under way may still last
	if err := s.shared.drop(ctx, []identity{s.identity(key)}, floor, longest); err != nil {
		s.events.fail(EventRedisError, err)
		return fmt.Errorf("drop %s: %w", s.cfg.Operation, err)
	}
	return nil
}

// Close ends the refreshes under way and waits for them. What memory holds can still be peeked at.
func (s *Snapshot[R, S]) Close() { s.work.close() }
