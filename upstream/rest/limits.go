package rest

import (
	"context"
	"time"
)

// admit waits for a slot among the requests under way.
func (c *Client) admit(next sender) sender {
	return func(ctx context.Context, o *outgoing) (*reply, error) {
		began := time.Now()
		if err := c.slots.AcquirePermit(ctx); err != nil {
			return nil, o.failure(err)
		}
		defer c.slots.ReleasePermit()
		o.waited += time.Since(began)
		return next(ctx, o)
	}
}

// limitTime bounds one attempt from the dialling to the last byte of the body.
func (c *Client) limitTime(next sender) sender {
	return func(ctx context.Context, o *outgoing) (*reply, error) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		limit := max(o.spec.Timeout, c.timeout)
		o.clock = attemptClock{
			ends:  time.Now().Add(limit),
			timer: time.AfterFunc(limit, func() { cancel(context.DeadlineExceeded) }),
		}
		defer o.clock.timer.Stop()
		return next(ctx, o)
	}
}

// attemptClock ends an attempt at its limit.
type attemptClock struct {
	ends  time.Time
	timer *time.Timer
}

// pause runs wait, whose time does not count against the limit.
func (c *attemptClock) pause(wait func() error) error {
	left := time.Until(c.ends)
	if !c.timer.Stop() {
		return context.DeadlineExceeded
	}
	defer func() {
		c.ends = time.Now().Add(left)
		c.timer.Reset(left)
	}()
	return wait()
}
