package loaders

import (
	"context"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"github.com/opsgraph/opsgraph/cache"
)

// gatherWindow is how long a miss waits for others of its level where the level is not known as a whole. Shorter buys nothing: idle
// timers round up to about this.
const gatherWindow = time.Millisecond

// answer is what a loader has for one key.
type answer[V any] struct {
	value V
	// found is false when the upstream has nothing under the key; value is then empty.
	found bool
	age   cache.Held[struct{}]
	err   error
}

// loader answers the keys of one kind within one operation: from memory at once, else gathered with other misses into one batch.
// The first answer to a key stays the answer for the whole operation.
type loader[K comparable, V any] struct {
	operation string
	named     func(K) string // the operation where it depends on the key, else nil
	uses      *uses
	maxAge    time.Duration
	now       time.Time
	peek      func(context.Context, K) (answer[V], bool)
	misses    *dataloader.Loader[K, answer[V]]

	mu   sync.Mutex
	seen map[K]answer[V]
}

func newLoader[K comparable, V any](
	ctx context.Context, set *Set, operation string,
	peek func(context.Context, K) (answer[V], bool), fetch func(context.Context, []K) map[K]answer[V],
) *loader[K, V] {
	l := &loader[K, V]{
		operation: operation, uses: &set.uses, maxAge: set.options.MaxAge, now: set.options.Now,
		peek: peek, seen: map[K]answer[V]{},
	}
	batch := func(_ context.Context, keys []K) []*dataloader.Result[answer[V]] {
		answers := fetch(ctx, keys)
		results := make([]*dataloader.Result[answer[V]], len(keys))
		for i, key := range keys {
			results[i] = &dataloader.Result[answer[V]]{Data: answers[key]}
		}
		return results
	}
	l.misses = dataloader.NewBatchedLoader(batch, dataloader.WithWait[K, answer[V]](gatherWindow))
	return l
}

// one answers a single key; a miss waits the gathering window for others.
func (l *loader[K, V]) one(ctx context.Context, key K) answer[V] {
	if a, ok := l.held(ctx, key); ok {
		return a
	}
	return l.settle(ctx, key, l.misses.Load(ctx, key))
}

// all answers the keys of a level that is known as a whole, in their order: its misses go at once, in one batch.
func (l *loader[K, V]) all(ctx context.Context, keys []K) []answer[V] {
	answers := make([]answer[V], len(keys))
	thunks := map[int]dataloader.Thunk[answer[V]]{}
	for i, key := range keys {
		if a, ok := l.held(ctx, key); ok {
			answers[i] = a
			continue
		}
		thunks[i] = l.misses.Load(ctx, key)
	}
	if len(thunks) > 0 {
		l.misses.Flush()
	}
	for i, thunk := range thunks {
		answers[i] = l.settle(ctx, keys[i], thunk)
	}
	return answers
}

// held is the answer that the operation has seen already or that memory has.
func (l *loader[K, V]) held(ctx context.Context, key K) (answer[V], bool) {
	l.mu.Lock()
	a, ok := l.seen[key]
	l.mu.Unlock()
	if ok {
		return a, true
	}
	a, ok = l.peek(ctx, key)
	if !ok || (l.maxAge > 0 && l.now.Sub(a.age.FetchedAt) > l.maxAge) {
		return answer[V]{}, false
	}
	return l.keep(key, a), true
}

func (l *loader[K, V]) settle(ctx context.Context, key K, thunk dataloader.Thunk[answer[V]]) answer[V] {
	a, err := thunk()
	if err != nil {
		a = answer[V]{err: err}
	}
	if a.err == nil && a.age.FetchedAt.IsZero() && ctx.Err() != nil {
		a.err = ctx.Err()
	}
	return l.keep(key, a)
}

// keep makes an answer the one of the operation, unless another one came first.
func (l *loader[K, V]) keep(key K, a answer[V]) answer[V] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first, ok := l.seen[key]; ok {
		return first
	}
	l.seen[key] = a
	operation := l.operation
	if l.named != nil {
		operation = l.named(key)
	}
	l.uses.note(operation, a.age, a.err)
	return a
}

// fromHeld is an answer that a snapshot gave.
func fromHeld[V any](held cache.Held[V], err error) answer[V] {
	return answer[V]{value: held.Value, found: err == nil, age: ageOf(held), err: err}
}

// fromOutcome is an answer that keyed data gave.
func fromOutcome[V any](outcome cache.Outcome[V]) answer[V] {
	a := answer[V]{found: outcome.Found && outcome.Err == nil, age: ageOf(outcome.Held), err: outcome.Err}
	if a.found {
		a.value = outcome.Held.Value
	}
	return a
}

func ageOf[V any](held cache.Held[V]) cache.Held[struct{}] {
	return cache.Held[struct{}]{
		Generation: held.Generation, FetchedAt: held.FetchedAt, StaleAt: held.StaleAt,
		State: held.State, Reason: held.Reason, Source: held.Source,
	}
}

// everyKey answers all keys with a function that is asked for one; used where there is only one key or the calls are independent.
func everyKey[K comparable, V any](keys []K, one func(K) answer[V]) map[K]answer[V] {
	answers := make(map[K]answer[V], len(keys))
	if len(keys) == 1 {
		answers[keys[0]] = one(keys[0])
		return answers
	}
	var (
		mu   sync.Mutex
		wait sync.WaitGroup
	)
	for _, key := range keys {
		wait.Go(func() {
			a := one(key)
			mu.Lock()
			defer mu.Unlock()
			answers[key] = a
		})
	}
	wait.Wait()
	return answers
}
