package rest

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Attempt is one sending of a call, or its refusal before that. It holds nothing secret.
type Attempt struct {
	System, Operation string
	// Number counts the attempts of one call from 1; the repeat after a renewed token counts too.
	Number int
	// Sent means that a request went out; false when breaker or quota refused, there was no connection, or the caller left
	// before.
	Sent bool
	// Tried means that a connection was looked for. An attempt that was tried and not sent found none.
	Tried bool
	// Wait is the time spent on quota and bulkhead, Duration that from sending to the last byte.
	Wait, Duration time.Duration
	// Status is the HTTP status, 0 without an answer; Kind is [None] for a success.
	Status int
	Kind   Kind
	// Failure is what became of it; nil for a success.
	Failure *Error
	// Bytes is the size of the body after decompression.
	Bytes int64
	// Notice is what a success says beside its data.
	Notice Notice
	// Details are for the observers of a context only, since most calls have none; nil for those of a client.
	Details *Details
}

// Counts reports whether the attempt says something of the upstream: it was sent, or found no connection.
func (a Attempt) Counts() bool { return a.Sent || a.Tried && a.Kind != Canceled }

// Observer sees every attempt, for metrics, logs, and the explanation of one query. Attempt is called from many
// goroutines and must not block.
type Observer interface {
	Attempt(ctx context.Context, a Attempt)
}

type observersKey struct{}

// WithObserver returns a context whose calls o observes, besides the observers of the client and of ctx.
func WithObserver(ctx context.Context, o Observer) context.Context {
	before, _ := ctx.Value(observersKey{}).([]Observer)
	return context.WithValue(ctx, observersKey{}, append(slices.Clip(before), o))
}

// observe reports each attempt to the observers, whether it went out or was refused on the way.
func (c *Client) observe(next sender) sender {
	return func(ctx context.Context, o *outgoing) (*reply, error) {
		o.try++
		o.forget()
		if c.begins != nil {
			ctx = c.begins(ctx, o.spec, o.try, o.header)
		}
		before := o.sent
		answer, err := next(ctx, o)
		seen := Attempt{
			System: o.spec.System, Operation: o.spec.Operation, Number: o.try, Sent: o.sent > before,
			Tried: o.tried, Wait: o.waited, Duration: o.took, Status: o.status, Kind: KindOf(err), Bytes: o.received,
			Notice: o.notice,
		}
		seen.Failure, _ = errors.AsType[*Error](err)
		for _, observer := range c.observers {
			observer.Attempt(ctx, seen)
		}
		if own, ok := ctx.Value(observersKey{}).([]Observer); ok {
			seen.Details = c.details(ctx, o, err == nil)
			for _, observer := range own {
				observer.Attempt(ctx, seen)
			}
		}
		return answer, err
	}
}
