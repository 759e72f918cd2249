// Package monitor knows the state of the upstreams: what was sent, what the caches answered, and quotas and circuits.
package monitor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Operation is an operation with the client that sends it.
type Operation struct {
	Spec   rest.Spec
	Client *rest.Client
}

// Config is what the state of the upstreams is made of.
type Config struct {
	// Counter counts calls and cache answers.
	Counter *Counter
	// Operations are those of all clients.
	Operations []Operation
	// Quota holds the groups that the operations name.
	Quota *quota.Quota
	// Demo reports that the embedded simulator plays all systems.
	Demo bool
}

// State knows the state of the upstreams. It calls none of them.
type State struct {
	cfg Config
	now func() time.Time
}

// New makes one; a nil clock means time.Now.
func New(cfg Config, now func() time.Time) *State {
	if now == nil {
		now = time.Now
	}
	return &State{cfg: cfg, now: now}
}

// Now is what is known now. It never fails: without Redis it has what this replica knows.
func (u *State) Now(ctx context.Context) *model.Upstream {
	state := &model.Upstream{Demo: u.cfg.Demo}
	if u.cfg.Counter == nil {
		return state
	}
	state.Since = u.cfg.Counter.since
	groups := map[string]*model.UpstreamQuota{}
	for _, operation := range u.cfg.Operations {
		shown := &model.UpstreamOperation{
			System: model.UpstreamSystem(strings.ToUpper(operation.Spec.System)), Name: operation.Spec.Operation,
			Reads: operation.Spec.Reads, Configured: operation.Client.Configured(),
			Circuit: circuitState(operation.Client.Circuit(operation.Spec.Operation)),
		}
		if group := operation.Spec.Quota; group != "" && u.cfg.Quota != nil {
			if groups[group] == nil {
				groups[group] = u.quota(ctx, group)
			}
			shown.Quota = groups[group]
		}
		u.cfg.Counter.fill(shown)
		state.All = append(state.All, shown)
	}
	slices.SortFunc(state.All, func(a, b *model.UpstreamOperation) int {
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(a.Name, b.Name))
	})
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		state.Quotas = append(state.Quotas, groups[name])
	}
	return state
}

// quota is the state of a group. NextAt is in whole seconds, so that the answer stays true for a while.
func (u *State) quota(ctx context.Context, group string) *model.UpstreamQuota {
	s := u.cfg.Quota.State(ctx, group)
	shown := &model.UpstreamQuota{
		Name: group, Limit: s.Limit, Window: s.Window, Left: s.Left, EffectiveLimit: s.Effective,
		Waiting: s.Waiting, Coordinated: s.Coordinated,
	}
	if s.ResetAfter > 0 {
		at := u.now().UTC().Add(s.ResetAfter).Round(time.Second)
		shown.NextAt = &at
	}
	return shown
}

// circuitState is a state of a breaker in the words of the schema.
func circuitState(state string) model.CircuitState {
	switch state {
	case "open":
		return model.CircuitStateOpen
	case "half-open":
		return model.CircuitStateHalfOpen
	default:
		return model.CircuitStateClosed
	}
}
