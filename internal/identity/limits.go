package identity

import (
	"context"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/bounds"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// timesOfTenant is how much more a tenant may than one of its callers, where nothing else is set: no caller alone stops
// the others.
const timesOfTenant = 4

// The kinds of places that replicas count together.
const (
	kindOperation  = "operation"
	kindConnection = "connection"
)

// limits are what callers may ask for. Each replica counts, and none lets in what is beyond its own count; those that
// share a Redis count together as well, as long as it answers. The limits never change; the counts outlive them.
type limits struct {
	caller, tenant          *rates
	operations, connections *places
	ofAll                   int // operations at once; 0: no bound
	ofCaller, ofTenant      int // operations at once
	ofConnections           int // connections of a tenant at once

	shared *bounds.Bounds // nil: this replica counts for itself
}

func newLimits(cfg config.Config, shared *bounds.Bounds, now func() time.Time) (*limits, error) {
	l := &limits{operations: newPlaces(), connections: newPlaces(), shared: shared}
	var err error
	if l.caller, err = newRates(0, 0, cfg.Callers.Known, now); err != nil {
		return nil, err
	}
	if l.tenant, err = newRates(0, 0, cfg.Callers.Known, now); err != nil {
		return nil, err
	}
	return l.with(cfg), nil
}

// with goes on with the counts under other limits.
func (l *limits) with(cfg config.Config) *limits {
	of := cfg.Callers
	rate, burst := of.TenantRate, of.TenantBurst
	if rate == 0 {
		rate = timesOfTenant * of.Rate
	}
	if burst == 0 {
		burst = timesOfTenant * of.Burst
	}
	operations := of.TenantOperations
	if operations == 0 {
		operations = timesOfTenant * of.Operations
	}
	return &limits{
		caller: l.caller.with(of.Rate, of.Burst), tenant: l.tenant.with(rate, burst),
		operations: l.operations, connections: l.connections,
		ofAll: of.AllOperations, ofCaller: of.Operations, ofTenant: operations,
		ofConnections: cfg.Limits.SocketConnections, shared: l.shared,
	}
}

func (l *limits) close() {
	if l.shared != nil {
		l.shared.Close()
	}
}

// request counts one request of a caller and of its tenant, or refuses it.
func (l *limits) request(ctx context.Context, who Caller) *gqlerror.Error {
	if wait, ok := l.caller.allow(who.Key); !ok {
		return tooManyRequests(wait)
	}
	counted := []bounds.Rate{l.caller.shared(who.Key)}
	if who.Tenant != who.Key {
		if wait, ok := l.tenant.allow(who.Tenant); !ok {
			return tooManyRequests(wait)
		}
		counted = append(counted, l.tenant.shared(who.Tenant))
	}
	if l.shared == nil {
		return nil
	}
	if wait, ok, err := l.shared.Allow(ctx, who.Tenant, counted...); err == nil && !ok {
		return tooManyRequests(wait)
	}
	return nil
}

func tooManyRequests(wait time.Duration) *gqlerror.Error {
	return refusal.RateLimited("You, or your tenant, send more requests than are allowed.", wait)
}

// operation takes a place for an operation of a caller, or refuses it.
func (l *limits) operation(ctx context.Context, who Caller) (leave func(), refused *gqlerror.Error) {
	wanted := []bounds.Place{{Name: who.Key, Most: l.ofCaller}}
	if who.Tenant != who.Key {
		wanted = append(wanted, bounds.Place{Name: who.Tenant, Most: l.ofTenant})
	}
	leave, full := l.take(ctx, l.operations, l.ofAll, kindOperation, who, wanted)
	switch full {
	case noneFull:
		return leave, nil
	case allFull:
		return nil, refusal.Later(refusal.CodeOverloaded, "The gateway has as many operations under way as it can.",
			time.Second)
	default:
		return nil, refusal.RateLimited("You, or your tenant, have more operations under way than are allowed.", time.Second)
	}
}

// connection takes a place for a connection that stays.
func (l *limits) connection(ctx context.Context, who Caller) (leave func(), ok bool) {
	wanted := []bounds.Place{{Name: who.Tenant, Most: l.ofConnections}}
	leave, full := l.take(ctx, l.connections, 0, kindConnection, who, wanted)
	return leave, full == noneFull
}

// take takes places in this replica, and where replicas share, in all together. A Redis that does not answer refuses
// nobody.
func (l *limits) take(
	ctx context.Context, in *places, all int, kind string, who Caller, wanted []bounds.Place,
) (leave func(), full int) {
	own, full := in.take(all, wanted)
	if full != noneFull || l.shared == nil {
		return own, full
	}
	together, full, err := l.shared.Enter(ctx, who.Tenant, kind, wanted...)
	if err == nil && full > 0 {
		own()
		return nil, full
	}
	return func() {
		own()
		together()
	}, noneFull
}
