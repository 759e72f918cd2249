package rest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// meter takes one token of the operation's quota for each attempt, gives it back when nothing could be sent, and
// reports refusals by the upstream to the quota.
func (c *Client) meter(next sender) sender {
	return func(ctx context.Context, o *outgoing) (*reply, error) {
		if c.quota == nil || o.spec.Quota == "" {
			return next(ctx, o)
		}
		group := o.quotaGroup()
		waited, giveBack, err := c.token(ctx, group)
		o.waited += waited
		if err != nil {
			return nil, c.exhausted(ctx, o, err)
		}
		before := o.sent
		answer, err := next(ctx, o)
		if err != nil && o.sent == before { // no connection: the upstream has nothing to count
			giveBack()
		}
		if failure, ok := errors.AsType[*Error](err); ok && failure.RetryAfter > 0 {
			// The caller may be gone by now, yet the other replicas must know of the refusal.
			reporting, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterTimeout)
			defer cancel()
			c.quota.Slow(reporting, group, failure.RetryAfter)
		}
		return answer, err
	}
}

// token waits for one token. A call that waits in the background, or was refused there, waits anew in [LanePerson] once
// a caller waits for it.
func (c *Client) token(ctx context.Context, group string) (waited time.Duration, giveBack func(), err error) {
	before := LaneFrom(ctx)
	waited, giveBack, err = c.take(ctx, group)
	if err == nil || ctx.Err() != nil || LaneFrom(ctx) == before {
		return waited, giveBack, err
	}
	more, giveBack, err := c.take(ctx, group)
	return waited + more, giveBack, err
}

// take waits for one token in the lane that the call has now.
func (c *Client) take(ctx context.Context, group string) (time.Duration, func(), error) {
	waiting, stop, lane := patient(ctx)
	defer stop()
	waiting, end := untilPromoted(waiting, lane)
	defer end()
	return c.quota.Take(waiting, group, int(lane))
}

// quotaGroup names the group that the call takes its tokens from; empty means none.
func (o *outgoing) quotaGroup() string {
	if o.spec.Quota == "" || o.identity.AppCodeGroup == "" {
		return o.spec.Quota
	}
	return o.spec.Quota + "@" + o.identity.AppCodeGroup
}

// exhausted returns the error of a token that was refused or did not come in time. While the upstream's own refusal of
// an earlier call holds, the call is [RateLimited] as that one was. For a caller who left it is [Canceled].
func (c *Client) exhausted(ctx context.Context, o *outgoing, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return o.failure(ctx.Err())
	}
	failure := o.fail(QuotaExhausted, "", err)
	if paused, ok := errors.AsType[interface {
		error
		Paused() bool
	}](err); ok && paused.Paused() {
		failure = o.fail(RateLimited, "", fmt.Errorf("%w: %w", ErrPaused, err))
	}
	if later, ok := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](err); ok {
		c.later(failure, later.RetryAfter())
	}
	return failure
}
