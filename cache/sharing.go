package cache

import (
	"context"
	"time"
)

const (
	// shareTimeout bounds the writing of one generation, which no query waits for.
	shareTimeout = 5 * time.Second
	// releaseTimeout bounds the giving back of a lease, also while closing.
	releaseTimeout = 200 * time.Millisecond
)

func (s *Snapshot[R, S]) identity(key Key) identity { return s.shared.identity(key.Scope, key.Part) }

// load looks for a newer generation in Redis; nil: none that would serve the need. What it finds is
// in memory by then, if it is newer, even when it is stale.
func (s *Snapshot[R, S]) load(ctx context.Context, sl *slot[S], f *flight[S]) *generation[S] {
	if s.shared == nil {
		return nil
	}
	id := s.identity(sl.key)
	found, err := s.shared.read(ctx, []identity{id})
	if err != nil {
		s.events.fail(EventRedisError, err)
		return nil // a failing Redis is a miss
	}
	gen := s.revive(ctx, sl, &found[0], id)
	if gen == nil || !s.memory.swap(sl, f, gen, s.tiers.Now()) {
		return nil
	}
	s.events.emit(EventRedisHit)
	state, _ := gen.life.state(s.tiers.Now())
	if state != Fresh || f.need.force && gen.life.fetchedAt.Before(f.need.newerThan) {
		return nil
	}
	return gen
}

// revive builds a generation of what Redis had; nil when it is of no use.
func (s *Snapshot[R, S]) revive(
	ctx context.Context, sl *slot[S], found *stored, id identity,
) *generation[S] {
	sl.mu.Lock()
	known := sl.floor
	sl.floor = max(sl.floor, found.generation)
	sl.mu.Unlock()
	now := s.tiers.Now()
	if !found.usable || found.generation < known {
		return nil
	}
	if old := sl.current.Load(); old != nil && old.held.Generation >= found.generation {
		return nil
	}
	at := found.header.stamp(now)
	l := s.cfg.Ages.from(at.fetchedAt, at.cost, at.jitter)
	if _, alive := l.state(now); !alive {
		return nil
	}
	fetched := Fetched[R]{Gaps: found.header.Gaps, Truncated: found.header.Truncated}
	if err := parse(found.plain, &fetched.Records); err != nil {
		s.shared.discard(ctx, id, found.raw, err)
		return nil
	}
	gen, err := s.build(sl.key, fetched, at, SourceRedis)
	if err != nil {
		s.events.fail(EventCorrupt, err)
		return nil
	}
	return gen
}

// share tells the other replicas how the flight ended, and gives the lease back. No query waits for
// it, and a closing cache still releases.
func (s *Snapshot[R, S]) share(
	ctx context.Context, sl *slot[S], f *flight[S], b *brought[R, S], failed error,
) {
	if s.shared == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.tellOthers(ctx, s.identity(sl.key), f, b, failed); err != nil {
		s.events.fail(EventRedisError, err)
	}
	if b.turn.lease == nil {
		return
	}
	b.turn.stop()
	ctx, cancel := context.WithTimeout(ctx, releaseTimeout)
	defer cancel()
	if err := b.turn.lease.Release(ctx); err != nil {
		s.events.fail(EventRedisError, err)
	}
}

// tellOthers writes a fetched generation, or leaves the mark of a failure.
func (s *Snapshot[R, S]) tellOthers(
	ctx context.Context, id identity, f *flight[S], b *brought[R, S], failed error,
) error {
	ctx, cancel := context.WithTimeout(ctx, shareTimeout)
	defer cancel()
	now := s.tiers.Now()
	switch {
	case b.failure != nil:
		pause := b.failure.until.Sub(now).Truncate(time.Millisecond)
		if pause <= 0 {
			return nil
		}
		told := mark{Text: s.tiers.EncodeError(failed), InRow: b.failure.inRow, Behind: b.failure.behind}
		return s.shared.publish(ctx, id, told, pause)
	case !b.fresh || f.dropped.Load():
		return nil
	}
	ttl := ttlOf(&b.gen.life, now, s.tiers.Rand)
	if ttl <= 0 {
		return nil
	}
	head := id.header()
	head.set(b.at)
	head.Gaps, head.Truncated = b.fetched.Gaps, b.fetched.Truncated
	records := b.fetched.Records
	if records == nil {
		records = []R{}
	}
	entry := entryToWrite{id: id, header: head, value: records, ttl: ttl}
	if err := s.shared.write(ctx, []entryToWrite{entry}); err != nil {
		return err
	}
	return s.shared.unmark(ctx, id)
}
