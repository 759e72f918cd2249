package rest

import (
	"context"
	"time"
)

const (
	// probeWait is how soon to ask again whether there is a probe to be made.
	probeWait = time.Second
	// releaseTimeout bounds the giving back of a probe: its caller has an answer and must not wait for it.
	releaseTimeout = 250 * time.Millisecond
)

// Probing chooses the one of several replicas that asks an operation whose circuit is open how it fares.
type Probing interface {
	// Begin takes the right to probe name for at most hold. ok false means that another replica has it. Where that cannot
	// be known each replica may probe. release gives the right back before its time; it is nil where ok is false.
	Begin(ctx context.Context, name string, hold time.Duration) (release func(context.Context), ok bool)
}

// probe asks whether this replica is the one to probe, and returns how to give the right back, or how long to wait.
func (c *Client) probe(ctx context.Context, o *outgoing, b *breaker, p permit) (release func(), wait time.Duration) {
	if c.probing == nil {
		return func() {}, 0
	}
	begun := false
	defer func() {
		if !begun {
			b.postpone(p, c.now().Add(probeWait))
		}
	}()
	giveBack, ok := c.probing.Begin(ctx, o.spec.System+" "+o.spec.Operation, p.hold)
	if !ok {
		return nil, probeWait
	}
	begun = true
	return func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
		defer cancel()
		giveBack(ending)
	}, 0
}
