package gateway

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// annotateAge returns a function that sets Age, the age of the oldest data of the answer in whole seconds.
func annotateAge(now func() time.Time) func(context.Context, *graphql.Response, http.Header) {
	return func(_ context.Context, response *graphql.Response, header http.Header) {
		freshness, _ := response.Extensions["freshness"].(resolvers.Freshnesses)
		oldest := oldestOf(freshness)
		if oldest.IsZero() {
			return
		}
		age := max(0, now().Sub(oldest))
		header.Set("Age", strconv.FormatInt(int64(age/time.Second), 10))
	}
}

// oldestOf is when the oldest data of an answer were fetched; zero without any.
func oldestOf(freshness []resolvers.Freshness) time.Time {
	if len(freshness) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(freshness, func(a, b resolvers.Freshness) int { return a.Oldest.Compare(b.Oldest) }).Oldest
}

// keeper decides how answers may be kept.
type keeper struct{ now func() time.Time }

// keep lets the answer of a query be kept until the first of its data turns stale. An answer that is stale, incomplete,
// explained, or without aged data is not kept by its client; the gateway keeps one that has no data at all, and none
// that tells of a failure.
func (k keeper) keep(ctx context.Context, response *graphql.Response) httpapi.Keeping {
	set := loaders.From(ctx)
	operation := graphql.GetOperationContext(ctx)
	if set == nil || !mayBeKept(operation) || response.Extensions["explain"] != nil {
		return httpapi.Keeping{}
	}
	basis := set.Basis()
	if basis.Unsettled {
		return httpapi.Keeping{}
	}
	keeping := httpapi.Keeping{
		Scope: set.Scope(), Standings: basis.Standings,
		Shareable: basis.Standings != nil && !outOfTime(response),
		Personal:  tellsOfCaller(response) || slices.ContainsFunc(basis.Failures, callersFault),
	}
	if len(response.Errors) > 0 || len(basis.Failures) > 0 || response.Extensions["warnings"] != nil {
		return keeping
	}
	k.judge(&keeping, set.Uses(), basis, operation)
	return keeping
}

// judge sets until when an answer without faults may be kept.
func (k keeper) judge(
	keeping *httpapi.Keeping, uses []loaders.Use, basis loaders.Basis, operation *graphql.OperationContext,
) {
	if len(uses) == 0 {
		keeping.Gateway = asksForSchema(operation) // until schema or settings change
		return
	}
	staleAt, troubled := basis.Until, false
	for _, use := range uses {
		if use.State != cache.Fresh || use.StaleAt.IsZero() {
			return
		}
		if staleAt.IsZero() || use.StaleAt.Before(staleAt) {
			staleAt = use.StaleAt
		}
		if keeping.Oldest.IsZero() || use.Oldest.Before(keeping.Oldest) {
			keeping.Oldest = use.Oldest
		}
		troubled = troubled || use.Reason != nil
	}
	if !staleAt.After(k.now()) {
		return
	}
	keeping.Client, keeping.MaxAge, keeping.Until = true, staleAt.Sub(keeping.Oldest), staleAt
	keeping.Oldest = keeping.Oldest.Truncate(time.Millisecond) // as extensions.freshness says it
	keeping.Gateway = !troubled && basis.Standings != nil
}

// mayBeKept reports whether the answer of an operation can be kept at all, by what it asks for.
func mayBeKept(operation *graphql.OperationContext) bool {
	if operation.Operation.Operation != ast.Query {
		return false
	}
	for _, field := range rootFields(operation) {
		if field.Definition.Directives.ForName(presentDirective) != nil {
			return false
		}
	}
	return true
}

// presentDirective marks fields that show a present state, which has no age.
const presentDirective = "present"

// asksForSchema reports whether a query asks for nothing but what the schema says.
func asksForSchema(operation *graphql.OperationContext) bool {
	for _, field := range rootFields(operation) {
		if !strings.HasPrefix(field.Name, "__") {
			return false
		}
	}
	return true
}

// rootFields are the fields of a query that are asked for, fragments expanded.
func rootFields(operation *graphql.OperationContext) []graphql.CollectedField {
	return graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Query"})
}

// tellsOfCaller reports whether an answer tells of a refusal of the caller's own credentials, which concerns no other
// caller of its tenant.
func tellsOfCaller(response *graphql.Response) bool {
	personal := func(code string) bool { return code == refusal.CodeUnauthenticated || code == refusal.CodeForbidden }
	warnings, _ := response.Extensions["warnings"].([]resolvers.WarningNote)
	return slices.ContainsFunc(response.Errors, func(err *gqlerror.Error) bool { return personal(refusal.CodeOf(err)) }) ||
		slices.ContainsFunc(warnings, func(note resolvers.WarningNote) bool { return personal(note.Code) })
}

// outOfTime reports whether an answer lacks what there was no time for: one who came later has more.
func outOfTime(response *graphql.Response) bool {
	return slices.ContainsFunc(response.Errors, func(err *gqlerror.Error) bool {
		return refusal.CodeOf(err) == refusal.CodeRequestTimeout
	})
}
