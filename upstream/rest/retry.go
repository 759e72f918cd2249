package rest

import (
	"context"
	"errors"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

const (
	backoffBase = 100 * time.Millisecond
	backoffCap  = 2 * time.Second
)

// retry sends a failed read again: with full jitter, not before its Retry-After, not past the deadline, and within the
// budget of all calls. Commands pass once.
//
// A read that failed because the upstream had closed a kept connection is sent again at once, but only once, whatever
// the budget and the configured retries: the caller must not notice. That attempt takes the place of a retry.
func (c *Client) retry(next sender) sender {
	return func(ctx context.Context, o *outgoing) (*reply, error) {
		c.budget.Call()
		if !o.spec.Reads {
			return next(ctx, o)
		}
		state := retryState{client: c, system: o.spec.System, limit: c.retriesOf(o.spec)}
		policy := retrypolicy.NewBuilder[*reply]().
			WithMaxRetries(max(state.limit, 1)).
			AbortIf(func(_ *reply, err error) bool { return !state.again(ctx, err) }).
			WithDelayFunc(func(failsafe.ExecutionAttempt[*reply]) time.Duration { return state.delay }).
			ReturnLastFailure().
			Build()
		return failsafe.With(policy).WithContext(ctx).Get(func() (*reply, error) {
			answer, err := next(ctx, o)
			return answer, state.worst(err)
		})
	}
}

// retriesOf is how many retries a read has.
func (c *Client) retriesOf(spec Spec) int {
	if spec.scarce() {
		return c.scarce
	}
	return c.retries
}

// retryState decides on the retries of one call.
type retryState struct {
	client   *Client
	system   string
	limit    int
	retries  int
	replayed bool // after a kept connection that was closed
	delay    time.Duration
	last     error // the last failure of a request that was sent
	over     bool
}

// worst keeps the upstream's own failure when we refuse the next attempt: it says more.
func (p *retryState) worst(err error) error {
	switch {
	case err == nil:
		return nil
	case Refused(err) && p.last != nil:
		p.over = true
		return p.last
	default:
		p.last = err
		return err
	}
}

// again decides on a further attempt and sets the delay before it.
func (p *retryState) again(ctx context.Context, err error) bool {
	failure, ok := errors.AsType[*Error](err)
	switch {
	case !ok, p.over, ctx.Err() != nil:
		return false
	case !failure.Retryable, failure.System != p.system, Refused(err):
		return false
	case failure.stale && !p.replayed && p.retries < max(p.limit, 1):
		p.replayed, p.delay = true, 0
		p.retries++
		return true
	case p.retries >= p.limit:
		return false
	case failure.Kind == BadResponse && p.retries > 0:
		return false // the second unreadable answer is no accident
	}
	p.delay = time.Duration(p.client.rand() * float64(min(backoffBase<<p.retries, backoffCap)))
	p.delay += failure.RetryAfter
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= p.delay {
		return false
	}
	if !p.client.budget.Retry() {
		return false
	}
	p.retries++
	return true
}
