package streams

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// IsSubscription reports whether the answer being made is one of a subscription's.
func IsSubscription(ctx context.Context) bool {
	if !graphql.HasOperationContext(ctx) {
		return false
	}
	operation := graphql.GetOperationContext(ctx).Operation
	return operation != nil && operation.Operation == ast.Subscription
}

// CountSubscriptions counts each subscription by its field until its context ends, which whoever carries it out sees
// to. began counts one and returns what is called at its end.
func CountSubscriptions(began func(field string) (ended func())) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		if IsSubscription(ctx) {
			operation := graphql.GetOperationContext(ctx)
			fields := graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Subscription"})
			if len(fields) > 0 {
				context.AfterFunc(ctx, began(fields[0].Name))
			}
		}
		return next(ctx)
	}
}

// Announce lets the events of a subscription report their ids and ages; it is for AroundOperations.
func Announce(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if IsSubscription(ctx) {
		ctx = resolvers.WithAnnouncements(ctx)
	}
	return next(ctx)
}

// WithEventLoaders gives each event of a subscription loaders of its own, made when the event is there; it stands
// outside of what reads them.
func WithEventLoaders(now func() time.Time) graphql.ResponseMiddleware {
	return func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		operation := loaders.From(ctx)
		if operation == nil || !IsSubscription(ctx) {
			return next(ctx)
		}
		return next(loaders.WithLater(ctx, func() *loaders.Set {
			if a, ok := ctx.Value(presentKey{}).(*admission); ok {
				return operation.Again(presentContext{ctx, a.present()}, now())
			}
			return operation.Again(ctx, now())
		}))
	}
}

// NoteEvent notes the age of the data that an event was found in, and its id for who writes the answer; it is for
// AroundResponses, inside of what reads them.
func NoteEvent(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response == nil || !IsSubscription(ctx) {
		return response
	}
	announcement, ok := resolvers.TakeAnnouncement(ctx)
	if !ok {
		return response
	}
	if set := loaders.From(ctx); set != nil && announcement.Seen != nil {
		set.Note(announcement.Seen.Operation, announcement.Seen.FetchedAt, announcement.Seen.StaleAt)
	}
	if id, ok := ctx.Value(eventIDKey{}).(*string); ok {
		*id = announcement.EventID
	}
	return response
}

// eventIDKey is the context key of where a transport wants to have the id of each event.
type eventIDKey struct{}
