package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// ErrRequestTimeout is the cause (context.Cause) of the end of an operation that has used up its time. It is a
// context.DeadlineExceeded too, so that a failure with the cause is reported like one with the error.
var ErrRequestTimeout = fmt.Errorf("operation has used up its time: %w", context.DeadlineExceeded)

const (
	// mostMargin is how long before its deadline an execution ends at most, so that what is finished is answered in time;
	// with a short limit it is a tenth of it.
	mostMargin   = 250 * time.Millisecond
	marginShares = 10
	// writingShares is the part of the margin that is left for the writing of an answer.
	writingShares = 5
)

// deadline is how long an operation has.
type deadline struct {
	limit     time.Duration
	isCommand bool
	// end is when its answer must be written.
	end time.Time
}

// withReceipt returns a context whose operation came when the system received it, where that was before it was read: a
// process that is behind, or was stopped, reads late.
func withReceipt(ctx context.Context) context.Context {
	if received, ok := listen.Received(ctx); ok && received.Before(httpapi.Arrival(ctx)) {
		return httpapi.WithArrival(ctx, received)
	}
	return ctx
}

// noteReceipt has the time of an operation count from when the system received it.
func noteReceipt(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return next(withReceipt(ctx))
}

// deadlineOf is that of an operation by when it came.
func deadlineOf(ctx context.Context, limit time.Duration) deadline {
	return deadline{
		limit: limit, end: httpapi.Arrival(ctx).Add(limit),
		isCommand: graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation,
	}
}

func (d deadline) margin() time.Duration { return max(0, min(d.limit/marginShares, mostMargin)) }

// execution is when the execution ends.
func (d deadline) execution() time.Time { return d.end.Add(-d.margin()) }

// writing is when an answer must begin to be written at the latest.
func (d deadline) writing() time.Time { return d.end.Add(-d.margin() / writingShares) }

type deadlineKey struct{}

// Deadline gives each query and mutation at most limit from when it came; it stands before the loaders are made. Work
// under way fails with context.DeadlineExceeded a little before, and finished fields are answered. An operation that
// the executor did not begin, and an answer that is ready too late to be written in time, is answered with
// REQUEST_TIMEOUT. Subscriptions have no deadline.
func Deadline(limit time.Duration) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
			return next(ctx)
		}
		times := deadlineOf(ctx, limit)
		ctx, cancel := context.WithDeadlineCause(ctx, times.execution(), ErrRequestTimeout)
		if end, ok := ctx.Deadline(); ok {
			ctx = rest.WithPatience(ctx, end) // fetches outlive the operation, its wait for a token must not
		}
		responses := next(context.WithValue(ctx, deadlineKey{}, times))
		ended := false
		return func(ctx context.Context) *graphql.Response {
			if ended {
				return nil
			}
			response := responses(ctx)
			if response == nil && errors.Is(context.Cause(ctx), ErrRequestTimeout) {
				response = &graphql.Response{Errors: gqlerror.List{timedOut(limit)}}
			}
			if response != nil && len(response.Data) > 0 {
				if late := Late(ctx); late != nil {
					response = &graphql.Response{Errors: gqlerror.List{late}}
				}
			}
			if response == nil || response.HasNext == nil || !*response.HasNext {
				ended = true
				cancel()
			}
			return response
		}
	}
}

// Late is the error that takes the place of an answer with data which can't be written before its deadline any more;
// nil while it can, and outside of operations with a deadline.
func Late(ctx context.Context) *gqlerror.Error {
	times, ok := ctx.Value(deadlineKey{}).(deadline)
	if !ok || time.Now().Before(times.writing()) {
		return nil
	}
	late := timedOut(times.limit)
	if times.isCommand { // the same with its idempotency key gives the outcome
		late.Message += " It may have been carried out."
		late.Extensions["retryable"] = false
	}
	return late
}

// timedOut is the error of an operation that was ended before it had any data.
func timedOut(limit time.Duration) *gqlerror.Error {
	message := fmt.Sprintf("The request took longer than %s, which is the limit.", limit)
	return refusal.Later(refusal.CodeRequestTimeout, message, 0)
}
