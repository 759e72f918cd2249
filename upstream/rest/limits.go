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
		ctx, cancel := context.WithTimeout(ctx, max(o.spec.Timeout, c.timeout))
		defer cancel()
		return next(ctx, o)
	}
}
