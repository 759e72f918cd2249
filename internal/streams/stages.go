package streams

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/resolvers"
)

// IsSubscription reports whether the answer being made is one of a subscription's.
func IsSubscription(ctx context.Context) bool {
	if !graphql.HasOperationContext(ctx) {
		return false
	}
	operation := graphql.GetOperationContext(ctx).Operation
	return operation != nil && operation.Operation == ast.Subscription
}

// CountSubscriptions counts each subscription by its field until its context ends, which its transport ends. began
// counts one and returns what is called at its end.
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

// Announce lets the events of a subscription report their ids and ages.
func Announce(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if IsSubscription(ctx) {
		ctx = resolvers.WithAnnouncements(ctx)
	}
	return next(ctx)
}

// event is what a transport wants to know of each event beside its answer.
type event struct {
	id string
	// payload is the answer as JSON where it was made for several; nil: the transport makes its own.
	payload []byte
}

// eventKey is the context key of the variable in which a transport wants to have it.
type eventKey struct{}

func eventOf(ctx context.Context) *event {
	if e, ok := ctx.Value(eventKey{}).(*event); ok {
		return e
	}
	return &event{}
}

// NoteEventID gives the id of an event to the transport that writes it.
func NoteEventID(ctx context.Context, id string) { eventOf(ctx).id = id }
