package rest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest/circuit"
)

// guard refuses calls while the operation's circuit is open, and lets one probe through when it is half open.
func (c *Client) guard(next sender) sender {
	return func(ctx context.Context, o *outgoing) (*reply, error) {
		b := c.breakerOf(o.spec)
		permit, wait := b.Allow(c.now())
		release := func() {}
		if wait == 0 && permit.Probe {
			release, wait = c.probe(ctx, o, b, permit)
		}
		if wait > 0 {
			failure := o.fail(Unavailable, "circuit open", ErrCircuitOpen)
			c.later(failure, wait)
			if at := b.AskAgain(); at.After(c.now()) {
				failure.RetryAt = at
			}
			return nil, failure
		}
		done := false
		defer func() {
			if !done { // a panic must not keep the only probe
				b.GiveBack(permit, c.now())
			}
		}()
		answer, err := next(ctx, o)
		done = true
		switch {
		case err == nil:
			b.Succeeded(permit, c.now())
			release()
		case ctx.Err() == nil && countsAgainst(err):
			// The right to probe is kept, so that the other replicas wait as long as this one.
			b.Failed(permit, c.now())
		default:
			b.GiveBack(permit, c.now())
			release()
		}
		return answer, err
	}
}

// countsAgainst reports whether err counts as a failure of the operation. Our own refusals, a 4xx about the request,
// the caller's deadline and a kept connection that was closed while idle do not.
func countsAgainst(err error) bool {
	failure, ok := errors.AsType[*Error](err)
	return ok && !failure.stale && !Refused(err) &&
		slices.Contains([]Kind{Timeout, Unavailable, BadResponse, RateLimited}, failure.Kind)
}

func (c *Client) breakerOf(spec Spec) *circuit.Breaker {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.breakers[spec.Operation]
	if b == nil {
		b = circuit.New(c.breaker, spec.scarce(), func(wait time.Duration) time.Duration { return spread(wait, c.rand) })
		c.breakers[spec.Operation] = b
	}
	return b
}
