package cache

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	// CallersFault reports whether an error concerns the credentials of the caller alone: that caller gets it even where
	// memory has old data, and it is not held against other callers. Nil: what the tiers say.
	CallersFault func(error) bool
}

// Set holds the data of one operation, whatever they were fetched as. It is safe for concurrent use. It only gives
// types to what its store holds.
type Set[K comparable, V any] struct {
	store *store
	text  func(K) string
}

// errIncomplete is the error of a dataset that lacks a needed part.
var errIncomplete = errors.New("operation, key, fetch and build are needed, and rows with KeepOneEmpty")

// New checks a dataset and makes an empty set for it. It asks nobody anything.
func New[K comparable, R, V any](d Dataset[K, R, V], tiers Tiers) (*Set[K, V], error) {
	err := d.Ages.check()
	if d.Operation == "" || d.Key == nil || d.Fetch == nil || d.Build == nil || d.KeepOneEmpty && d.Rows == nil {
		err = errIncomplete
	}
	var s *store
	if err == nil {
		s, err = newStore(boxed(d), Shape[R](), tiers)
	}
	if err != nil {
		return nil, fmt.Errorf("dataset %q: %w", d.Operation, err)
	}
	s.decode = func(plain []byte) (any, error) {
		var record R
		err := json.Unmarshal(plain, &record)
		return record, err
	}
	return &Set[K, V]{store: s, text: d.Key}, nil
}

// boxed is a dataset without its types.
func boxed[K comparable, R, V any](d Dataset[K, R, V]) Dataset[any, any, any] {
	b := Dataset[any, any, any]{
		Operation: d.Operation, Ages: d.Ages, Alone: d.Alone, KeepOneEmpty: d.KeepOneEmpty, LeaseFor: d.LeaseFor,
		NotFoundFor: d.NotFoundFor, FetchTimeout: d.FetchTimeout, MaxBytes: d.MaxBytes, CallersFault: d.CallersFault,
		Fetch: func(ctx context.Context, scope string, keys []any) map[any]Result[any] {
			typed := make([]K, len(keys))
			for i, key := range keys {
				typed[i] = key.(K)
			}
			results := d.Fetch(ctx, scope, typed)
			out := make(map[any]Result[any], len(results))
			for key, r := range results {
				out[key] = Result[any]{Record: r.Record, Err: r.Err}
			}
			return out
		},
		Build: func(scope string, key, record any) (any, int64) { return d.Build(scope, key.(K), record.(R)) },
	}
	if d.AgesOf != nil {
		b.AgesOf = func(record any) Ages { return d.AgesOf(record.(R)) }
	}
	if d.Rows != nil {
		b.Rows = func(record any) int { return d.Rows(record.(R)) }
	}
	return b
}

// Operation is the upstream operation that the data are of.
func (s *Set[K, V]) Operation() string { return s.store.Operation }

// Peek answers from memory and never waits. True: the entry is fresh, or stale, and then a refresh runs in the
// background with the values of ctx. False: ask [Set.Get].
func (s *Set[K, V]) Peek(ctx context.Context, scope string, key K) (o Outcome[V], ok bool) {
	gen, state, due, reason := s.store.peek(ctx, s.at(scope, key), time.Time{})
	if gen == nil {
		return o, false
	}
	if due != nil {
		due.key = key
		s.store.refreshDue(ctx, []*want{due})
	}
	o.fill(gen, state, SourceMemory, reason)
	return o, true
}

// Get answers each key: from memory, else from Redis in one trip for all, else from the flights under way and one fetch
// for the rest. It waits while ctx lives; a little before its deadline, and when a refresh fails, entries past stale
// are answered as Expired with the reason. maxAge over 0 forces a refresh of older entries, once in [Tiers.ForceEvery]
// at most for each.
func (s *Set[K, V]) Get(ctx context.Context, scope string, keys []K, maxAge time.Duration) map[K]Outcome[V] {
	out := make(map[K]Outcome[V], len(keys))
	var oldest time.Time
	if maxAge > 0 {
		oldest = s.store.tiers.Now().Add(-maxAge)
	}
	var missing, due []*want
	for _, key := range keys {
		if _, seen := out[key]; seen {
			continue
		}
		at := s.at(scope, key)
		gen, state, soon, reason := s.store.peek(ctx, at, oldest)
		var o Outcome[V]
		if gen == nil {
			missing = append(missing, &want{at: at, key: key, oldest: oldest})
		} else {
			o.fill(gen, state, SourceMemory, reason)
		}
		out[key] = o
		if soon != nil {
			soon.key = key
			due = append(due, soon)
		}
	}
	s.store.get(ctx, missing, due)
	for _, w := range missing {
		out[w.key.(K)] = outcomeOf[V](&w.answer)
	}
	return out
}

// One is Get for a single key.
func (s *Set[K, V]) One(ctx context.Context, scope string, key K, maxAge time.Duration) Outcome[V] {
	return s.Get(ctx, scope, []K{key}, maxAge)[key]
}

// Look returns what memory has of a key, without any effect on it. The value is what queries read, the zero value when
// nothing is held or the upstream has none. It never waits.
func (s *Set[K, V]) Look(scope string, key K) (V, Sight) {
	held, sight := s.store.look(s.at(scope, key))
	value, _ := held.(V)
	return value, sight
}

// Changed returns a channel that is closed when a newer generation of the key than the present one is in memory. It may
// be closed without one (when memory had to make room): look again.
func (s *Set[K, V]) Changed(scope string, key K) <-chan struct{} {
	return s.store.changed(s.at(scope, key))
}

// Drop forgets entries of one tenant, in this process and in Redis, also those that a fetch under way would bring.
// Other replicas notice when theirs turn stale. An error means that Redis may still have them.
func (s *Set[K, V]) Drop(ctx context.Context, scope string, keys ...K) error {
	all := make([]Key, len(keys))
	for i, key := range keys {
		all[i] = s.at(scope, key)
	}
	return s.store.drop(ctx, all)
}

// Close ends the fetches under way and waits for them. What memory holds can still be peeked at.
func (s *Set[K, V]) Close() { s.store.work.close() }

func (s *Set[K, V]) at(scope string, key K) Key { return Key{Scope: scope, Part: s.text(key)} }
