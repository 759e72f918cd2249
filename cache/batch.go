package cache

import (
	"context"
	"slices"
	"time"
)

// run is one batch: Redis, the upstream for the rest, then Redis is told.
func (m *Many[K, R, M]) run(ctx context.Context, scope string, batch []*pending[K, M]) {
	left := m.load(ctx, scope, batch)
	if m.single() {
		m.inTurn(ctx, scope, left)
	} else {
		m.refresh(ctx, scope, left)
	}
	m.mu.Lock()
	m.leave(batch, errNoAnswer)
	m.mu.Unlock()
}

// refresh asks the upstream for the keys, answers who waits, and tells Redis.
func (m *Many[K, R, M]) refresh(ctx context.Context, scope string, left []*pending[K, M]) {
	if len(left) == 0 {
		return
	}
	writes := m.fetch(ctx, scope, left)
	if len(writes) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shareTimeout)
	defer cancel()
	if err := m.shared.write(ctx, writes); err != nil {
		m.events.fail(EventRedisError, err)
	}
}

// fetch asks the upstream for the keys, in one fetch, answers who waits, and gives what Redis should
// know.
func (m *Many[K, R, M]) fetch(ctx context.Context, scope string, left []*pending[K, M]) []entryToWrite {
	began := m.tiers.Now()
	keys := make([]K, len(left))
	for i, p := range left {
		keys[i] = p.at.key
	}
	ctx, cancel := context.WithTimeout(withInterest(ctx, m.interest(left)), m.cfg.FetchTimeout)
	defer cancel()
	results, err := m.ask(ctx, scope, keys)
	if err == nil {
		err = context.Cause(ctx) // what is missing now was not asked, rather than does not exist
	}
	took := max(m.tiers.Now().Sub(began), 0)
	var writes []entryToWrite
	var failures []error
	for _, p := range left {
		result, ok := results[p.at.key]
		if !ok && err != nil {
			result.Err = err
		}
		var rec *record[M]
		at := stamp{
			generation: m.number(began, p.floor),
			fetchedAt:  began,
			cost:       took,
			jitter:     m.tiers.Rand(),
		}
		if result.Err == nil {
			rec, result.Err = m.build(p.at.key, result.Record, ok, at, SourceUpstream)
		}
		if result.Err != nil {
			failures = append(failures, result.Err)
			m.failed(p, result.Err)
			continue
		}
		if m.keep(p, rec, true) && m.shared != nil {
			writes = m.enlist(writes, p, rec, at, result.Record)
		}
		p.settle(rec, nil)
	}
	m.report(ctx, len(left)-len(failures), failures, took)
	return writes
}

// interest gives that in the fetch of keys, which begins: one for all of them.
func (m *Many[K, R, M]) interest(left []*pending[K, M]) *interest {
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.ContainsFunc(left, func(p *pending[K, M]) bool { return !p.settled && p.call.waiting.Load() }) {
		return nil
	}
	shared := newInterest()
	for _, p := range left {
		p.call.interest = shared
	}
	return shared
}

// report tells how a fetch went: once, however many keys it had.
func (m *Many[K, R, M]) report(ctx context.Context, fetched int, failures []error, took time.Duration) {
	if fetched > 0 {
		m.events.on(Event{Operation: m.cfg.Operation, Kind: EventRefresh, Count: fetched, Took: took})
	}
	if n := len(failures); n > 0 {
		m.events.on(Event{
			Operation: m.cfg.Operation, Kind: EventRefreshFailed, Count: n, Err: failures[0],
		})
		logFailure(ctx, m.tiers.Logger, m.cfg.Operation, failures[0])
	}
}

// ask calls Fetch and turns a panic into an error.
func (m *Many[K, R, M]) ask(
	ctx context.Context, scope string, keys []K,
) (results map[K]Result[R], err error) {
	defer catch(&err)
	return m.cfg.Fetch(ctx, scope, keys), nil
}

// build makes the record of a key, or of its absence.
func (m *Many[K, R, M]) build(key K, r R, found bool, at stamp, from string) (rec *record[M], err error) {
	defer catch(&err)
	if !found {
		var none M
		ages := Ages{Fresh: m.cfg.NegativeFor, Stale: m.cfg.NegativeFor, Dead: m.cfg.NegativeFor}
		return newRecord(none, false, 0, ages, at, from), nil
	}
	ages := m.cfg.Ages
	if m.cfg.AgesOf != nil {
		ages = m.cfg.AgesOf(r)
		if err := ages.check(); err != nil {
			return nil, err
		}
	}
	value, bytes := m.cfg.Build(key, r)
	return newRecord(value, true, bytes, ages, at, from), nil
}

// number is the generation of a fetch: the time, above all that is known of the key, and never twice.
func (m *Many[K, R, M]) number(began time.Time, floor uint64) uint64 {
	for {
		last := m.last.Load()
		next := max(uint64(max(began.UnixMicro(), 1)), last+1, floor+1)
		if m.last.CompareAndSwap(last, next) {
			return next
		}
	}
}

// keep puts a record in memory unless its key was dropped meanwhile or memory has a newer one. ends:
// the call ends with it, and who comes from now on finds the record.
func (m *Many[K, R, M]) keep(p *pending[K, M], rec *record[M], ends bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p.call.dropped.Load() {
		return false
	}
	if old, ok := m.memory.GetIfPresent(p.at); ok {
		if old.held.Generation >= rec.held.Generation {
			return false
		}
		rec.forcedAt.Store(old.forcedAt.Load())
	}
	m.memory.Set(p.at, rec)
	if ends {
		m.exit(p)
	}
	return true
}

// failed remembers why a key could not be read, so that the next caller does not ask at once again.
func (m *Many[K, R, M]) failed(p *pending[K, M], err error) {
	now := m.tiers.Now()
	m.mu.Lock()
	m.exit(p)
	if !p.call.dropped.Load() && m.work.ctx.Err() == nil && !m.cfg.CallersFault(err) {
		var last *failure
		old, _ := m.memory.GetIfPresent(p.at)
		if old != nil {
			last = old.failed.Load()
		}
		next := last.after(err, now, m.tiers.Rand, p.call.interest.none())
		if old == nil || old.held.Generation == 0 {
			m.memory.Set(p.at, newFailedRecord[M](next))
		} else {
			old.failed.Store(next)
		}
	}
	m.mu.Unlock()
	p.settle(nil, err)
}
