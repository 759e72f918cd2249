package loaders

import (
	"context"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"github.com/opsgraph/opsgraph/cache"
)

// gatherWindow is how long a miss waits for others of its level where the level is not known as a whole. A shorter one
// gains nothing: idle timers round up to about this.
const gatherWindow = time.Millisecond

// answer is what a loader has for one key.
type answer[V any] struct {
	value V
	// found is false when the upstream has nothing under the key; value is then empty.
	found bool
	age   cache.Held[struct{}]
	err   error
}

// loader answers the keys of one set of data within one operation: from memory at once, else gathered with other misses
// into one batch. The first answer to a key stays the answer for the whole operation.
type loader[K comparable, V any] struct {
	set       *Set
	operation string
	from      reads[K, V]
	maxAge    time.Duration

	mu sync.Mutex
	// first is the answer to the key that was answered first: most loaders have no other. seen has the others.
	first    *answer[V]
	firstKey K
	seen     map[K]*answer[V]
	begun    map[K]struct{} // sent before a field asked
	misses   *misses        // nil until something is missing
}

// misses gather keys that memory has no answer for. Keys and answers have no types here, so that the code is compiled
// once for all loaders.
type misses = dataloader.Loader[any, any]

// reads is what a loader asks: a [cache.Set], or what answers as one.
type reads[K comparable, V any] interface {
	Peek(ctx context.Context, scope string, key K) (cache.Outcome[V], bool)
	Get(ctx context.Context, scope string, keys []K, maxAge time.Duration) map[K]cache.Outcome[V]
	Look(scope string, key K) (V, cache.Holding)
}

// load is the operation's loader of a set of data.
func load[K comparable, V any](s *Set, from cache.Set[K, V]) *loader[K, V] {
	return loadWithin(s, from, s.options.MaxAge)
}

// loadWithin is the operation's loader of a set, which forces a refresh of data older than maxAge; zero forces none.
func loadWithin[K comparable, V any](s *Set, from cache.Set[K, V], maxAge time.Duration) *loader[K, V] {
	return loaderOf(s, from, reads[K, V](from), from.Operation(), maxAge)
}

// loaderOf is the operation's loader of what a pointer stands for; it is made when it is first asked for.
func loaderOf[K comparable, V any](
	s *Set, of any, from reads[K, V], operation string, maxAge time.Duration,
) *loader[K, V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.loaders {
		if l, ok := s.loaders[i].loader.(*loader[K, V]); ok && s.loaders[i].of == of {
			return l
		}
	}
	l := &loader[K, V]{set: s, operation: operation, from: from, maxAge: maxAge}
	s.loaders = append(s.loaders, struct{ of, loader any }{of, l})
	return l
}

// one answers a single key; a miss waits the gathering window for others.
func (l *loader[K, V]) one(ctx context.Context, key K) answer[V] {
	if a, ok := l.held(ctx, key); ok {
		return a
	}
	thunk := l.batches().Load(ctx, key)
	defer l.set.pause(ctx)(ctx)
	return l.settle(ctx, key, thunk)
}

// ask begins to answer a key at once and returns how to wait for it: for keys of several loaders that go together.
func (l *loader[K, V]) ask(ctx context.Context, key K) (wait func() answer[V]) {
	if a, ok := l.held(ctx, key); ok {
		return func() answer[V] { return a }
	}
	thunk := l.batches().Load(ctx, key)
	l.batches().Flush()
	return func() answer[V] {
		defer l.set.pause(ctx)(ctx)
		return l.settle(ctx, key, thunk)
	}
}

// all answers the keys of a level that is known as a whole, in their order: its misses go at once, in one batch.
func (l *loader[K, V]) all(ctx context.Context, keys []K) []answer[V] {
	return l.answers(ctx, keys, true)
}

// gathered answers keys like all, but their misses wait the gathering window for those of other fields: for calls that
// take many keys, so that fields of different levels and aliases share them.
func (l *loader[K, V]) gathered(ctx context.Context, keys []K) []answer[V] {
	return l.answers(ctx, keys, false)
}

func (l *loader[K, V]) answers(ctx context.Context, keys []K, atOnce bool) []answer[V] {
	answers := make([]answer[V], len(keys))
	missing := l.heldOf(ctx, keys, answers)
	if len(missing) == 0 {
		return answers
	}
	thunks := make([]dataloader.Thunk[any], len(missing))
	for n, i := range missing {
		thunks[n] = l.batches().Load(ctx, keys[i])
	}
	if atOnce {
		l.batches().Flush()
	}
	defer l.set.pause(ctx)(ctx)
	for n, i := range missing {
		answers[i] = l.settle(ctx, keys[i], thunks[n])
	}
	return answers
}

