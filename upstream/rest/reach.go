package rest

import (
	"context"

	"github.com/opsgraph/opsgraph/upstream/rest/dial"
)

// Reach opens a connection to the system and closes it, without a request: it costs no call. A system without a URL is
// [NotConfigured].
func (c *Client) Reach(ctx context.Context) error {
	spec := Spec{System: c.system, Operation: "connect", Reads: true}
	if c.base == nil {
		return spec.Fail(NotConfigured, nil)
	}
	if err := dial.Reach(ctx, c.transport.Load(), c.base); err != nil {
		o := &outgoing{spec: spec}
		return o.broken(ctx, err)
	}
	return nil
}
