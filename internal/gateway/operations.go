package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// ErrRequestTimeout is the cause (context.Cause) of the end of an operation that has used up its time. It is a
// context.DeadlineExceeded too, so that work which fails with the cause is told like work which fails with the error.
var ErrRequestTimeout = fmt.Errorf("operation has used up its time: %w", context.DeadlineExceeded)

// Deadline gives each query and mutation at most limit; it is for AroundOperations and stands before what makes loaders. The
// work under way sees its context end and fails with context.DeadlineExceeded; what is there by then is answered. An
// operation that the executor did not even begin is answered with REQUEST_TIMEOUT. Subscriptions have no deadline.
func Deadline(limit time.Duration) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
			return next(ctx)
		}
		ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrRequestTimeout)
		if deadline, ok := ctx.Deadline(); ok {
			ctx = rest.WithPatience(ctx, deadline) // fetches outlive the operation, its wish for a token must not
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

// timedOut is the error of an operation that was cut before it gave any data.
func timedOut(limit time.Duration) *gqlerror.Error {
	return refusal.Later(refusal.CodeRequestTimeout, fmt.Sprintf("The request took longer than %s, which is the limit.", limit), 0)
}
