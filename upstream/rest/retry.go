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

// retry sends a failed read again: with full jitter, not before its Retry-After, not past the deadline, and as far as
// the budget of all calls goes. Commands pass once.
func (c *Client) retry(next sender) sender {
	return func(ctx context.Context, o *outgoing) (*reply, error) {
		c.budget.call()
		limit := c.retriesOf(o.spec)
		if limit == 0 {
			return next(ctx, o)
		}
		plan := retryPlan{client: c, system: o.spec.System, limit: limit}
		policy := retrypolicy.NewBuilder[*reply]().
			WithMaxRetries(limit).
			AbortIf(func(_ *reply, err error) bool { return !plan.again(ctx, err) }).
			WithDelayFunc(func(failsafe.ExecutionAttempt[*reply]) time.Duration { return plan.delay }).
			ReturnLastFailure().
			Build()
		return failsafe.With(policy).WithContext(ctx).Get(func() (*reply, error) {
			answer, err := next(ctx, o)
			return answer, plan.worst(err)
		})
	}
}

func (c *Client) retriesOf(spec Spec) int {
	switch {
	case !spec.Reads || c.retries < 0:
		return 0
	case spec.scarce():
		return min(c.retries, 1)
	default:
		return min(c.retries, 2)
	}
}

// retryPlan decides on the retries of one call.
type retryPlan struct {
	client  *Client
	system  string
	limit   int
	retries int
	delay   time.Duration
	last    error // the last failure of a request that was sent
	over    bool
}

// worst keeps the upstream's own failure where the try after it was refused here: it says more.
func (p *retryPlan) worst(err error) error {
	switch {
	case err == nil:
		return nil
	case refused(err) && p.last != nil:
		p.over = true
		return p.last
	default:
		p.last = err
		return err
	}
}

// again decides on a further try and sets the delay before it.
func (p *retryPlan) again(ctx context.Context, err error) bool {
	failure, ok := errors.AsType[*Error](err)
	switch {
	case !ok, p.over, p.retries >= p.limit, ctx.Err() != nil:
		return false
	case !failure.Retryable, failure.System != p.system, refused(err):
		return false
	case failure.Kind == BadResponse && p.retries > 0:
		return false // what cannot be read twice is not a slip of the wire
	}
	p.delay = time.Duration(p.client.rand() * float64(min(backoffBase<<p.retries, backoffCap)))
	p.delay += failure.RetryAfter
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= p.delay {
		return false
	}
	if !p.client.budget.retry() {
		return false
	}
	p.retries++
	return true
}
