package cost

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// plannedCall is one entry of the extension explain of a plan: the calls of one upstream operation that would be made.
type plannedCall struct {
	System    string `json:"system"`
	Operation string `json:"operation"`
	// Parameters are those that are known before.
	Parameters map[string]string `json:"parameters,omitempty"`
	Calls      plannedRange      `json:"calls"`
	// Keys is how many sets of data these are, for what is read by key; null for a list.
	Keys *plannedRange `json:"keys"`
	// Cached is held, stale or missing.
	Cached estimate.Cached `json:"cached"`
	// Quota is the group whose quota the calls would use; null without one.
	Quota *string `json:"quota"`
	// Assumed means that the length of a list was never seen.
	Assumed bool `json:"assumed"`

	price callRange
}

// plannedRange is the fewest and the most there may be.
type plannedRange struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// plannedCost is the extension cost of a plan.
type plannedCost struct {
	// Nodes is how many objects the answer may have, as limits.cost counts them.
	Nodes int `json:"nodes"`
	// Calls are the calls by quota group, Counted those that limits.quota_calls and limits.fast_calls count.
	Calls   map[string]plannedRange `json:"calls"`
	Counted map[string]int          `json:"counted"`
	// QuotaLeft is how many calls each group still has at once.
	QuotaLeft map[string]int `json:"quotaLeft"`
	// WouldBeRefused is the code that the operation would be refused with; null when it would not.
	WouldBeRefused *string `json:"wouldBeRefused"`
	// OmittedEntries counts what explain leaves out.
	OmittedEntries int `json:"omittedEntries,omitempty"`
}

// newEstimate prices what an operation asks for.
func newEstimate(nodes int, asked *tally, c estimate.Conditions, specs map[string]rest.Spec) *costEstimate {
	e := &costEstimate{
		nodes: nodes, byQuota: map[string]callRange{}, entries: make([]plannedCall, 0, len(asked.order)+1),
	}
	add := func(operation string, entry plannedCall) {
		spec := specs[operation]
		group := spec.Quota
		entry.System, entry.Operation = spec.System, operation
		if group != "" {
			entry.Quota = &group
		}
		entry.Calls = plannedRange{entry.price.least, entry.price.most}
		group = cmp.Or(group, quotaNone)
		sum := e.byQuota[group]
		sum.add(entry.price)
		e.byQuota[group] = sum
		e.entries = append(e.entries, entry)
	}
	for _, name := range asked.order {
		if list, ok := asked.lists[name]; ok {
			entry := plannedCall{Parameters: list.Parameters}
			entry.price, entry.Cached, entry.Assumed = list.price(c)
			if list.Certain && list.Key != nil && entry.Cached == estimate.Missing {
				e.certain = append(e.certain, CertainList{name.operation, list.Key})
			}
			if list.Shared && !c.Holds(list.Holding) {
				e.unread = append(e.unread, name.operation)
			}
			add(name.operation, entry)
			continue
		}
		if keys, ok := asked.keyed[name]; ok {
			calls, counts := keys.price(c)
			for _, cached := range slices.Sorted(maps.Keys(calls)) {
				number := plannedRange{counts[cached].least, counts[cached].most}
				entry := plannedCall{Cached: cached, price: calls[cached], Keys: &number}
				if key, ok := keys.onlyKey(); ok && keys.Parameter != "" {
					entry.Parameters = map[string]string{keys.Parameter: key}
				}
				add(name.operation, entry)
			}
			continue
		}
		if count := asked.commands[name.operation]; count > 0 {
			add(name.operation, plannedCall{Cached: estimate.Missing, price: callRange{most: count, expected: count}})
		}
	}
	if tokens := tokens(asked.ownProject, e.entries, specs); tokens > 0 {
		add(operationToken, plannedCall{Cached: estimate.Missing, price: callRange{most: tokens}})
	}
	return e
}

// operationToken is the operation that gets the credentials of every other call.
const operationToken = "createToken"

// tokens is how many tokens may have to be asked for: one of the project and, for billing, one of the account.
func tokens(project bool, entries []plannedCall, specs map[string]rest.Spec) int {
	account := 0
	for _, entry := range entries {
		switch spec := specs[entry.Operation]; {
		case entry.price.most == 0 || spec.Unauthenticated:
		case spec.OfAccount:
			account = 1
		default:
			project = true
		}
	}
	if project {
		return account + 1
	}
	return account
}

// Plan answers an operation whose request asks for its plan alone: nothing of it is executed.
func (c *Check) Plan(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if !RequestOf(ctx).Plan {
		return next(ctx)
	}
	estimated := c.estimate(ctx, graphql.GetOperationContext(ctx), false)
	cost := plannedCost{
		Nodes: estimated.nodes, Calls: map[string]plannedRange{}, Counted: map[string]int{},
		QuotaLeft: c.quotaLeft(ctx, nil, operationsOf(estimated.entries)),
	}
	for group, calls := range estimated.byQuota {
		cost.Calls[group], cost.Counted[group] = plannedRange{calls.least, calls.most}, calls.expected
	}
	if refused := estimated.refusal(c.limits); refused != nil {
		code := refusal.CodeOf(refused)
		cost.WouldBeRefused = &code
	}
	entries := append([]plannedCall{}, estimated.entries...)
	if len(entries) > maxExplained {
		cost.OmittedEntries = len(entries) - maxExplained
		entries = entries[:maxExplained]
	}
	return graphql.OneShot(&graphql.Response{
		// An answer without errors must have data; an operation that did not run has null.
		Data:       []byte("null"),
		Extensions: map[string]any{"explain": entries, "cost": cost},
	})
}

// operationsOf names the operations of a plan as the explanation of an answer does.
func operationsOf(entries []plannedCall) []explanation {
	named := make([]explanation, len(entries))
	for i, entry := range entries {
		named[i].Operation = entry.Operation
	}
	return named
}
