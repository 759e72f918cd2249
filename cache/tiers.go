package cache

import (
	"cmp"
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/opsgraph/opsgraph/cache/record"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// Tiers is shared by all sets of a gateway. The zero value is a memory tier only.
type Tiers struct {
	// Redis is the tier that replicas share; nil: memory only.
	Redis *redis.Connection
	// Codec turns records into bytes; one for all sets. Nil: each set has one of its own.
	Codec *record.Codec
	// Leases choose the replica that refreshes a key, for datasets with LeaseFor; nil: each replica does. They may live in
	// another Redis, one that does not evict.
	Leases *lease.Leases
	// Now is the clock of ages; nil: time.Now.
	Now func() time.Time
	// Rand gives 0 <= x < 1 for jitter; nil: math/rand.
	Rand func() float64
	// Logger gets failed refreshes, and at level debug those that do not begin; nil: no logger.
	Logger *slog.Logger
	// Environment is part of every key in Redis, so that installations can share one.
	Environment string
	// ForceEvery is how often a caller's maxAge may force a refresh of one key; zero: once a minute.
	ForceEvery time.Duration
	// MaxBytes bounds each set of whole lists (Alone) without a bound of its own; a set of keyed data has a quarter of it.
	// Zero: 256 MiB.
	MaxBytes int64
	// OnEvent gets every event, for metrics and traces, with the context of the call or the refresh that it belongs to.
	// Queries call it, so it must be quick and safe for concurrent use. It must not call the cache. Nil: no events.
	OnEvent func(context.Context, Event)
	// OnTask is told of each refresh that begins, and again, within it, where its fetch begins when no caller waits any
	// more. It returns the context to run it with, and what is called at its end. The same holds as for OnEvent. Nil: the
	// context as it is.
	OnTask func(context.Context, Task) (context.Context, func())
	// EncodeError makes the text by which other replicas learn of a failed refresh, without secrets; DecodeError turns it
	// back into an error, so long after. Nil: the error's own text, and a [RemoteError].
	EncodeError func(error) string
	DecodeError func(text string, age time.Duration) error
	// LevelOf is the level at which a failed refresh is logged. Nil: warn.
	LevelOf func(error) slog.Level
	// CallersFault is used by datasets without one of their own. Nil: it returns false.
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
	if t.Codec == nil {
		t.Codec = record.NewCodec()
	}
	t.ForceEvery = cmp.Or(t.ForceEvery, defaultForceEvery)
	t.MaxBytes = cmp.Or(t.MaxBytes, defaultBytes)
	if t.Logger == nil {
		t.Logger = slog.New(slog.DiscardHandler)
	}
	if t.OnEvent == nil {
		t.OnEvent = func(context.Context, Event) {}
	}
	if t.OnTask == nil {
		t.OnTask = func(ctx context.Context, _ Task) (context.Context, func()) { return ctx, func() {} }
	}
	if t.CallersFault == nil {
		t.CallersFault = func(error) bool { return false }
	}
	if t.EncodeError == nil {
		t.EncodeError = error.Error
	}
	if t.DecodeError == nil {
		t.DecodeError = func(text string, _ time.Duration) error { return &RemoteError{Text: text} }
	}
	if t.LevelOf == nil {
		t.LevelOf = func(error) slog.Level { return slog.LevelWarn }
	}
	return t
}
