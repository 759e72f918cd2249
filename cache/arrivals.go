package cache

import (
	"context"
	"sync"

	"github.com/opsgraph/opsgraph/cache/tier"
)

// arrivals take the results of a fetch of several keys as they come, so that a caller whose time ends has what was read
// by then. The fetch's own answer counts for the keys that none came for.
type arrivals struct {
	take func(key any, r Result[any], found bool)
}

type arrivalsKey struct{}

// Arrived hands over the result of one key inside a fetch, before the fetch ends; found is false for a key that does
// not exist upstream. Its answer, if it has one for the key, must be the same.
func Arrived[K comparable, R any](ctx context.Context, key K, r Result[R], found bool) {
	if a, _ := ctx.Value(arrivalsKey{}).(*arrivals); a != nil {
		a.take(key, Result[any]{Record: r.Record, Err: r.Err}, found)
	}
}

// landing ends the flights of one fetch, each once.
type landing struct {
	store *store
	began tier.Stamp // of the fetch, without its cost

	mu     sync.Mutex
	left   map[any]*flight
	failed []error
	landed int
	news   bool // a failure is no repeated refusal
}

// arriving returns a context in which results are taken as they come.
func (l *landing) arriving(ctx context.Context) context.Context {
	return context.WithValue(ctx, arrivalsKey{}, &arrivals{take: func(key any, r Result[any], found bool) {
		l.land(ctx, key, r, found)
	}})
}

// land ends the flight of a key with a result, unless it has ended.
func (l *landing) land(ctx context.Context, key any, r Result[any], found bool) {
	s := l.store
	l.mu.Lock()
	f := l.left[key]
	delete(l.left, key)
	l.mu.Unlock()
	if f == nil {
		return
	}
	at := l.began
	at.Cost = max(s.tiers.Now().Sub(at.FetchedAt), 0)
	f.record, f.absent = r.Record, !found
	gen, err := s.receive(f, r.Err, at)
	now := s.tiers.Now()
	news := err != nil && !refusedAgain(f, err) // before the failure is remembered
	s.mu.Lock()
	if err != nil {
		s.fail(ctx, f, err, now)
	} else {
		s.deliver(f, gen, now)
	}
	s.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.landed++; err != nil {
		l.failed = append(l.failed, err)
	}
	l.news = l.news || news
}
