package rest

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest/circuit"
)

// afterTimeout bounds what follows the answer of a call, such as giving back a probe: its caller must not wait for it.
const afterTimeout = 250 * time.Millisecond

// Probing chooses the one of several replicas that probes an open circuit.
type Probing interface {
	// Begin takes the right to probe name for at most hold. ok false means that another replica has it; when that cannot
	// be known, each replica may probe. release gives the right back early; it is nil when ok is false.
	Begin(ctx context.Context, name string, hold time.Duration) (release func(context.Context), ok bool)
}

// probe takes the right to probe. It returns a function that gives it back, or how long to wait.
func (c *Client) probe(
	ctx context.Context, o *outgoing, b *circuit.Breaker, p circuit.Permit,
) (release func(), wait time.Duration) {
	if c.probing == nil {
		return func() {}, 0
	}
	begun := false
	defer func() {
		if !begun {
			b.GiveBack(p, c.now().Add(circuit.ProbeWait))
		}
	}()
	giveBack, ok := c.probing.Begin(ctx, o.spec.System+" "+o.spec.Operation, p.Hold)
	if !ok {
		return nil, circuit.ProbeWait
	}
	begun = true
	return func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterTimeout)
		defer cancel()
		giveBack(ending)
	}, 0
}
