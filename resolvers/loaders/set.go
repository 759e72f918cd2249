// Package loaders has the loaders of one operation: a Set answers the resolvers from the sources' memory at once,
// batches only what is missing, keeps the generation that it saw first until the operation ends, and notes what was
// used and how old it is.
package loaders

import (
	"context"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

// Options are what distinguishes one operation.
type Options struct {
	// Scope is the tenant whose data are read; empty means the gateway's own.
	Scope string
	// DomainID is the tenant (account) id that the caller came with; empty means none.
	DomainID string
	// MaxAge is the oldest data acceptable; zero accepts whatever the ages of the sources allow.
	MaxAge time.Duration
	// Now is the moment of the operation: what a range without an end ends at.
	Now time.Time
	// Explain has the set note where each answer came from, for [Set.Origins].
	Explain bool
	// Pause is called before the operation waits for an upstream, with the context of the field that waits, and resume
	// when it goes on; nil where nobody wants to know.
	Pause func(ctx context.Context) (resume func(context.Context))
	// Batch is called with each batch of keys that memory had no answer for, by the upstream operation. It returns the
	// context to read them with, and what is called when they are there; nil where nobody wants to know.
	Batch func(ctx context.Context, operation string, keys int) (reading context.Context, end func())
	// Given is told of each set of data that the operation is given, with its age, or why it could not be had; nil where
	// nobody wants to know. It must be quick.
	Given func(operation string, age cache.Held[struct{}], err error)
}

// Set holds the loaders of one operation. It is safe for concurrent use.
type Set struct {
	sources *sources.Sources
	options Options
	uses    uses

	// ctx is the operation's: fetches run on it, not on that of the field that asks first.
	ctx    context.Context
	places placements

	mu      sync.Mutex
	loaders []struct{ of, loader any } // by what they load, few: see loaderOf
}

// New makes the set of one operation.
func New(ctx context.Context, s *sources.Sources, o Options) *Set {
	set := &Set{sources: s, options: o, ctx: ctx}
	set.uses.given = o.Given
	if o.Explain {
		set.uses.origins = map[originKey]*Origin{}
	}
	return set
}

// pause tells that the operation waits, until what it returns is called.
func (s *Set) pause(ctx context.Context) (resume func(context.Context)) {
	if s.options.Pause == nil {
		return func(context.Context) {}
	}
	return s.options.Pause(ctx)
}

// batch tells of a batch that is read on the operation's context.
func (s *Set) batch(operation string, keys int) (reading context.Context, end func()) {
	if s.options.Batch == nil {
		return s.ctx, func() {}
	}
	return s.options.Batch(s.ctx, operation, keys)
}

type setKey struct{}

// With puts the set into the context of an operation.
func With(ctx context.Context, set *Set) context.Context {
	return context.WithValue(ctx, setKey{}, set)
}

// later is a set that is made when it is first asked for.
type later struct{ set func() *Set }

// WithLater puts a set into the context that is made when first asked for: an event of a subscription may come late,
// and sees what is there when it comes.
func WithLater(ctx context.Context, set func() *Set) context.Context {
	return context.WithValue(ctx, setKey{}, later{sync.OnceValue(set)})
}

// From is the set of the operation. Every operation has one: the gateway puts it there before anything is resolved.
func From(ctx context.Context) *Set {
	switch held := ctx.Value(setKey{}).(type) {
	case *Set:
		return held
	case later:
		return held.set()
	default:
		return nil
	}
}

// Again is a set for the same caller that has seen nothing yet, as each event of a subscription needs one.
func (s *Set) Again(ctx context.Context, now time.Time) *Set {
	options := s.options
	options.Now = now
	return New(ctx, s.sources, options)
}

// Note adds data that came by no loader to what the operation has used: those that an event was found in.
func (s *Set) Note(operation string, fetchedAt, staleAt time.Time) {
	state := cache.Fresh
	if !s.options.Now.Before(staleAt) {
		state = cache.Stale
	}
	s.uses.note(operation, cache.Held[struct{}]{FetchedAt: fetchedAt, StaleAt: staleAt, State: state}, "", nil)
}

// DomainID is the tenant (account) id that the caller came with; empty means that it came with none.
func (s *Set) DomainID() string { return s.options.DomainID }

// Scope is the tenant whose data the operation reads; empty means the gateway's own.
func (s *Set) Scope() string { return s.options.Scope }
