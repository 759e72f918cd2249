package cache

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache/record"
)

// Dataset describes the data of one upstream operation: how they are named, fetched and built, and how long they are
// answered. K names one entry. R is the upstream's record of it, which JSON must keep unchanged, or as a row of
// [Fetched] package record. V is the value that
// queries read. [New] makes the [Set] that holds the data.
type Dataset[K comparable, R, V any] struct {
	// Operation names the data, for keys, events and errors.
	Operation string
	Ages      Ages
	// AgesOf returns the ages of one entry when they depend on its record, such as whether a job has ended. Nil: Ages.
	AgesOf func(R) Ages
	// Key returns the key as text, different for different keys. It runs at each peek and should not allocate.
	Key func(K) string
	// Fetch reads some entries of one tenant. A key that is missing from the answer does not exist upstream. Its context
	// carries the values of the caller that began it, outlives that caller, and ends after FetchTimeout. See [Awaited].
	Fetch func(ctx context.Context, scope string, keys []K) map[K]Result[R]
	// Build makes the value that queries read, and returns its approximate size in bytes. It runs once a generation and
	// must not change the record.
	Build func(scope string, key K, fetched R) (V, int64)
	// Complete adds to a fetched record what it lacks and the one before has; it must not change the latter. Only records
	// that Keep reports are kept in memory for it, as bytes. Both or neither are nil. It is not called for a record of
	// which Lacks reports that it lacks nothing; nil: it is for all.
	Complete func(key K, before, fetched R) R
	Keep     func(R) bool
	Lacks    func(R) bool
	// Rows counts the rows of an answer; nil unless the data are a whole list.
	Rows func(R) int
	// Alone makes each batch one key. For whole lists.
	Alone bool
	// KeepOneEmpty distrusts the first answer without rows after one with rows: the rows stay, stale, until the next
	// refresh confirms it. It needs Rows.
	KeepOneEmpty bool
	// LeaseFor lets one replica at a time refresh a key: it is how soon another one takes over from one that died. Zero:
	// each replica refreshes.
	LeaseFor time.Duration
	// NotFoundFor is how long it is remembered that an entry does not exist. Zero: 10 s.
	NotFoundFor time.Duration
	// FetchTimeout bounds one fetch. Zero: 10 s.
	FetchTimeout time.Duration
	// MaxBytes bounds the sizes that Build returned, with an overhead for each entry. Zero: see [Tiers.MaxBytes].
	MaxBytes int64
	// CallersFault reports whether an error is about the caller's own credentials: only that caller gets it, even when
	// memory has old data, and the key does not count as failed. Nil: see [Tiers.CallersFault].
	CallersFault func(error) bool
}

// Set holds the data of one operation. It is safe for concurrent use. It only gives types to the data of its store, and
// is an interface so that a package that merely names a set does not compile all methods of it once more.
type Set[K comparable, V any] interface {
	// Operation returns the name of the upstream operation.
	Operation() string
	// Peek answers from memory and never waits. It returns false when the entry is neither fresh nor stale: use Get then.
	// A stale entry is refreshed in the background, with the values of ctx.
	Peek(ctx context.Context, scope string, key K) (o Outcome[V], ok bool)
	// Get answers each key: from memory, else from a flight under way, else from Redis in one trip and from the upstream
	// in one fetch. It waits while ctx lives; a little before its deadline, and when a refresh fails, old entries are
	// answered as Expired with the reason. A positive maxAge forces a refresh of older entries, of each at most once in
	// [Tiers.ForceEvery].
	Get(ctx context.Context, scope string, keys []K, maxAge time.Duration) map[K]Outcome[V]
	// One is Get for a single key.
	One(ctx context.Context, scope string, key K, maxAge time.Duration) Outcome[V]
	// Look returns what memory has of a key, without any effect on it. The value is zero when memory has none. It never
	// waits.
	Look(scope string, key K) (V, Holding)
	// List shows all entries of one tenant that memory has data of, in no order, without any effect on them. Its time
	// grows with the entries of all tenants: it is for whole lists, of which there are few.
	List(scope string) []Listed[K]
	// Changed returns a channel that is closed when memory has a newer generation of the key. It is also closed when the
	// entry leaves memory: peek again.
	Changed(scope string, key K) <-chan struct{}
	// Want marks the generations of a key before this one as wanting, since a change that it brought is known: they are
	// answered only when no newer one can be had, from Redis or the upstream, before the caller's deadline.
	Want(scope string, key K, generation uint64)
	// WantFresh marks what is stale of a key now as wanting, as Want does.
	WantFresh(scope string, key K)
	// Drop forgets entries of one tenant, in this process and in Redis, and discards the answers of fetches under way.
	// Other replicas notice when their entries turn stale. An error means that Redis may still have them.
	Drop(ctx context.Context, scope string, keys ...K) error
	// Purge forgets the data that an order means, and discards the answers of fetches under way. It begins no fetch, and
	// pauses after failures go on. The error is that of Redis, which then has some of the data still: nobody takes them
	// who knows of the order.
	Purge(ctx context.Context, order Purge) (Purged, error)
	// Highest is the highest number that is known of a purge; 0: of none.
	Highest() uint64
	// Covered reports whether memory has data of a tenant that covers reports. It calls covers once a tenant.
	Covered(covers func(scope string) bool) bool
	// Close ends the fetches under way and waits for them. Memory can still be peeked at.
	Close()
}

