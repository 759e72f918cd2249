package gateway

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
	"github.com/opsgraph/opsgraph/upstream/gaussdb"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Codes of operations that ask for too much.
const (
	codeCostTooHigh      = "COST_TOO_HIGH"
	codeQuotaCostTooHigh = "QUOTA_COST_TOO_HIGH"
)

// costLimits bound what an operation may ask for.
type costLimits struct {
	// nodes are objects, quotaCalls calls of the 60-a-minute operations, fastCalls all other calls.
	nodes, quotaCalls, fastCalls int
}

// costCheck is the extension that estimates what an operation would cost and refuses one that costs too much, before
// anything is executed and any call is made. It comes after the checks of document and arguments, so that the walk
// ends and every value is in order.
type costCheck struct {
	schema  *ast.Schema
	table   costTable
	sources asks.Table
	specs   map[string]rest.Spec
	// absent are the operations of systems without a URL: their fields are errors without a call.
	absent map[string]bool
	limits costLimits
	// shares means that other replicas' data may save a call.
	shares bool
	// ask says what an operation asks its data by.
	ask func(context.Context) loaders.Options
}

var (
	_ graphql.HandlerExtension        = (*costCheck)(nil)
	_ graphql.OperationContextMutator = (*costCheck)(nil)
)

// newCostCheck reads the prices of a schema. A reading of an operation that no client has, or that no source answers
// for, is an error.
func (g *Gateway) newCostCheck(schema *ast.Schema) (*costCheck, error) {
	answers := g.sources.Asks()
	table, err := newCostTable(schema, answers.Operations)
	if err != nil {
		return nil, err
	}
	limits := g.cfg.Limits
	check := &costCheck{
		schema: schema, table: table, sources: answers, ask: g.loaderOptions, shares: g.stores.cache != nil,
		specs: map[string]rest.Spec{}, absent: map[string]bool{},
		limits: costLimits{nodes: limits.Cost, quotaCalls: limits.QuotaCalls, fastCalls: limits.FastCalls},
	}
	for _, spec := range gaussdb.OutsideEndpoints() { // known, though their operator has to switch them on
		check.specs[spec.Operation] = spec
	}
	for _, operation := range g.upstreams.operations {
		spec := operation.Spec
		if group, own := g.upstreams.groups[spec.Operation]; own {
			spec.Quota = group
		}
		check.specs[spec.Operation], check.absent[spec.Operation] = spec, !operation.Client.Configured()
	}
	for field, cost := range table {
		for _, r := range cost.readings {
			if _, ok := check.specs[r.operation]; !ok {
				return nil, fmt.Errorf("@%s of %s: %s is no operation of any upstream", upstreamDirective, field.Name, r.operation)
			}
		}
	}
	return check, nil
}

// ExtensionName names the extension.
func (c *costCheck) ExtensionName() string { return "CostCheck" }

// Validate accepts a server with the schema that the prices were read from.
func (c *costCheck) Validate(schema graphql.ExecutableSchema) error {
	if schema.Schema() != c.schema {
		return errors.New("cost check was made for another schema")
	}
	return nil
}

// MutateOperationContext refuses an operation that costs too much. One that is only to be planned is not refused:
// its plan says so.
func (c *costCheck) MutateOperationContext(ctx context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	options, _ := ctx.Value(requestOptionsKey{}).(requestOptions)
	if options.plan {
		if operation.Operation.Operation == ast.Subscription {
			return refuse(CodeBadRequest,
				"A subscription has no plan: its calls depend on how long it lasts. Plan a query of the same fields.")
		}
		return nil
	}
	return c.estimate(ctx, operation).refusal(c.limits)
}

// estimate is what an operation would cost by what memory holds now.
func (c *costCheck) estimate(ctx context.Context, operation *graphql.OperationContext) *estimate {
	root := map[ast.Operation]*ast.Definition{
		ast.Query: c.schema.Query, ast.Mutation: c.schema.Mutation, ast.Subscription: c.schema.Subscription,
	}[operation.Operation.Operation]
	options := c.ask(ctx)
	walk := &costWalk{
		costCheck: c, operation: operation, root: root, options: options, asked: newTally(),
		conditions: asks.Conditions{Now: options.Now, MaxAge: options.MaxAge, Shares: c.shares},
	}
	walk.selections(level{definition: root, Objects: asks.Objects{Least: 1, Most: 1}}, operation.Operation.SelectionSet)
	return newEstimate(int(math.Ceil(walk.nodes)), walk.asked, walk.conditions, c.specs)
}

// estimate is what an operation would cost.
type estimate struct {
	nodes   int
	entries []plannedCall
	// byQuota are the calls by quota group; those of operations without one stand under quotaNone.
	byQuota map[string]callRange
}

// quotaNone is the group of operations for which the upstream states no quota.
const quotaNone = "none"

// refusal is why the operation is refused; nil when it is not.
func (e *estimate) refusal(limits costLimits) *gqlerror.Error {
	if e.nodes > limits.nodes {
		return overLimit(codeCostTooHigh, "objects asked for by page sizes (limits.cost)", limits.nodes, e.nodes)
	}
	scarce, others := 0, 0
	for group, calls := range e.byQuota {
		if strings.HasSuffix(group, "-minute") { // also that of an operation which is counted by itself
			scarce = saturatingAdd(scarce, calls.expected)
		} else {
			others = saturatingAdd(others, calls.expected)
		}
	}
	if scarce > limits.quotaCalls {
		return overLimit(codeQuotaCostTooHigh,
			"calls of the 60-a-minute operations needed (limits.quota_calls)", limits.quotaCalls, scarce)
	}
	if others > limits.fastCalls {
		return overLimit(codeQuotaCostTooHigh, "upstream calls needed (limits.fast_calls)", limits.fastCalls, others)
	}
	return nil
}
