package cache

import (
	"context"
	"time"
)

// Dataset says what the data of one upstream operation are: how they are named, fetched, built and how long they are
// answered. K names one entry, R is what the upstream answered for it and must come through JSON unchanged, V is what
// queries read. [New] makes the [Set] that holds the data.
type Dataset[K comparable, R, V any] struct {
	// Operation names the data, for keys, events and errors.
	Operation string
	Ages      Ages
	// AgesOf are the ages of one entry where they depend on what it says, such as whether a job has ended. Nil: Ages.
	AgesOf func(R) Ages
	// Key is the key as text, different for different keys. It runs at each peek: it should not allocate where it can.
	Key func(K) string
	// Fetch reads some entries of one tenant. A key that is missing from the answer does not exist upstream. Its context
	// carries the values of the caller that began it, outlives that caller, and ends after FetchTimeout. See [Awaited].
	Fetch func(ctx context.Context, scope string, keys []K) map[K]Result[R]
	// Build makes what queries read, and its size in memory in bytes, about. It runs once an entry or generation and
	// must not change what was fetched.
	Build func(scope string, key K, fetched R) (V, int64)
	// Rows is how many rows an answer has, for lists that are read whole; nil where that means nothing.
	Rows func(R) int
	// Alone has each key fetched by itself: a batch is one key. For lists that are read whole.
	Alone bool
	// KeepOneEmpty distrusts the first answer without rows after one with rows: the rows stay, stale, until the next
	// refresh confirms it. It needs Rows.
	KeepOneEmpty bool
	// LeaseFor makes refreshes single across replicas: it is how soon another replica takes over from one that died
	// while refreshing. Zero: refreshes are single in the process only.
	LeaseFor time.Duration
	// NotFoundFor is how long it is remembered that an entry does not exist. Zero: 10 s.
	NotFoundFor time.Duration
	// FetchTimeout bounds one fetch. Zero: 10 s.
	FetchTimeout time.Duration
	// MaxBytes bounds what Build counted and some bytes for each entry; those asked for least leave first. Zero: what
	// the tiers say.
	MaxBytes int64
	// CallersFault tells an error that concerns the credentials of the caller alone: that caller gets it even where
	// memory has old data, and it is not held against other callers. Nil: what the tiers say.
	CallersFault func(error) bool
}

// Set holds the data of one operation, whatever they were fetched as. It is safe for concurrent use.
type Set[K comparable, V any] struct {
	operation string
	peek      func(ctx context.Context, scope string, key K) (Outcome[V], bool)
	get       func(ctx context.Context, scope string, keys []K, maxAge time.Duration) map[K]Outcome[V]
	look      func(scope string, key K) (V, Sight)
	drop      func(ctx context.Context, scope string, keys ...K) error
	end       func()
}

// New checks a dataset and makes an empty set for it. It asks nobody anything.
func New[K comparable, R, V any](d Dataset[K, R, V], tiers Tiers) (*Set[K, V], error) {
	m, err := NewMany(ManyConfig[K, R, V]{
		Operation: d.Operation, Ages: d.Ages, AgesOf: d.AgesOf, Text: d.Key, Fetch: d.Fetch,
		Build:       func(key K, fetched R) (V, int64) { return d.Build("", key, fetched) },
		NegativeFor: d.NotFoundFor, MaxBytes: d.MaxBytes, Tiers: tiers, FetchTimeout: d.FetchTimeout,
		LeaseFor: d.LeaseFor, CallersFault: d.CallersFault,
	})
	if err != nil {
		return nil, err
	}
	return &Set[K, V]{operation: d.Operation, peek: m.Peek, get: m.Get, look: m.Look, drop: m.Drop, end: m.Close}, nil
}

// Operation is the upstream operation that the data are of.
func (s *Set[K, V]) Operation() string { return s.operation }

// Peek answers from memory and never waits. True: the entry is fresh, or stale, and then a refresh runs in the
// background with the values of ctx. False: only [Set.Get] can tell.
func (s *Set[K, V]) Peek(ctx context.Context, scope string, key K) (Outcome[V], bool) {
	return s.peek(ctx, scope, key)
}

// Get answers each key: from memory, else from Redis, else from the fetch under way or a new one. It waits while ctx
// lives; a little before its deadline, and when a refresh fails, entries past stale are answered as Expired with the
// reason. maxAge over 0 forces a refresh of older entries, once a minute at most for each.
func (s *Set[K, V]) Get(ctx context.Context, scope string, keys []K, maxAge time.Duration) map[K]Outcome[V] {
	return s.get(ctx, scope, keys, maxAge)
}

// One is Get for a single key.
func (s *Set[K, V]) One(ctx context.Context, scope string, key K, maxAge time.Duration) Outcome[V] {
	return s.get(ctx, scope, []K{key}, maxAge)[key]
}

// Look tells what memory has of a key, without any effect on it. It never waits.
func (s *Set[K, V]) Look(scope string, key K) (V, Sight) { return s.look(scope, key) }

// Changed gives a channel that is closed when a newer generation of the key than the present one is in memory. It may be
// closed without one: look again.
func (s *Set[K, V]) Changed(_ string, _ K) <-chan struct{} { return nil }

// Drop forgets entries of one tenant, in this process and in Redis, also those that a fetch under way would bring. An
// error means that Redis may still have them.
func (s *Set[K, V]) Drop(ctx context.Context, scope string, keys ...K) error {
	return s.drop(ctx, scope, keys...)
}

// Close ends the fetches under way and waits for them. What memory holds can still be peeked at.
func (s *Set[K, V]) Close() { s.end() }