// set is a [Set]; what needs no types is the store's.
type set[K comparable, V any] struct {
	*store
	text func(K) string
}

// errIncomplete is the error of a dataset that lacks a part.
var errIncomplete = errors.New(
	"operation, key, fetch and build are needed, rows with KeepOneEmpty, and complete with keep")

// New checks a dataset and makes an empty set for it. It makes no call.
func New[K comparable, R, V any](d Dataset[K, R, V], tiers Tiers) (Set[K, V], error) {
	err := d.Ages.check()
	if d.Operation == "" || d.Key == nil || d.Fetch == nil || d.Build == nil || d.KeepOneEmpty && d.Rows == nil ||
		(d.Complete == nil) != (d.Keep == nil) {
		err = errIncomplete
	}
	if err != nil {
		return nil, fmt.Errorf("dataset %q: %w", d.Operation, err)
	}
	form := record.JSON[R]()
	if list, ok := any(new(R)).(interface{ form() record.Form }); ok {
		form = list.form()
	}
	return &set[K, V]{store: newStore(boxed(d), form, Shape[R](), tiers), text: d.Key}, nil
}

// boxed returns a dataset without its types.
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
	if d.Complete != nil {
		b.Complete = func(key, before, fetched any) any { return d.Complete(key.(K), before.(R), fetched.(R)) }
		b.Keep = func(record any) bool { return d.Keep(record.(R)) }
	}
	if d.Lacks != nil {
		b.Lacks = func(record any) bool { return d.Lacks(record.(R)) }
	}
	if d.Rows != nil {
		b.Rows = func(record any) int { return d.Rows(record.(R)) }
	}
	return b
}

func (s *set[K, V]) Operation() string { return s.store.Operation }

func (s *set[K, V]) Peek(ctx context.Context, scope string, key K) (o Outcome[V], ok bool) {
	gen, state, due, reason := s.peek(ctx, s.at(scope, key), time.Time{})
	if gen == nil {
		return o, false
	}
	if due != nil {
		due.key = key
		s.refreshDue(ctx, []*want{due})
	}
	fill(&o, gen, state, SourceMemory, reason)
	return o, true
}

func (s *set[K, V]) Get(ctx context.Context, scope string, keys []K, maxAge time.Duration) map[K]Outcome[V] {
	out := make(map[K]Outcome[V], len(keys))
	var oldest time.Time
	if maxAge > 0 {
		oldest = s.tiers.Now().Add(-maxAge)
	}
	var missing, due []*want
	for _, key := range keys {
		if _, seen := out[key]; seen {
			continue
		}
		at := s.at(scope, key)
		gen, state, soon, reason := s.peek(ctx, at, oldest)
		var o Outcome[V]
		if gen == nil {
			missing = append(missing, &want{at: at, key: key, oldest: oldest})
		} else {
			fill(&o, gen, state, SourceMemory, reason)
		}
		out[key] = o
		if soon != nil {
			soon.key = key
			due = append(due, soon)
		}
	}
	s.get(ctx, missing, due)
	for _, w := range missing {
		out[w.key.(K)] = outcomeOf[V](&w.answer)
	}
	return out
}

func (s *set[K, V]) One(ctx context.Context, scope string, key K, maxAge time.Duration) Outcome[V] {
	return s.Get(ctx, scope, []K{key}, maxAge)[key]
}

func (s *set[K, V]) Look(scope string, key K) (V, Holding) {
	held, holding := s.look(s.at(scope, key))
	value, _ := held.(V)
	return value, holding
}

func (s *set[K, V]) Changed(scope string, key K) <-chan struct{} {
	return s.changed(s.at(scope, key))
}

func (s *set[K, V]) Drop(ctx context.Context, scope string, keys ...K) error {
	all := make([]Key, len(keys))
	for i, key := range keys {
		all[i] = s.at(scope, key)
	}
	return s.drop(ctx, all)
}

func (s *set[K, V]) at(scope string, key K) Key { return Key{Scope: scope, Part: s.text(key)} }
