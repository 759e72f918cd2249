package gateway

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// annotateAge returns a function that sets Age, the age of the oldest data of the answer in whole seconds.
func annotateAge(now func() time.Time) func(context.Context, *graphql.Response, http.Header) {
	return func(_ context.Context, response *graphql.Response, header http.Header) {
		freshness, _ := response.Extensions["freshness"].([]resolvers.Freshness)
		if len(freshness) == 0 {
			return
		}
		oldest := slices.MinFunc(freshness, func(a, b resolvers.Freshness) int { return a.Oldest.Compare(b.Oldest) }).Oldest
		age := max(0, now().Sub(oldest))
		header.Set("Age", strconv.FormatInt(int64(age/time.Second), 10))
	}
}

// keepUntilStale returns a function that lets the answer of a query be kept until the first of its data turns stale. An
// answer that is stale, incomplete, explained, or without aged data is not kept.
func keepUntilStale(now func() time.Time) func(context.Context, *graphql.Response) (httpapi.Keeping, bool) {
	return func(ctx context.Context, response *graphql.Response) (httpapi.Keeping, bool) {
		set := loaders.From(ctx)
		operation := graphql.GetOperationContext(ctx)
		if set == nil || operation.Operation.Operation != ast.Query || asksForPresent(operation) {
			return httpapi.Keeping{}, false
		}
		if len(response.Errors) > 0 || response.Extensions["warnings"] != nil || response.Extensions["explain"] != nil {
			return httpapi.Keeping{}, false
		}
		var staleAt, oldest time.Time
		for _, use := range set.Uses() {
			if use.State != cache.Fresh || use.StaleAt.IsZero() {
				return httpapi.Keeping{}, false
			}
			if staleAt.IsZero() || use.StaleAt.Before(staleAt) {
				staleAt = use.StaleAt
			}
			if oldest.IsZero() || use.Oldest.Before(oldest) {
				oldest = use.Oldest
			}
		}
		if !staleAt.IsZero() && staleAt.After(now()) {
			return httpapi.Keeping{MaxAge: staleAt.Sub(oldest), Scope: set.Scope()}, true
		}
		return httpapi.Keeping{}, false
	}
}

// asksForPresent reports whether a query asks for the present state of this gateway, which has no age.
func asksForPresent(operation *graphql.OperationContext) bool {
	present := func(field graphql.CollectedField) bool {
		return field.Name == "upstream" || field.Name == "aspReportJob"
	}
	return slices.ContainsFunc(graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Query"}),
		present)
}
