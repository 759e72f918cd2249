package gateway

import (
	"context"
	"reflect"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/purges"
	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/internal/purge"
)

// purgePath is where operators have held data purged.
const purgePath = "/admin/purge"

// newPurger makes what forgets held data on an operator's order; nil where operators have no token.
func (g *replica) newPurger(ctx context.Context) *purge.Purger {
	token := g.cfg.Admin.PurgeToken.Reveal()
	if token == "" {
		return nil
	}
	options := purge.Options{
		Token: token, LookEvery: g.cfg.Live.LookEvery, Keep: longestDead(g.cfg.Ages), Sets: g.sources.Sets(),
		Tenants: presentTenants{g}, Sweep: g.sweepAnswers, Nearest: config.Nearest, Now: g.now, Logger: g.logger,
	}
	if g.cfg.Auth.Mode != config.AuthPassthrough {
		options.Own = identity.GatewayTenant
	}
	if g.stores.Coordination != nil {
		options.Log = purges.New(g.stores.Coordination, g.cfg.Redis.Environment, options.Keep)
	}
	return purge.New(ctx, options)
}

// presentTenants tells tenants apart as the edition in force does.
type presentTenants struct{ gateway *replica }

// TenantOf implements purge.Tenants.
func (t presentTenants) TenantOf(scope string) string {
	return t.gateway.present().callers.TenantOf(scope)
}

// MayBeDomain implements purge.Tenants.
func (t presentTenants) MayBeDomain(text string) bool {
	return t.gateway.present().callers.MayBeDomain(text)
}

// sweepAnswers removes the kept answers whose data are gone.
func (g *replica) sweepAnswers() int {
	if g.answers == nil {
		return 0
	}
	return g.answers.Sweep(g.now())
}

// longestDead is how long Redis keeps any data.
func longestDead(ages config.Ages) (longest time.Duration) {
	for _, value := range reflect.ValueOf(ages).Fields() {
		if age, ok := reflect.TypeAssert[config.Age](value); ok {
			longest = max(longest, age.Dead)
		}
	}
	return longest
}
