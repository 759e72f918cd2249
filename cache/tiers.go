package cache

import (
	"cmp"
	"errors"
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
	// Leases choose the one replica that refreshes a snapshot; nil: each replica does. They may live
	// in another Redis, one that does not evict.
	Leases *lease.Leases
	// Now is the clock that ages are counted by; nil: time.Now.
	Now func() time.Time
	// Rand gives 0 <= x < 1 for jitter; nil: math/rand.
	Rand func() float64
	// Logger hears what an operator may have to act on; nil: nobody does.
	Logger *slog.Logger
	// Environment is part of every key in Redis, so that installations can share one.
	Environment string
	// ForceEvery is how often a caller's maxAge may force a refresh of one key; zero: once a minute.
	ForceEvery time.Duration
	// MaxBytes bounds the memory of each snapshot that names no bound, and a quarter of it that of each cache of records;
	// zero: 256 MiB.
	MaxBytes int64
	// OnEvent is told what happens, for metrics. It is called on the way of every query, must be
	// quick and safe for concurrent use. Nil: nobody is told.
	OnEvent func(Event)
	// EncodeError makes the text by which a failed refresh is told to other replicas, without secrets;
	// DecodeError makes an error of it there. Nil: the error's own text, and a [RemoteError].
	EncodeError func(error) string
	DecodeError func(string) error
	// CallersFault is that of every cache whose configuration has none of its own. Nil: no error is one.
	CallersFault func(error) bool
}

// RemoteError is a refresh that failed in another replica.
type RemoteError struct{ Text string }

func (e *RemoteError) Error() string { return e.Text + " (told by another replica)" }

// errIncomplete is the error of a configuration that lacks a needed part.
var errIncomplete = errors.New("operation, fetch and build are needed")

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
