package cache

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

const (
	defaultNegativeFor = 10 * time.Second
)

// ManyConfig says what a [Many] holds. K names a record, R is the record as the wire has it and must
// come through JSON unchanged, M is what queries read.
type ManyConfig[K comparable, R, M any] struct {
	// Operation names the data, for keys, events and errors.
	Operation string
	Ages      Ages
	// AgesOf are the ages of one record where they depend on what it says, such as whether a job has
	// ended. Nil: Ages for all.
	AgesOf func(record R) Ages
	// Text is the key as text, different for different keys.
	Text func(K) string
	// Fetch reads some records of one tenant. A key that is missing from the answer does not exist
	// upstream. Its context carries the values of the caller that began it, outlives that caller, and
	// ends after FetchTimeout; what is missing after that end counts as failed. See [Background].
	Fetch func(ctx context.Context, scope string, keys []K) map[K]Result[R]
	// Build makes what queries read, and its size in memory in bytes, about. It runs once a record.
	Build func(key K, record R) (M, int64)
	// NegativeFor is how long it is remembered that a record does not exist. Default 10 s.
	NegativeFor time.Duration
	// MaxBytes bounds what Build counted and some bytes for each record; those asked for least leave
	// first. Default 64 MiB.
	MaxBytes int64
	Tiers    Tiers
	// FetchTimeout bounds one fetch. Default 10 s.
	FetchTimeout time.Duration
	// LeaseFor makes refreshes single across replicas, too: for calls that are dearer than the trip
	// to Redis which it takes to ask. It is how soon another replica takes over from one that died
	// while refreshing. Default 0: refreshes are single in the process only.
	LeaseFor time.Duration
	// CallersFault tells an error that concerns the credentials of the caller alone: that caller gets it
	// even where memory has old data, and it is not held against other callers. Nil: what the tiers say.
	CallersFault func(error) bool
}

// Result is what a fetch brought for one key. Err means that this key could not be read.
type Result[R any] struct {
	Record R
	Err    error
}

// Outcome is the answer for one key: a record, the knowledge that there is none (Found is false and
// Held has only its times), or an error.
type Outcome[M any] struct {
	Held  Held[M]
	Found bool
	Err   error
}

// Many holds records by key, for fast calls and for limited ones that are asked with arguments.
// Replicas share the records through Redis. It is safe for concurrent use.
type Many[K comparable, R, M any] struct {
	cfg    ManyConfig[K, R, M]
	tiers  Tiers
	events emitter
	memory *otter.Cache[place[K], *record[M]]
	work   *background
	shared *shared // nil: memory only
	last   atomic.Uint64

	mu     sync.Mutex
	calls  map[place[K]]*call[M]
	behind map[string]*gathering[K, M] // by tenant
}

// place is where a record is kept: never apart from its tenant.
type place[K comparable] struct {
	scope string
	key   K
}

// NewMany checks the configuration and makes an empty cache. It asks nobody anything.
func NewMany[K comparable, R, M any](cfg ManyConfig[K, R, M]) (*Many[K, R, M], error) {
	if cfg.Operation == "" || cfg.Fetch == nil || cfg.Build == nil || cfg.Text == nil {
		return nil, fmt.Errorf("many %q: %w", cfg.Operation, errIncomplete)
	}
	if err := cfg.Ages.check(); err != nil {
		return nil, fmt.Errorf("many %s: %w", cfg.Operation, err)
	}
	cfg.NegativeFor = cmp.Or(cfg.NegativeFor, defaultNegativeFor)
	cfg.FetchTimeout = cmp.Or(cfg.FetchTimeout, defaultFetchTimeout)
	tiers := cfg.Tiers.withDefaults()
	cfg.MaxBytes = cmp.Or(cfg.MaxBytes, tiers.MaxBytes/4)
	if cfg.CallersFault == nil {
		cfg.CallersFault = tiers.CallersFault
	}
	m := &Many[K, R, M]{
		cfg:    cfg,
		tiers:  tiers,
		events: emitter{operation: cfg.Operation, on: tiers.OnEvent},
		work:   newBackground(),
		calls:  make(map[place[K]]*call[M]),
		behind: make(map[string]*gathering[K, M]),
	}
	var err error
	if m.memory, err = newRecords[K, M](cfg.MaxBytes, tiers.Now, m.events); err != nil {
		return nil, fmt.Errorf("many %s: %w", cfg.Operation, err)
	}
	if tiers.Redis != nil {
		if m.shared, err = newShared(tiers, m.events, "many", reflect.TypeFor[R]()); err != nil {
			return nil, fmt.Errorf("many %s: %w", cfg.Operation, err)
		}
	}
	return m, nil
}

// Drop forgets records of one tenant, here and in Redis, also those that a fetch under way would
// bring. Other replicas notice when theirs turn stale. An error means that Redis may still have them.
func (m *Many[K, R, M]) Drop(ctx context.Context, scope string, keys ...K) error {
	m.mu.Lock()
	for _, key := range keys {
		at := place[K]{scope, key}
		if c := m.calls[at]; c != nil {
			c.dropped.Store(true)
			delete(m.calls, at)
		}
		m.memory.Invalidate(at)
	}
	m.mu.Unlock()
	if m.shared == nil || len(keys) == 0 {
		return nil
	}
	ids := make([]identity, len(keys))
	for i, key := range keys {
		ids[i] = m.shared.identity(scope, m.cfg.Text(key))
	}
	// Above all numbers given so far: also what is on its way to Redis now must not arrive.
	if err := m.shared.drop(ctx, ids, m.last.Load(), m.cfg.FetchTimeout); err != nil {
		m.events.fail(EventRedisError, err)
		return fmt.Errorf("drop %s: %w", m.cfg.Operation, err)
	}
	return nil
}

// Close ends the fetches under way and waits for them. What memory holds can still be peeked at.
func (m *Many[K, R, M]) Close() {
	m.work.close()
	m.memory.StopAllGoroutines()
}
