package cost

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/upstream/gaussdb"
	"github.com/opsgraph/opsgraph/upstream/rest"
	"github.com/opsgraph/opsgraph/upstream/workspace"
)

// costLimits bound what an operation may ask for.
type costLimits struct {
	// nodes are objects, quotaCalls calls of the 60-a-minute operations, fastCalls all other calls.
	nodes, quotaCalls, fastCalls int
}

// Check is the extension that estimates what an operation would cost and refuses one that costs too much, before it is
// executed and makes any call. It comes after the checks of document and arguments, so that the walk ends and every
// value is in order.
type Check struct {
	schema  *ast.Schema
	table   costTable
	plain   *fieldCost // of fields that the table lacks
	sources estimate.Table
	specs   map[string]rest.Spec
	// absent are the operations of systems without a URL: their fields fail without a call.
	absent map[string]bool
	limits costLimits
	// patience is until when an operation can wait for a list that its verdict depends on.
	patience func(context.Context) time.Time
	// shares means that other replicas' data may save a call.
	shares bool
	// loaderOptions returns those of an operation's loaders.
	loaderOptions func(context.Context) loaders.Options
	// operations and quota are for the quota left, in plans and explanations.
	operations []monitor.Operation
	quota      func(ctx context.Context, group string) quota.State
}

var (
	_ graphql.HandlerExtension        = (*Check)(nil)
	_ graphql.OperationContextMutator = (*Check)(nil)
)

// Options are the settings of a cost check.
type Options struct {
	// Sources are the answers of all sources.
	Sources estimate.Table
	// Limits bound what an operation may ask for.
	Limits config.Limits
	// Operations are those of the upstreams, Groups the quota groups of those that have one of their own.
	Operations []monitor.Operation
	Groups     map[string]string
	// Quota returns the state of a quota group.
	Quota func(ctx context.Context, group string) quota.State
	// Shares means that other replicas' data may save a call.
	Shares bool
	// LoaderOptions returns those of an operation's loaders.
	LoaderOptions func(context.Context) loaders.Options
	// Patience returns until when an operation can wait for a list that its verdict depends on.
	Patience func(context.Context) time.Time
}

