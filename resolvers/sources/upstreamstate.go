package sources

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

// UpstreamOperation is an operation with the client that sends it.
type UpstreamOperation struct {
	Spec   rest.Spec
	Client *rest.Client
}

// UpstreamConfig is what is told of the upstreams.
type UpstreamConfig struct {
	// Monitor counts calls and cache answers.
	Monitor *Monitor
	// Operations are those of all clients.
	Operations []UpstreamOperation
	// Quota holds the groups that the operations name.
	Quota *quota.Quota
	// Demo tells that the embedded simulator plays all systems.
	Demo bool
}

// UpstreamState tells how the upstreams fare. It asks none of them.
type UpstreamState struct {
	cfg UpstreamConfig
	now func() time.Time
}

// NewUpstreamState makes one; a nil clock means time.Now.
func NewUpstreamState(cfg UpstreamConfig, now func() time.Time) *UpstreamState {
	if now == nil {
		now = time.Now
	}
	return &UpstreamState{cfg: cfg, now: now}
}

// State is what is known now. It never fails: what Redis can't be asked about is told as this replica knows it.
func (u *UpstreamState) State(ctx context.Context) *model.Upstream {
	state := &model.Upstream{Demo: u.cfg.Demo}
	if u.cfg.Monitor == nil {
		return state
	}
	state.Since = u.cfg.Monitor.since
	groups := map[string]*model.UpstreamQuota{}
	for _, operation := range u.cfg.Operations {
		told := &model.UpstreamOperation{
			System: model.UpstreamSystem(strings.ToUpper(operation.Spec.System)), Name: operation.Spec.Operation,
			Reads: operation.Spec.Reads, Configured: operation.Client.Configured(),
			Circuit: circuitState(operation.Client.Circuit(operation.Spec.Operation)),
		}
		if group := operation.Spec.Quota; group != "" && u.cfg.Quota != nil {
			if groups[group] == nil {
				groups[group] = u.quota(ctx, group)
			}
			told.Quota = groups[group]
		}
		u.cfg.Monitor.fill(told)
		state.All = append(state.All, told)
	}
	slices.SortFunc(state.All, func(a, b *model.UpstreamOperation) int {
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(a.Name, b.Name))
	})
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		state.Quotas = append(state.Quotas, groups[name])
	}
	return state
}

// quota is where a group stands. When more can go out is told as a moment in whole seconds, so that the answer stays true for a while.
func (u *UpstreamState) quota(ctx context.Context, group string) *model.UpstreamQuota {
	s := u.cfg.Quota.State(ctx, group)
	told := &model.UpstreamQuota{
		Name: group, Limit: s.Limit, Window: s.Window, Left: s.Left, EffectiveLimit: s.Effective,
		Waiting: s.Waiting, Coordinated: s.Coordinated,
	}
	if s.ResetAfter > 0 {
		at := u.now().UTC().Add(s.ResetAfter).Round(time.Second)
		told.NextAt = &at
	}
	return told
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
