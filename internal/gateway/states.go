package gateway

import (
	"context"
	"errors"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/plan"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/upstream/rest/circuit"
)

// showStates makes gauges of what is read at each scrape. None makes a call.
func (g *replica) showStates() error {
	g.metrics.Clients(g.cfg.Metrics.Clients)
	return errors.Join(
		g.metrics.Degraded(func() int { return len(g.degraded()) }),
		g.metrics.Quotas(g.quotaStates),
		g.metrics.Circuits(g.circuits),
		g.metrics.Troubles(g.troubles),
		g.metrics.Redises(g.stores.States),
		g.metrics.Bounds(
			func() telemetry.Bound {
				held, most := g.memory.State()
				return telemetry.Bound{Now: held, Most: most}
			},
			func() telemetry.Bound {
				server := g.users.Load()
				if server == nil {
					return telemetry.Bound{}
				}
				open, most := server.Connections()
				return telemetry.Bound{Now: open, Most: most}
			}),
	)
}

// quotaStates are the groups of the quota as this replica knows them.
func (g *replica) quotaStates() []telemetry.QuotaState {
	states := make([]telemetry.QuotaState, 0, len(g.upstreams.GroupNames))
	for _, name := range g.upstreams.GroupNames {
		s := g.upstreams.Quota.Known(name)
		states = append(states, telemetry.QuotaState{Group: name, Limit: s.Limit, Left: s.Left, Waiting: s.Waiting})
	}
	return states
}

// circuits tells the states of the circuits of all operations that can be called.
func (g *replica) circuits(set func(system, operation string, state int)) {
	for _, operation := range g.upstreams.Operations {
		if !operation.Client.Configured() {
			continue
		}
		state := telemetry.CircuitClosed
		switch operation.Client.Circuit(operation.Spec.Operation) {
		case circuit.Open:
			state = telemetry.CircuitOpen
		case circuit.HalfOpen:
			state = telemetry.CircuitHalfOpen
		}
		set(operation.Spec.System, operation.Spec.Operation, state)
	}
}

// troubles tells which systems show a setting to be wrong.
func (g *replica) troubles(set func(system, kind string, settings int)) {
	for _, system := range g.upstreams.Configured() {
		credentials, unreachable := g.upstreams.TroubleWith(system)
		set(system, telemetry.TroubleCredentials, credentials)
		set(system, telemetry.TroubleUnreachable, unreachable)
	}
}

// countClient counts a request by the client that it names.
func (g *replica) countClient(r *http.Request) (context.Context, *gqlerror.Error) {
	g.metrics.ClientRequest(httpapi.ClientOf(r.Header))
	return r.Context(), nil
}

// noteReads counts what an answer was made of, and how old that was.
func (g *replica) noteReads(ctx context.Context) {
	did := cost.DidOf(ctx)
	if did == nil {
		return
	}
	now, all := g.now(), did.Take()
	warm := len(all) > 0
	for _, given := range all {
		given.Each(func(tier string, state cache.State, keys int) {
			g.metrics.DataRead(given.Operation, tier, state.String(), keys)
		})
		if given.Failed > 0 {
			g.metrics.DataRead(given.Operation, "none", "failed", given.Failed)
		}
		if !given.Oldest.IsZero() {
			g.metrics.DataAge(given.Operation, now.Sub(given.Oldest))
		}
		warm = warm && given.Warm()
	}
	if operation := graphql.GetOperationContext(ctx); warm && operation.Operation.Operation == ast.Query {
		operation.Stats.SetExtension(warmExtension, true)
	}
}

// warmExtension marks, among the statistics of an operation, that memory had all of its data.
const warmExtension = "opsgraph warm"

// isWarm reports whether memory had all data of an operation that has been answered.
func isWarm(operation *graphql.OperationContext) bool {
	warm, _ := operation.Stats.GetExtension(warmExtension).(bool)
	return warm
}

// noteCost counts what an operation was estimated to need, and what it had.
func (g *replica) noteCost(operation *graphql.OperationContext, did *cost.Did) {
	expected := cost.ExpectedOf(operation)
	g.metrics.CostOf(telemetry.CostCalls, expected.Calls, did.Spent().Calls)
	if objects, ok := plan.ObjectsOf(operation); ok {
		g.metrics.CostOf(telemetry.CostObjects, expected.Objects, objects)
	}
}
