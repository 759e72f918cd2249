// Package dataset holds what the sources of all domains have in common: their configuration, how whole lists and keyed
// data are declared and fetched, and the reading of values, spans of time, filters and orders. It knows no domain.
package dataset

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	// ParallelCalls bounds the calls of one batch that go out at once; the client's bulkhead bounds all batches together.
	ParallelCalls = 32
	// KeyBytes is the room for a key on the stack of the function that writes it: its string is then the only
	// allocation of a peek.
	KeyBytes = 192
	// OneReplica is the lease of data whose calls are scarce: one replica fetches for all.
	OneReplica = 2 * time.Second
)

// Sets are the sets of data of all domains, as they are made.
type Sets struct {
	closers []func()
	listers []func(scope string) []Snapshot // of the lists that are read whole
	held    []heldSet
	errs    []error
}

// Err is why sets could not be made; nil when all could.
func (s *Sets) Err() error { return errors.Join(s.errs...) }

// Close ends the background work of all sets and waits for it.
func (s *Sets) Close() {
	for _, end := range s.closers {
		end()
	}
}

// Add makes the set of a dataset. An error is that of all sets, [Sets.Err]; the set is then nil.
func Add[K comparable, R, V any](cfg Config, d cache.Dataset[K, R, V]) cache.Set[K, V] {
	set, err := cache.New(d, cfg.Tiers)
	if err != nil {
		cfg.Sets.errs = append(cfg.Sets.errs, fmt.Errorf("set of %s: %w", d.Operation, err))
		return nil
	}
	cfg.Sets.closers = append(cfg.Sets.closers, set.Close)
	cfg.Sets.held = append(cfg.Sets.held, set)
	return set
}

// Whole declares lists that are read whole, one for each key: R is a row as the wire has it, V the list that queries
// read.
type Whole[K comparable, R, V any] struct {
	Operation string
	Ages      cache.Ages
	// Key is the key as text; nil for data that have one list.
	Key func(K) string
	// Parameters says by which parameters a list is told from the others, in the schema's words; nil where Key is nil, or
	// its text says it well enough.
	Parameters func(K) map[string]any
	// Read reads all pages of a list.
	Read func(ctx context.Context, key K) (cache.Fetched[R], error)
	// Trim leaves of what was read for a tenant what is kept of it, here and for other replicas; nil keeps all.
	Trim func(scope string, key K, f cache.Fetched[R]) cache.Fetched[R]
	// Build makes the list that queries read, and its size in memory.
	Build func(scope string, key K, f cache.Fetched[R]) (V, int64)
	// Regions are the region codes that a list names, which are learned from it.
	Regions func(V) []string
	// KeepOneEmpty distrusts the first empty answer after one with rows.
	KeepOneEmpty bool
	// Row is what identifies a row, so that one that a reading in several pages may have missed is kept for a while; nil
	// keeps none. Listed reports whether the upstream would still list a row under a key; nil means always.
	Row    func(R) string
	Listed func(key K, row R) bool
}

// AddWhole makes the set of lists that are read whole.
func AddWhole[K comparable, R, V any](cfg Config, w Whole[K, R, V]) cache.Set[K, V] {
	switch {
	case w.Key == nil:
		w.Key = func(K) string { return "" }
		w.Parameters = func(K) map[string]any { return nil }
	case w.Parameters == nil:
		w.Parameters = func(key K) map[string]any { return map[string]any{"key": w.Key(key)} }
	}
	d := cache.Dataset[K, cache.Fetched[R], V]{
		Operation:    w.Operation,
		Ages:         w.Ages,
		Key:          w.Key,
		Alone:        true,
		KeepOneEmpty: w.KeepOneEmpty,
		LeaseFor:     OneReplica,
		Rows:         func(f cache.Fetched[R]) int { return len(f.Records) - f.Unplaced },
		Fetch: Each(func(ctx context.Context, scope string, key K) (cache.Fetched[R], bool, error) {
			f, err := w.Read(ctx, key)
			if err == nil && w.Trim != nil {
				f = w.Trim(scope, key, f)
			}
			return f, true, err
		}),
		Build: func(scope string, key K, f cache.Fetched[R]) (V, int64) {
			list, size := w.Build(scope, key, f)
			cfg.Learn(scope, w.Regions(list))
			return list, size
		},
	}
	if w.Row != nil {
		d.Keep = func(f cache.Fetched[R]) bool { return f.Pages > 1 }
		d.Lacks = func(f cache.Fetched[R]) bool { return f.Shifted }
		d.Complete = func(key K, before, now cache.Fetched[R]) cache.Fetched[R] {
			return withMissed(before, now, w.Row, func(row R) bool { return w.Listed == nil || w.Listed(key, row) })
		}
	}
	set := Add(cfg, d)
	if set != nil {
		cfg.Sets.listers = append(cfg.Sets.listers, func(scope string) []Snapshot {
			return snapshots(set, scope, w.Parameters)
		})
	}
	return set
}

// Each is the fetch of keys one by one, some at once, and each answered as it comes. The result leaves out a key for
// which nothing is found.
func Each[K comparable, R any](
	fetch func(ctx context.Context, scope string, key K) (record R, found bool, err error),
) func(ctx context.Context, scope string, keys []K) map[K]cache.Result[R] {
	return func(ctx context.Context, scope string, keys []K) map[K]cache.Result[R] {
		var (
			mu      sync.Mutex
			results = make(map[K]cache.Result[R], len(keys))
			group   errgroup.Group
		)
		ctx, release := rest.Hold(Lane(ctx))
		defer release() // the records go on to the cache, which has bounds of its own
		group.SetLimit(ParallelCalls)
		for _, key := range keys {
			group.Go(func() error {
				record, found, err := fetch(ctx, scope, key)
				result := cache.Result[R]{Record: record, Err: AsFetchError(err)}
				if found || err != nil {
					mu.Lock()
					results[key] = result
					mu.Unlock()
				}
				if found || err != nil || ctx.Err() == nil {
					cache.Arrived(ctx, key, result, found)
				}
				return nil // each key has an error of its own
			})
		}
		_ = group.Wait()
		return results
	}
}

// Itself is the key of data that are asked for by a text.
func Itself(key string) string { return key }

// Memo keeps what was worked out last from something else, until it is asked for another thing.
type Memo[V any] struct {
	mu    sync.Mutex
	of    any
	value V
}

// Of is what is worked out from a thing, which is a pointer: the kept value, or a new one.
func (m *Memo[V]) Of(thing any, work func() V) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of != thing {
		m.of, m.value = thing, work()
	}
	return m.value
}

// Pause waits, or fails with the error of ctx when that ends first.
func Pause(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
