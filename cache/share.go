package cache

import (
	"context"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache/record"
	"github.com/opsgraph/opsgraph/cache/tier"
)

// shareTimeout bounds the writing of one batch, which no query waits for.
const shareTimeout = 5 * time.Second

func idsOf(flights []*flight) []tier.ID {
	ids := make([]tier.ID, len(flights))
	for i, f := range flights {
		ids[i] = f.id
	}
	return ids
}

// load reads Redis for all flights, in one trip, and returns those that still need the upstream. Data newer than those
// of memory go to memory, even stale ones, unless they were purged; fresh data end their flight.
func (s *store) load(ctx context.Context, flights []*flight) (left []*flight) {
	if s.shared == nil {
		return flights
	}
	found, err := s.shared.Read(ctx, s.tiers.Now(), idsOf(flights))
	if err != nil {
		s.redisFailed(ctx, err)
		return flights // a failing Redis is a miss
	}
	purged := s.purgedTo(flights[0].entry.key.Scope)
	gens := make([]*generation, len(flights))
	for i, f := range flights {
		if found[i].Stamp.Purge >= purged {
			gens[i] = s.revive(ctx, f, &found[i])
		}
	}
	now, hits := s.tiers.Now(), 0
	s.mu.Lock()
	for i, f := range flights {
		s.lastPurge = max(s.lastPurge, found[i].Stamp.Purge) // ordered before it was fetched, and so before now
		known := f.entry.floor
		f.entry.floor = max(known, found[i].Stamp.Generation)
		if gen := gens[i]; gen != nil && gen.number >= known && s.swap(f, gen, now) {
			hits++
			if s.enough(f, gen, now) {
				f.entry.refreshed()
				f.end(gen, SourceRedis, nil)
				continue
			}
		}
		left = append(left, f)
	}
	s.mu.Unlock()
	s.count(ctx, EventRedisHit, hits)
	return left
}

// revive builds a generation from a value of Redis; nil when memory has a newer one or the value can't be used.
func (s *store) revive(ctx context.Context, f *flight, found *tier.Value) *generation {
	if !found.Usable {
		return nil
	}
	if old := f.entry.current.Load(); old != nil && old.number >= found.Stamp.Generation {
		return nil
	}
	f.record, f.body, f.absent = nil, found.Body, found.Absent
	if !f.absent {
		var err error
		if f.record, err = s.tiers.Codec.Decode(s.form, found.Body); err != nil {
			s.shared.Discard(ctx, f.id, *found, err)
			return nil
		}
	}
	gen, err := s.generation(f, found.Stamp, SourceRedis)
	f.record, f.body = nil, record.Body{} // built, or of no use
	if err != nil {
		s.emit(ctx, Event{Kind: EventCorrupt, Err: fmt.Errorf("build: %w", err)})
		return nil
	}
	if _, alive := gen.life.state(s.tiers.Now()); !alive {
		return nil
	}
	return gen
}

// enough reports whether data from Redis end a flight, because they are fresh and new enough. s.mu is held.
func (s *store) enough(f *flight, gen *generation, now time.Time) bool {
	if state, _ := gen.life.state(now); state != Fresh || f.entry.wanting.Load().covers(gen) {
		return false
	}
	if !f.forced && gen.life.fetchedAt.Before(f.oldest) {
		f.forced = f.entry.mayForce(now, s.tiers.ForceEvery)
		return !f.forced
	}
	return !gen.life.fetchedAt.Before(f.oldest)
}

// share writes fetched data to Redis and, when replicas take turns, marks of failures. It runs after the callers are
// answered, and also while the store closes.
func (s *store) share(ctx context.Context, flights []*flight) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shareTimeout)
	defer cancel()
	now := s.tiers.Now()
	var entries []tier.Entry
	var fetched []tier.ID
	var notices []tier.Notice
	for _, f := range flights {
		switch {
		case f.failure != nil:
			if wait := f.failure.until.Sub(now).Truncate(time.Millisecond); s.leased && wait > 0 {
				notices = append(notices, tier.Notice{ID: f.id, Pause: wait, Mark: s.markOf(f.failure)})
			}
		case f.stamp.Generation != 0 && !f.dropped.Load():
			fetched = append(fetched, f.id)
			if ttl := s.ttl(f.gen, now); ttl > 0 && !f.unshared {
				entries = append(entries, tier.Entry{
					ID: f.id, Stamp: f.stamp, Absent: f.absent, Body: f.body, TTL: ttl,
				})
			}
		}
	}
	s.write(ctx, entries, fetched, notices)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range flights {
		if f.entry.sharing == f {
			f.entry.sharing = nil
		}
	}
}

// write stores entries and removes the marks of earlier failures of what was fetched, then leaves new marks.
func (s *store) write(ctx context.Context, entries []tier.Entry, fetched []tier.ID, notices []tier.Notice) {
	if len(fetched) > 0 {
		err := s.shared.Write(ctx, entries)
		if err == nil && s.leased {
			err = s.shared.Unmark(ctx, fetched)
		}
		s.redisFailed(ctx, err)
	}
	if len(notices) > 0 {
		s.redisFailed(ctx, s.shared.Publish(ctx, notices))
	}
}

// markOf makes the mark by which other replicas learn of a failure.
func (s *store) markOf(f *failure) tier.Mark {
	return tier.Mark{
		Text: s.tiers.EncodeError(f.err), InRow: f.inRow, Background: f.background, Rest: string(f.why),
	}
}

// ttl returns how long Redis keeps data: until they are dead, or a little less, so that entries of one batch do not all
// end at once. 0: not at all.
func (s *store) ttl(gen *generation, now time.Time) time.Duration {
	left := gen.life.deadAt.Sub(now)
	return max(left-scale(left, jitterShare/2*s.tiers.Rand()), 0).Truncate(time.Millisecond)
}
