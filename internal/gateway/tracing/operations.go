package tracing

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/trace"

	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// Admission decides whether a request goes on, in the context that it returns.
type Admission = func(r *http.Request) (context.Context, *gqlerror.Error)

// AroundAdmission traces the admission of requests.
func (t *Tracing) AroundAdmission(admit Admission) Admission {
	if t == nil {
		return admit
	}
	return func(r *http.Request) (context.Context, *gqlerror.Error) {
		of := trace.SpanFromContext(r.Context())
		if !of.IsRecording() {
			return admit(r)
		}
		ctx, span := t.traces.Start(r.Context(), "admission")
		defer span.End()
		ctx, refused := admit(r.WithContext(ctx))
		if refused != nil {
			failed(span, refusal.CodeOf(refused))
			return nil, refused
		}
		return trace.ContextWithSpan(ctx, of), nil // what follows is not part of the admission
	}
}

// Check traces a check by the name of its stage.
func (t *Tracing) Check(name string, check graphql.HandlerExtension) graphql.HandlerExtension {
	if t == nil || check == nil {
		return check
	}
	return tracedCheck{check, t, name}
}

// tracedCheck is a check with a span.
type tracedCheck struct {
	graphql.HandlerExtension

	tracing *Tracing
	name    string
}

// MutateOperationParameters implements graphql.OperationParameterMutator.
func (c tracedCheck) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	check, ok := c.HandlerExtension.(graphql.OperationParameterMutator)
	if !ok {
		return nil
	}
	return c.trace(ctx, func(ctx context.Context) *gqlerror.Error { return check.MutateOperationParameters(ctx, params) })
}

// MutateOperationContext implements graphql.OperationContextMutator. What a check of the text does there takes no time.
func (c tracedCheck) MutateOperationContext(ctx context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	check, ok := c.HandlerExtension.(graphql.OperationContextMutator)
	if !ok {
		return nil
	}
	if _, both := c.HandlerExtension.(graphql.OperationParameterMutator); both {
		return check.MutateOperationContext(ctx, operation)
	}
	return c.trace(ctx, func(ctx context.Context) *gqlerror.Error { return check.MutateOperationContext(ctx, operation) })
}

func (c tracedCheck) trace(ctx context.Context, check func(context.Context) *gqlerror.Error) *gqlerror.Error {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return check(ctx)
	}
	ctx, span := c.tracing.traces.Start(ctx, c.name)
	defer span.End()
	refused := check(ctx)
	if refused != nil {
		failed(span, refusal.CodeOf(refused))
	}
	return refused
}

// AroundOperations traces queries and mutations, on a connection that stays as traces of their own; nil where nothing
// is traced.
func (t *Tracing) AroundOperations() graphql.OperationMiddleware {
	if t == nil {
		return nil
	}
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		if streams.IsSubscription(ctx) || untraced(ctx) {
			return next(ctx)
		}
		operation := graphql.GetOperationContext(ctx)
		answered, ofRequest := ctx.Value(answeredKey{}).(*time.Time)
		var span trace.Span
		if ofRequest {
			read := operation.Stats.Read
			_, body := t.traces.Start(ctx, "body", trace.WithTimestamp(read.Start))
			body.End(trace.WithTimestamp(read.End))
			ctx, span = t.traces.Start(ctx, string(operation.Operation.Operation))
		} else {
			ctx, span = t.apart(ctx, string(operation.Operation.Operation))
		}
		if !span.IsRecording() {
			return next(ctx)
		}
		done := &work{}
		responses := next(context.WithValue(ctx, workKey{}, done))
		ended := false
		return func(ctx context.Context) *graphql.Response {
			response := responses(ctx)
			if ended {
				return response
			}
			ended = true
			describeOperation(span, operation)
			t.describeAnswer(ctx, span, done, cost.DidOf(ctx).Spent().Calls, response)
			span.End()
			if ofRequest {
				*answered = time.Now()
			}
			return response
		}
	}
}

// AroundEvents gives each event of a subscription that is executed a trace of its own, linked to the caller's; nil
// where nothing is traced.
func (t *Tracing) AroundEvents() graphql.ResponseMiddleware {
	if t == nil {
		return nil
	}
	return func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		if !streams.IsSubscription(ctx) {
			return next(ctx)
		}
		ctx, span := t.apart(ctx, "subscription")
		if !span.IsRecording() {
			return next(ctx)
		}
		done, did := &work{}, cost.DidOf(ctx)
		before := did.Spent().Calls
		ctx = context.WithValue(ctx, workKey{}, done)
		response := next(ctx)
		if response == nil {
			return nil // the end of the stream, which is no event: a span that never ends is never sent
		}
		describeOperation(span, graphql.GetOperationContext(ctx))
		t.describeAnswer(ctx, span, done, did.Spent().Calls-before, response)
		span.End()
		return response
	}
}

// AroundExecution traces what the executor does for a query or a mutation; nil where nothing is traced.
func (t *Tracing) AroundExecution() graphql.ResponseMiddleware {
	if t == nil {
		return nil
	}
	return func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		if streams.IsSubscription(ctx) {
			return next(ctx)
		}
		ctx, end := t.stage(ctx, "execution")
		defer end()
		return next(ctx)
	}
}

// Observe has a set of loaders tell of the fields that wait and of the batches that are read. pause is what else wants
// to know of waits; nil: nothing.
func (t *Tracing) Observe(options *loaders.Options, pause func() (resume func(context.Context))) {
	if t == nil {
		if pause != nil {
			options.Pause = func(context.Context) func(context.Context) { return pause() }
		}
		return
	}
	options.Pause = func(ctx context.Context) func(context.Context) {
		end := t.resolve(ctx)
		if pause == nil {
			return func(context.Context) { end() }
		}
		resume := pause()
		return func(ctx context.Context) {
			end()
			resume(ctx)
		}
	}
	count := options.Batch
	options.Batch = func(ctx context.Context, operation string, keys int) (context.Context, func()) {
		end := func() {}
		if count != nil {
			ctx, end = count(ctx, operation, keys)
		}
		ctx, ended := t.stage(ctx, "load "+operation, attrOperation.String(operation), attrKeys.Int(keys))
		return ctx, func() {
			ended()
			end()
		}
	}
}

// resolve begins the span of a field that waits for an upstream.
func (t *Tracing) resolve(ctx context.Context) (end func()) {
	name := ""
	if field := graphql.GetFieldContext(ctx); field != nil && field.Field.Field != nil {
		name = field.Object + "." + field.Field.Name
	}
	_, end = t.stage(ctx, "resolve "+name, attrField.String(name))
	return end
}

// InTraceOf returns a context with the span of another, where that has one.
func InTraceOf(ctx, of context.Context) context.Context {
	span := trace.SpanFromContext(of)
	if !span.SpanContext().IsValid() {
		return ctx
	}
	return trace.ContextWithSpan(ctx, span)
}
