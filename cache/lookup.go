package cache

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Peek answers from memory and never waits. True: the record is fresh, or stale, and then a refresh
// runs behind with the values of ctx. False: only [Many.Get] can tell.
func (m *Many[K, R, M]) Peek(ctx context.Context, scope string, key K) (Outcome[M], bool) {
	now := m.tiers.Now()
	rec, state, ok := m.look(place[K]{scope, key}, now)
	if !ok || state == Expired {
		return Outcome[M]{}, false
	}
	if state == Stale {
		m.events.emit(EventStale)
	} else {
		m.events.emit(EventHit)
	}
	if m.due(rec, state, now) {
		m.gather(ctx, scope, []worn[K]{{key, rec.held.Generation}})
	}
	return rec.outcome(state, SourceMemory), true
}

// Get answers each key: from memory, else from Redis in one trip for all, else from the fetches in
// flight and one fetch for all the rest; what comes is written to Redis in one trip. What is stale
// is answered as it is and refreshed behind. It waits while ctx lives; a little before its deadline,
// and when a refresh fails, records past stale are answered as Expired with the reason.
// maxAge over 0 forces a refresh of older records, once a minute at most for each.
func (m *Many[K, R, M]) Get(
	ctx context.Context, scope string, keys []K, maxAge time.Duration,
) map[K]Outcome[M] {
	now := m.tiers.Now()
	q := question[K, M]{scope: scope, out: make(map[K]Outcome[M], len(keys))}
	if maxAge > 0 {
		q.oldest = now.Add(-maxAge)
	}
	hits, stale := 0, 0
	for _, key := range keys {
		if _, seen := q.out[key]; seen {
			continue
		}
		rec, state, ok := m.look(place[K]{scope, key}, now)
		if !ok || state == Expired || rec.life.fetchedAt.Before(q.oldest) && rec.mayForce(now, m.tiers.ForceEvery) {
			q.out[key] = Outcome[M]{}
			q.missing = append(q.missing, key)
			continue
		}
		q.out[key] = rec.outcome(state, SourceMemory)
		if state == Stale {
			stale++
		} else {
			hits++
		}
		if m.due(rec, state, now) {
			q.behind = append(q.behind, worn[K]{key, rec.held.Generation})
		}
	}
	m.events.count(EventHit, hits)
	m.events.count(EventStale, stale)
	m.events.count(EventMiss, len(q.missing))
	switch {
	case len(q.missing) > 0:
		m.wait(ctx, &q)
	case len(q.behind) > 0:
		m.gather(ctx, scope, q.behind)
	}
	return q.out
}

// question is what one Get still has to find out.
type question[K comparable, M any] struct {
	scope   string
	missing []K       // the caller waits for these
	behind  []worn[K] // these are answered, and refreshed along with them
	oldest  time.Time // records fetched before will not do; zero: all will
	out     map[K]Outcome[M]
}

// worn is a key whose record is due to be refreshed, and the generation that is.
type worn[K comparable] struct {
	key  K
	seen uint64
}

// wait asks for the keys that are missing, and fills in the answers.
func (m *Many[K, R, M]) wait(ctx context.Context, q *question[K, M]) {
	soon, stop := beforeDeadline(ctx)
	defer stop()
	for len(q.missing) > 0 {
		calls := m.begin(ctx, q)
		again := q.missing[:0:0]
		for i, key := range q.missing {
			answer, ended := m.await(ctx, place[K]{q.scope, key}, calls[i], soon)
			if ended {
				q.out[key] = answer
			} else {
				again = append(again, key)
			}
		}
		q.missing, q.behind = again, nil
	}
}

// await follows the call of one key. False: it ended without a word on this caller's need.
func (m *Many[K, R, M]) await(
	ctx context.Context, at place[K], j joined[M], soon <-chan struct{},
) (Outcome[M], bool) {
	for {
		select {
		case <-j.call.done:
			return m.landed(at, j)
		case <-soon:
			soon = nil
			if answer := m.old(at, context.DeadlineExceeded); answer.Err == nil {
				return answer, true
			}
		case <-ctx.Done():
			return m.old(at, context.Cause(ctx)), true
		}
	}
}

// landed answers with what a call brought.
func (m *Many[K, R, M]) landed(at place[K], j joined[M]) (Outcome[M], bool) {
	c := j.call
	switch {
	case c.dropped.Load(), errors.Is(c.err, errElsewhere):
		return Outcome[M]{}, false
	case c.err != nil && !j.mine && m.cfg.CallersFault(c.err):
		return Outcome[M]{}, false // what another caller may not do says nothing about this one
	case c.err != nil && m.cfg.CallersFault(c.err):
		return Outcome[M]{Err: fmt.Errorf("refresh %s: %w", m.cfg.Operation, c.err)}, true
	case c.err != nil:
		return m.old(at, c.err), true
	}
	state, _ := c.rec.life.state(m.tiers.Now())
	if j.held {
		return c.rec.outcome(state, SourceMemory), true
	}
	return c.rec.outcome(state, c.rec.from), true
}

// old answers with the record that memory has although it should have been refreshed, or with why
// it was not.
func (m *Many[K, R, M]) old(at place[K], why error) Outcome[M] {
	rec, state, ok := m.look(at, m.tiers.Now())
	if !ok {
		return Outcome[M]{Err: fmt.Errorf("refresh %s: %w", m.cfg.Operation, why)}
	}
	if state == Expired {
		m.events.emit(EventExpired)
	}
	answer := rec.outcome(state, SourceMemory)
	answer.Held.Reason = why
	return answer
}
