package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// ErrRequestTimeout is the cause (context.Cause) of the end of an operation that has used up its time. It is a
// context.DeadlineExceeded too, so that a failure with the cause is reported like one with the error.
var ErrRequestTimeout = fmt.Errorf("operation has used up its time: %w", context.DeadlineExceeded)

// Deadline gives each query and mutation at most limit; it stands before the loaders are made. Work under way fails
// with context.DeadlineExceeded, and finished fields are answered. An operation that the executor did not begin is
// answered with REQUEST_TIMEOUT. Subscriptions have no deadline.
func Deadline(limit time.Duration) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
			return next(ctx)
		}
		ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrRequestTimeout)
		if deadline, ok := ctx.Deadline(); ok {
			ctx = rest.WithPatience(ctx, deadline) // fetches outlive the operation, its wait for a token must not
		}
		responses := next(ctx)
		ended := false
		return func(ctx context.Context) *graphql.Response {
			if ended {
				return nil
			}
			response := responses(ctx)
			if response == nil && errors.Is(context.Cause(ctx), ErrRequestTimeout) {
				response = &graphql.Response{Errors: gqlerror.List{timedOut(limit)}}
			}
			if response == nil || response.HasNext == nil || !*response.HasNext {
				ended = true
				cancel()
			}
			return response
		}
	}
}

// timedOut is the error of an operation that was ended before it had any data.
func timedOut(limit time.Duration) *gqlerror.Error {
	message := fmt.Sprintf("The request took longer than %s, which is the limit.", limit)
	return refusal.Later(refusal.CodeRequestTimeout, message, 0)
}

// withLoaders gives each operation its own loaders, which hold what it has seen until it ends.
func (g *Gateway) withLoaders(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	options := g.loaderOptions(ctx)
	ctx = cost.WithRecorder(ctx, options.Explain)
	return next(loaders.With(ctx, loaders.New(ctx, g.sources, options)))
}

// loaderOptions are those of an operation and of its estimate.
func (g *Gateway) loaderOptions(ctx context.Context) loaders.Options {
	options := cost.RequestOf(ctx)
	who := identity.CallerFrom(ctx)
	return loaders.Options{
		Scope: who.Scope, DomainID: who.DomainID, MaxAge: options.MaxAge, Now: g.now(), Explain: options.Explain,
	}
}

// addExtensions adds the age of the data that were used, and warnings of what is missing.
func addExtensions(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	set := loaders.From(ctx)
	if response == nil || set == nil || len(response.Data) == 0 {
		return response
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["freshness"] = resolvers.FreshnessOf(set)
	if warnings := resolvers.WarningsOf(set); warnings != nil {
		response.Extensions["warnings"] = warnings
	}
	return response
}

// refuseWhile answers operations with a refusal as long as there is one.
func refuseWhile(refusal func() *gqlerror.Error) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		if refused := refusal(); refused != nil {
			return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{refused}})
		}
		return next(ctx)
	}
}

// inPlace lets an operation run while there is a place for it. A subscription needs none: its connection is bounded.
func (g *Gateway) inPlace(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if streams.IsSubscription(ctx) {
		return next(ctx)
	}
	leave, refused := g.callers.Place(ctx)
	if refused != nil {
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{refused}})
	}
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		defer leave()
		return responses(ctx)
	}
}

// measure counts operations by type, outcome and first error code.
func (g *Gateway) measure(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	started := g.now()
	operation := string(graphql.GetOperationContext(ctx).Operation.Operation)
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if streams.IsSubscription(ctx) {
			started = g.now() // each event counts, without the wait for it
		}
		if response != nil {
			outcome, code := outcomeOf(response)
			g.metrics.GraphQLOperation(operation, outcome, code, g.now().Sub(started))
		}
		return response
	}
}

// allNull reports whether an answer has nothing to show: no data, or null in each field of the operation.
func allNull(data json.RawMessage) bool {
	var fields map[string]json.RawMessage
	if len(data) == 0 || json.Unmarshal(data, &fields) != nil || fields == nil {
		return true
	}
	for _, value := range fields {
		if string(value) != "null" {
			return false
		}
	}
	return true
}

func outcomeOf(response *graphql.Response) (outcome, code string) {
	switch {
	case len(response.Errors) == 0:
		return "ok", ""
	case allNull(response.Data):
		return "error", refusal.CodeOf(response.Errors[0])
	default:
		return "partial", refusal.CodeOf(response.Errors[0])
	}
}

// shareEvents has the events of equal subscriptions answered once. One that wants its own calls explained shares none.
func (g *Gateway) shareEvents(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if !streams.IsSubscription(ctx) {
		return next(ctx)
	}
	options := g.loaderOptions(ctx)
	if options.Explain {
		return next(ctx)
	}
	return next(g.sharing.Join(ctx, streams.Asked{
		Scope: options.Scope, DomainID: options.DomainID, MaxAge: options.MaxAge,
	}))
}

// withEventLoaders gives each event of a subscription loaders of its own, made when the event comes; it stands around
// the stages that read them.
func withEventLoaders(now func() time.Time) graphql.ResponseMiddleware {
	return func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		operation := loaders.From(ctx)
		if operation == nil || !streams.IsSubscription(ctx) {
			return next(ctx)
		}
		return next(loaders.WithLater(ctx, func() *loaders.Set {
			return operation.Again(streams.Present(ctx), now())
		}))
	}
}

// noteEvent notes the age of the data that an event was found in, and its id for the transport that writes the answer;
// it stands within the stages that read them.
func noteEvent(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response == nil || !streams.IsSubscription(ctx) {
		return response
	}
	announcement, ok := resolvers.TakeAnnouncement(ctx)
	if !ok {
		return response
	}
	if set := loaders.From(ctx); set != nil && announcement.Seen != nil {
		set.Note(announcement.Seen.Operation, announcement.Seen.FetchedAt, announcement.Seen.StaleAt)
	}
	streams.NoteEventID(ctx, announcement.EventID)
	return response
}
