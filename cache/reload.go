package cache

import (
	"context"
	"fmt"
)

// load looks into Redis for all keys of a batch, in one trip, and gives those that still need the
// upstream. Records from Redis are in memory by then; a waiting query is answered with fresh or stale
// ones at once.
func (m *Many[K, R, M]) load(ctx context.Context, scope string, batch []*pending[K, M]) []*pending[K, M] {
	if m.shared == nil {
		return batch
	}
	ids := make([]identity, len(batch))
	for i, p := range batch {
		p.id = m.shared.identity(scope, m.cfg.Text(p.at.key))
		ids[i] = p.id
	}
	found, err := m.shared.read(ctx, ids)
	if err != nil {
		m.events.fail(EventRedisError, err)
		return batch // a failing Redis is a miss
	}
	left := batch[:0:0]
	hits := 0
	for i, p := range batch {
		p.floor = found[i].generation
		rec := m.revive(ctx, p, &found[i])
		if rec == nil {
			left = append(left, p)
			continue
		}
		state, _ := rec.life.state(m.tiers.Now())
		old := rec.life.fetchedAt.Before(p.call.oldest)
		enough := state == Fresh && !old
		kept := m.keep(p, rec, enough)
		if kept {
			hits++
		}
		if kept && state != Expired && !old {
			p.settle(rec, nil)
		}
		if !kept || !enough {
			left = append(left, p)
		}
	}
	m.events.count(EventRedisHit, hits)
	return left
}

// revive builds the record of what Redis had; nil when it is of no use.
func (m *Many[K, R, M]) revive(ctx context.Context, p *pending[K, M], found *stored) *record[M] {
	if !found.usable {
		return nil
	}
	var r R
	if !found.header.Absent {
		if err := parse(found.plain, &r); err != nil {
			m.shared.discard(ctx, p.id, found.raw, err)
			return nil
		}
	}
	now := m.tiers.Now()
	rec, err := m.build(p.at.key, r, !found.header.Absent, found.header.stamp(now), SourceRedis)
	if err != nil {
		m.events.fail(EventCorrupt, fmt.Errorf("build: %w", err))
		return nil
	}
	if _, alive := rec.life.state(now); !alive {
		return nil
	}
	return rec
}

// enlist adds a record to what is written to Redis.
func (m *Many[K, R, M]) enlist(
	writes []entryToWrite, p *pending[K, M], rec *record[M], at stamp, r R,
) []entryToWrite {
	ttl := ttlOf(&rec.life, m.tiers.Now(), m.tiers.Rand)
	if ttl <= 0 {
		return writes
	}
	e := entryToWrite{id: p.id, header: p.id.header(), ttl: ttl}
	e.header.set(at)
	if e.header.Absent = !rec.found; rec.found {
		e.value = r
	}
	return append(writes, e)
}
