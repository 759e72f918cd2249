package lease

import (
	"context"
	"time"
)

// Probes lets one of several replicas try whether something that failed works again.
type Probes struct{ leases *Leases }

// NewProbes makes probes of the leases.
func NewProbes(leases *Leases) *Probes { return &Probes{leases: leases} }

// Begin takes the right to try name for at most hold, in all replicas. ok false means that another one has it. Where
// Redis can't be asked each replica may try, as it could without Redis. release gives the right back before its time;
// it is nil where ok is false, and a failure of it costs no more than the rest of hold.
func (p *Probes) Begin(
	ctx context.Context, name string, hold time.Duration,
) (release func(context.Context), ok bool) {
	held, ok, err := p.leases.Acquire(ctx, "probe "+name, hold)
	switch {
	case err != nil:
		return func(context.Context) {}, true
	case !ok:
		return nil, false
	}
	return func(ctx context.Context) {
		_ = held.Release(ctx) // a lease that can't be given back ends by itself
	}, true
}
