package cache

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// gatherFor is how long keys that are refreshed behind wait for others of their tenant, so that a
// page of stale records costs one fetch, although each was peeked at alone.
const gatherFor = 3 * time.Millisecond

var errNoAnswer = errors.New("the fetch ended without an answer")

// call is the fetch under way of one key in this process. Everyone who needs the key joins it.
type call[M any] struct {
	done chan struct{} // closed once rec or err is set
	rec  *record[M]
	err  error

	waiting  atomic.Bool // a query waits for it
	interest *interest   // of the fetch, once it began; under the lock of the cache
	dropped  atomic.Bool // what it brings is out of date
	oldest   time.Time   // forced: only what was fetched later will do
}

// joined is a call as one caller sees it.
type joined[M any] struct {
	call *call[M]
	mine bool // this very caller began it
	held bool // it had ended before: memory knows how
}

// pending is one key of a batch.
type pending[K comparable, M any] struct {
	at      place[K]
	id      identity // in Redis
	call    *call[M]
	floor   uint64 // the highest generation known of the key
	settled bool   // done is closed
}

// gathering is the keys of one tenant that are about to be refreshed behind.
type gathering[K comparable, M any] struct{ batch []*pending[K, M] }

// begin joins or begins the calls of the keys in question; all that begin are one batch. The calls
// are given in the order of q.missing.
func (m *Many[K, R, M]) begin(ctx context.Context, q *question[K, M]) []joined[M] {
	now := m.tiers.Now()
	calls := make([]joined[M], len(q.missing))
	var batch []*pending[K, M]
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, key := range q.missing {
		at := place[K]{q.scope, key}
		c := m.calls[at]
		if c == nil {
			if over := m.ended(at, q.oldest, now); over != nil {
				calls[i] = joined[M]{call: over, mine: true, held: true}
				continue
			}
			p := m.enter(at, q.oldest)
			c, calls[i].mine = p.call, true
			batch = append(batch, p)
		}
		c.waiting.Store(true)
		c.interest.show()
		calls[i].call = c
	}
	batch = m.enterWorn(batch, q.scope, q.behind)
	m.start(ctx, batch, func(ctx context.Context) { m.run(ctx, q.scope, batch) })
	return calls
}

// gather begins a refresh of the keys behind, a little later and together with others.
func (m *Many[K, R, M]) gather(ctx context.Context, scope string, keys []worn[K]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	batch := m.enterWorn(nil, scope, keys)
	if g := m.behind[scope]; g != nil {
		g.batch = append(g.batch, batch...)
		return
	}
	m.behind[scope] = &gathering[K, M]{batch: batch}
	if !m.start(ctx, batch, func(ctx context.Context) { m.runGathered(ctx, scope) }) {
		delete(m.behind, scope)
	}
}

// runGathered waits for company, then runs what has gathered as one batch.
func (m *Many[K, R, M]) runGathered(ctx context.Context, scope string) {
	timer := time.NewTimer(gatherFor)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	m.mu.Lock()
	batch := m.behind[scope].batch
	delete(m.behind, scope)
	m.mu.Unlock()
	m.run(ctx, scope, batch)
}

// enter makes the call of a key. m.mu is held.
func (m *Many[K, R, M]) enter(at place[K], oldest time.Time) *pending[K, M] {
	c := &call[M]{done: make(chan struct{}), oldest: oldest}
	m.calls[at] = c
	return &pending[K, M]{at: at, call: c}
}

// enterWorn makes the calls of keys to refresh behind, but of those under way or refreshed by now.
// m.mu is held.
func (m *Many[K, R, M]) enterWorn(batch []*pending[K, M], scope string, keys []worn[K]) []*pending[K, M] {
	for _, w := range keys {
		at := place[K]{scope, w.key}
		if m.calls[at] != nil {
			continue
		}
		if rec, ok := m.memory.GetIfPresent(at); !ok || rec.held.Generation == w.seen {
			batch = append(batch, m.enter(at, time.Time{}))
		}
	}
	return batch
}

// start runs task for the batch, unless there is none or the cache is closed. m.mu is held.
func (m *Many[K, R, M]) start(
	ctx context.Context, batch []*pending[K, M], task func(ctx context.Context),
) bool {
	if len(batch) == 0 {
		return false
	}
	if m.work.start(ctx, task) {
		return true
	}
	m.leave(batch, ErrClosed)
	return false
}

// ended gives a call that is over already, where memory knows its end: a record that came between
// the caller's look and now, or a failure that is not to be repeated yet. nil: neither.
func (m *Many[K, R, M]) ended(at place[K], oldest, now time.Time) *call[M] {
	rec, state, ok := m.look(at, now)
	if rec == nil {
		return nil
	}
	c := &call[M]{done: make(chan struct{})}
	switch failed := rec.failed.Load(); {
	case ok && state != Expired && !rec.life.fetchedAt.Before(oldest):
		c.rec = rec
	case failed.binds(now, true):
		c.err = failed.err
	default:
		return nil
	}
	close(c.done)
	return c
}

// leave takes the calls of a batch out, and ends those that have no answer yet. m.mu is held.
func (m *Many[K, R, M]) leave(batch []*pending[K, M], err error) {
	for _, p := range batch {
		m.exit(p)
		p.settle(nil, err)
	}
}

// exit takes one call out: who comes from now on finds what it brought in memory, or begins anew.
// m.mu is held.
func (m *Many[K, R, M]) exit(p *pending[K, M]) {
	if m.calls[p.at] == p.call {
		delete(m.calls, p.at)
	}
}

// settle answers who waits, once.
func (p *pending[K, M]) settle(rec *record[M], err error) {
	if !p.settled {
		p.settled = true
		p.call.rec, p.call.err = rec, err
		close(p.call.done)
	}
}
