package cache

import (
	"cmp"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// Tiers is what all caches of a gateway share. The zero value is a memory tier alone.
type Tiers struct {
	// Redis is the tier that replicas share; nil: memory only.
	Redis *redis.Connection
	// Leases choose the one replica that refreshes a key, where a dataset asks for it; nil: each replica does. They may
	// live in another Redis, one that does not evict.
	Leases *lease.Leases
	// Now is the clock that ages are counted by; nil: time.Now.
	Now func() time.Time
	// Rand gives 0 <= x < 1 for jitter; nil: math/rand.
	Rand func() float64
	// Logger receives failed refreshes, and at level debug each that is not begun; nil: nobody does.
	Logger *slog.Logger
	// Environment is part of every key in Redis, so that installations can share one.
	Environment string
	// ForceEvery is how often a caller's maxAge may force a refresh of one key; zero: once a minute.
	ForceEvery time.Duration
	// MaxBytes bounds the memory of each set of lists (Alone) that names no bound, and a quarter of it that of each set
	// of records; zero: 256 MiB.
	MaxBytes int64
	// OnEvent receives what happens, for metrics. It is called on the way of every query, must be quick and safe for
	// concurrent use, and must not call the cache. Nil: nobody does.
	OnEvent func(Event)
	// EncodeError makes the text by which other replicas learn of a failed refresh, without secrets; DecodeError makes an
	// error of it there. Nil: the error's own text, and a [RemoteError].
	EncodeError func(error) string
	DecodeError func(string) error
	// CallersFault is that of every dataset that has none of its own. Nil: no error is one.
	CallersFault func(error) bool
}

// RemoteError is a refresh that failed in another replica.
type RemoteError struct{ Text string }

func (e *RemoteError) Error() string { return e.Text + " (reported by another replica)" }

// Defaults.
const (
	defaultForceEvery   = time.Minute
	defaultBytes        = 256 << 20
	defaultFetchTimeout = 10 * time.Second
	defaultNotFoundFor  = 10 * time.Second
)

func (t Tiers) withDefaults() Tiers {
	if t.Now == nil {
		t.Now = time.Now
	}
	if t.Rand == nil {
		t.Rand = rand.Float64
	}
	t.ForceEvery = cmp.Or(t.ForceEvery, defaultForceEvery)
	t.MaxBytes = cmp.Or(t.MaxBytes, defaultBytes)
	if t.Logger == nil {
		t.Logger = slog.New(slog.DiscardHandler)
	}
	if t.OnEvent == nil {
		t.OnEvent = func(Event) {}
	}
	if t.CallersFault == nil {
		t.CallersFault = func(error) bool { return false }
	}
	if t.EncodeError == nil {
		t.EncodeError = error.Error
	}
	if t.DecodeError == nil {
		t.DecodeError = func(text string) error { return &RemoteError{Text: text} }
	}
	return t
}
