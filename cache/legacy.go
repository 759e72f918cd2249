package cache

import (
	"cmp"
	"context"
	"time"
)

// SnapshotConfig goes with the last use of it.
type SnapshotConfig[R, S any] struct {
	Operation    string
	Ages         Ages
	Fetch        func(ctx context.Context, key Key) (Fetched[R], error)
	Build        func(key Key, f Fetched[R]) (S, int64)
	Tiers        Tiers
	FetchTimeout time.Duration
	LeaseFor     time.Duration
	MaxBytes     int64
	KeepOneEmpty bool
	CallersFault func(error) bool
}

// Snapshot goes with the last use of it.
type Snapshot[R, S any] struct{ set *Set[string, S] }

// NewSnapshot goes with the last use of it.
func NewSnapshot[R, S any](c SnapshotConfig[R, S]) (*Snapshot[R, S], error) {
	set, err := New(Dataset[string, Fetched[R], S]{
		Operation: c.Operation, Ages: c.Ages, Key: func(part string) string { return part }, Alone: true,
		Fetch: func(ctx context.Context, scope string, parts []string) map[string]Result[Fetched[R]] {
			f, err := c.Fetch(ctx, Key{scope, parts[0]})
			return map[string]Result[Fetched[R]]{parts[0]: {Record: f, Err: err}}
		},
		Build: func(scope, part string, f Fetched[R]) (S, int64) { return c.Build(Key{scope, part}, f) },
		Rows:  func(f Fetched[R]) int { return len(f.Records) }, KeepOneEmpty: c.KeepOneEmpty,
		LeaseFor: cmp.Or(c.LeaseFor, 2*time.Second), FetchTimeout: c.FetchTimeout, MaxBytes: c.MaxBytes,
		CallersFault: c.CallersFault,
	}, c.Tiers)
	return &Snapshot[R, S]{set}, err
}

// Peek is that of the set.
func (s *Snapshot[R, S]) Peek(ctx context.Context, key Key) (Held[S], bool) {
	o, ok := s.set.Peek(ctx, key.Scope, key.Part)
	return o.Held, ok
}

// Get is that of the set.
func (s *Snapshot[R, S]) Get(ctx context.Context, key Key, maxAge time.Duration) (Held[S], error) {
	o := s.set.One(ctx, key.Scope, key.Part, maxAge)
	return o.Held, o.Err
}

// Look is that of the set.
func (s *Snapshot[R, S]) Look(key Key) (S, Sight) { return s.set.Look(key.Scope, key.Part) }

// Changed is that of the set.
func (s *Snapshot[R, S]) Changed(key Key) <-chan struct{} { return s.set.Changed(key.Scope, key.Part) }

// Close is that of the set.
func (s *Snapshot[R, S]) Close() { s.set.Close() }

// ManyConfig goes with the last use of it.
type ManyConfig[K comparable, R, M any] struct {
	Operation    string
	Ages         Ages
	AgesOf       func(record R) Ages
	Text         func(K) string
	Fetch        func(ctx context.Context, scope string, keys []K) map[K]Result[R]
	Build        func(key K, record R) (M, int64)
	NegativeFor  time.Duration
	MaxBytes     int64
	Tiers        Tiers
	FetchTimeout time.Duration
	LeaseFor     time.Duration
	CallersFault func(error) bool
}

// Many goes with the last use of it.
type Many[K comparable, R, M any] struct{ *Set[K, M] }

// NewMany goes with the last use of it.
func NewMany[K comparable, R, M any](c ManyConfig[K, R, M]) (*Many[K, R, M], error) {
	set, err := New(Dataset[K, R, M]{
		Operation: c.Operation, Ages: c.Ages, AgesOf: c.AgesOf, Key: c.Text, Fetch: c.Fetch,
		Build:       func(_ string, key K, r R) (M, int64) { return c.Build(key, r) },
		NotFoundFor: c.NegativeFor, MaxBytes: c.MaxBytes, FetchTimeout: c.FetchTimeout, LeaseFor: c.LeaseFor,
		CallersFault: c.CallersFault,
	}, c.Tiers)
	return &Many[K, R, M]{set}, err
}