// heldOf fills in the answers of keys that are held, as held does, and returns the places of the others.
func (l *loader[K, V]) heldOf(ctx context.Context, keys []K, answers []answer[V]) (missing []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil && len(keys) > 1 {
		l.seen = make(map[K]*answer[V], len(keys))
	}
	for i, key := range keys {
		if known := l.known(key); known != nil {
			answers[i] = *known
			continue
		}
		if _, begun := l.begun[key]; !begun {
			if outcome, ok := l.peek(ctx, key); ok {
				answers[i] = answerOf(outcome)
				l.note(key, &answers[i])
				continue
			}
		}
		missing = append(missing, i)
	}
	return missing
}

// batches gathers what is missing.
func (l *loader[K, V]) batches() *misses {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.misses == nil {
		l.misses = dataloader.NewBatchedLoader(l.batch, dataloader.WithWait[any, any](gatherWindow))
	}
	return l.misses
}

// batch reads what was gathered, on the operation's context: not on that of the field that asked first.
func (l *loader[K, V]) batch(_ context.Context, gathered []any) []*dataloader.Result[any] {
	reading, end := l.set.batch(l.operation, len(gathered))
	defer end()
	keys := make([]K, len(gathered))
	for i, key := range gathered {
		keys[i] = key.(K)
	}
	outcomes := l.from.Get(reading, l.set.options.Scope, keys, l.maxAge)
	results := make([]*dataloader.Result[any], len(keys))
	for i, key := range keys {
		results[i] = &dataloader.Result[any]{Data: answerOf(outcomes[key])}
	}
	return results
}

// held is the answer that the operation has seen already or that memory has; that of a key that was begun is its
// batch's.
func (l *loader[K, V]) held(ctx context.Context, key K) (answer[V], bool) {
	l.mu.Lock()
	known := l.known(key)
	_, begun := l.begun[key]
	l.mu.Unlock()
	switch {
	case known != nil:
		return *known, true
	case begun:
		return answer[V]{}, false
	}
	return l.inMemory(ctx, key)
}

// inMemory is the answer that memory has.
func (l *loader[K, V]) inMemory(ctx context.Context, key K) (answer[V], bool) {
	outcome, ok := l.peek(ctx, key)
	if !ok {
		return answer[V]{}, false
	}
	return l.keep(key, answerOf(outcome)), true
}

// peek is what memory has that is new enough.
func (l *loader[K, V]) peek(ctx context.Context, key K) (cache.Outcome[V], bool) {
	options := &l.set.options
	outcome, ok := l.from.Peek(ctx, options.Scope, key)
	return outcome, ok && (l.maxAge == 0 || options.Now.Sub(outcome.Held.FetchedAt) <= l.maxAge)
}

func (l *loader[K, V]) settle(ctx context.Context, key K, thunk dataloader.Thunk[any]) answer[V] {
	gathered, err := thunk()
	a, _ := gathered.(answer[V])
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
	if known := l.known(key); known != nil {
		return *known
	}
	l.note(key, &a)
	return a
}

// known is the answer that the operation has seen; nil for none. The lock is held.
func (l *loader[K, V]) known(key K) *answer[V] {
	if l.first != nil && l.firstKey == key {
		return l.first
	}
	return l.seen[key]
}

// note makes an answer the one of the operation; the lock is held.
func (l *loader[K, V]) note(key K, a *answer[V]) {
	if l.first == nil {
		l.first, l.firstKey = a, key
	} else {
		if l.seen == nil {
			l.seen = map[K]*answer[V]{}
		}
		l.seen[key] = a
	}
	var rests cache.Rest
	if l.set.options.Explain && a.age.State != cache.Fresh {
		_, holding := l.from.Look(l.set.options.Scope, key)
		rests = holding.Rests
	}
	l.set.uses.note(l.operation, a.age, rests, a.err)
}

// answerOf is the answer of an outcome.
func answerOf[V any](outcome cache.Outcome[V]) answer[V] {
	held := outcome.Held
	a := answer[V]{
		found: outcome.Found && outcome.Err == nil,
		age: cache.Held[struct{}]{
			Generation: held.Generation, FetchedAt: held.FetchedAt, StaleAt: held.StaleAt,
			State: held.State, Reason: held.Reason, Source: held.Source,
			Standing: held.Standing,
		},
		err: outcome.Err,
	}
	if a.found {
		a.value = held.Value
	}
	return a
}

// each finds something for each item of a level, in their order; for a nil item nothing.
func each[P, V any](of []*P, find func(*P) *V) []*V {
	found := make([]*V, len(of))
	for i, item := range of {
		if item != nil {
			found[i] = find(item)
		}
	}
	return found
}

// found is a value, or nil when it was not found.
func found[V any](value V, ok bool) *V {
	if !ok {
		return nil
	}
	return &value
}
