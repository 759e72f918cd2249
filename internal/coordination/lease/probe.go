package lease

import (
	"context"
	"time"
)

// Probes lets one of several replicas try whether something that failed works again.
type Probes struct{ leases *Leases }

// NewProbes makes probes of the leases.
func NewProbes(leases *Leases) *Probes { return &Probes{leases: leases} }

// Begin takes the right to try name for at most hold, in all replicas. ok is false when another replica has it. When
// Redis can't be asked, each replica may try, as without Redis. release gives the right back early; it is nil when ok
// is false, and if it fails the right ends after hold.
func (p *Probes) Begin(ctx context.Context, name string, hold time.Duration) (release func(context.Context), ok bool) {
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