// NewCheck reads the prices of a schema. A reading of an operation that no client has, or that no source answers for,
// is an error.
func NewCheck(schema *ast.Schema, o Options) (*Check, error) {
	table, err := newCostTable(schema, o.Sources.Operations)
	if err != nil {
		return nil, err
	}
	check := &Check{
		schema: schema, table: table, plain: plainCost(),
		sources: o.Sources, loaderOptions: o.LoaderOptions, shares: o.Shares,
		operations: o.Operations, quota: o.Quota, patience: o.Patience,
		specs: map[string]rest.Spec{}, absent: map[string]bool{},
		limits: costLimits{nodes: o.Limits.Cost, quotaCalls: o.Limits.QuotaCalls, fastCalls: o.Limits.FastCalls},
	}
	// Also while the operator has not switched them on.
	for _, spec := range slices.Concat(gaussdb.OutsideEndpoints(), workspace.OutsideEndpoints()) {
		check.specs[spec.Operation] = spec
	}
	for _, operation := range o.Operations {
		spec := operation.Spec
		if group, own := o.Groups[spec.Operation]; own {
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
func (c *Check) ExtensionName() string { return "CostCheck" }

// Validate accepts a server with the schema that the prices were read from.
func (c *Check) Validate(schema graphql.ExecutableSchema) error {
	if schema.Schema() != c.schema {
		return errors.New("cost check was made for another schema")
	}
	return nil
}

// MutateOperationContext refuses an operation that costs too much, but never for a number that one call of a list
// shows: it has that list read first. One that is only to be planned is not refused: its plan has the code, by what is
// held.
func (c *Check) MutateOperationContext(ctx context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	if RequestOf(ctx).Plan {
		if operation.Operation.Operation == ast.Subscription {
			return refusal.New(refusal.CodeBadRequest,
				"A subscription has no plan: its calls depend on how long it lasts. Plan a query of the same fields.")
		}
		return nil
	}
	judged := c.estimate(ctx, operation, false)
	judged.note(operation)
	if operation.Operation.Operation == ast.Query && len(judged.certain) > 0 {
		operation.Stats.SetExtension(certainExtension, judged.certain)
	}
	refused := judged.refusal(c.limits)
	if refused == nil || judged.withoutKeys().refusal(c.limits) != nil {
		return refused
	}
	read, unavailable := c.count(ctx, judged.unread)
	switch {
	case unavailable != nil:
		return unavailable
	case read:
		judged = c.estimate(ctx, operation, true)
		judged.note(operation)
		return judged.refusal(c.limits)
	default:
		return refused
	}
}

// count reads the lists that the operation would read itself and whose lengths are known to no one yet: how many hosts
// there are must not be assumed where one call shows it. It reports whether it read any.
func (c *Check) count(ctx context.Context, unread []string) (read bool, unavailable *gqlerror.Error) {
	ctx, cancel := context.WithDeadline(ctx, c.patience(ctx))
	defer cancel()
	options := c.loaderOptions(ctx)
	for _, operation := range unread {
		list := c.sources.Counts[operation]
		if list == nil {
			continue
		}
		if err := list(ctx, options.Scope, options.MaxAge); err != nil {
			return false, refusal.Later(refusal.CodeUpstreamUnavailable,
				"What the query would cost can't be found out now: "+operation+" was not answered.", time.Second)
		}
		read = true
	}
	return read, nil
}

// estimate is what an operation would cost by what memory holds now; counted: after its lists have been counted.
func (c *Check) estimate(ctx context.Context, operation *graphql.OperationContext, counted bool) *costEstimate {
	root := c.schema.Query
	switch operation.Operation.Operation {
	case ast.Query:
	case ast.Mutation:
		root = c.schema.Mutation
	case ast.Subscription:
		root = c.schema.Subscription
	}
	options := c.loaderOptions(ctx)
	walk := &costWalk{
		Check: c, operation: operation, root: root, options: options, asked: newTally(),
		conditions: estimate.Conditions{Now: options.Now, MaxAge: options.MaxAge, Shares: c.shares, Counted: counted},
	}
	walk.selections(level{definition: root, Objects: estimate.Objects{Least: 1, Most: 1}},
		operation.Operation.SelectionSet)
	estimated := newEstimate(int(math.Ceil(walk.nodes)), walk.asked, walk.conditions, c.specs)
	estimated.fields = int(walk.fields)
	return estimated
}

// costEstimate is what an operation would cost.
type costEstimate struct {
	nodes int
	// fields are those of all objects of the answer, if each list is as long as it may be.
	fields  int
	entries []plannedCall
	// byQuota are the calls by quota group; those of operations without one stand under quotaNone.
	byQuota map[string]callRange
	// unread are the operations whose shared lists would have to be read.
	unread []string
	// certain are the lists that are surely read and that memory has no answer for.
	certain []CertainList
}

// CertainList is a list that an operation surely reads and that memory has no answer for: by its upstream operation and
// its key.
type CertainList struct {
	Operation string
	Key       any
}

// certainExtension names the lists among the statistics of an operation.
const certainExtension = "opsgraph certain lists"

// CertainOf are the lists that a query surely reads, by its estimate, and that may be begun with it.
func CertainOf(operation *graphql.OperationContext) []CertainList {
	certain, _ := operation.Stats.GetExtension(certainExtension).([]CertainList)
	return certain
}

// withoutKeys is the estimate of the lists alone: what is too much there is so whatever the lists show.
func (e *costEstimate) withoutKeys() *costEstimate {
	lists := &costEstimate{byQuota: map[string]callRange{}}
	for _, entry := range e.entries {
		if entry.Keys != nil {
			continue
		}
		group := quotaNone
		if entry.Quota != nil {
			group = *entry.Quota
		}
		sum := lists.byQuota[group]
		sum.add(entry.price)
		lists.byQuota[group] = sum
	}
	return lists
}

// quotaNone is the group of operations for which the upstream states no quota.
const quotaNone = "none"

// refusal is why the operation is refused; nil when it is not.
func (e *costEstimate) refusal(limits costLimits) *gqlerror.Error {
	if e.nodes > limits.nodes {
		return refusal.OverLimit(
			refusal.CodeCostTooHigh, "objects asked for by page sizes (limits.cost)", limits.nodes, e.nodes)
	}
	scarce, others := 0, 0
	for group, calls := range e.byQuota {
		if strings.HasSuffix(group, "-minute") { // also the group of a single operation
			scarce = refusal.AddCounts(scarce, calls.expected)
		} else {
			others = refusal.AddCounts(others, calls.expected)
		}
	}
	if scarce > limits.quotaCalls {
		return refusal.OverLimit(refusal.CodeQuotaCostTooHigh,
			"calls of the 60-a-minute operations needed (limits.quota_calls)", limits.quotaCalls, scarce)
	}
	if others > limits.fastCalls {
		return refusal.OverLimit(refusal.CodeQuotaCostTooHigh, "upstream calls needed (limits.fast_calls)", limits.fastCalls,
			others)
	}
	return nil
}
