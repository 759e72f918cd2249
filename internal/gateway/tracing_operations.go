package gateway

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// What spans say where OpenTelemetry has no name for it.
const (
	attrDocument   = attribute.Key("opsgraph.document.hash")  // SHA-256 of the text, as persisted documents have it
	attrFields     = attribute.Key("opsgraph.cost.fields")    // of the answer at most, by the estimate
	attrCalls      = attribute.Key("opsgraph.upstream.calls") // sent while the operation ran
	attrAge        = attribute.Key("opsgraph.age")            // of the oldest data, in seconds
	attrField      = attribute.Key("opsgraph.field")          // of the schema: Type.field
	attrOperation  = attribute.Key("opsgraph.operation")      // of an upstream
	attrSystem     = attribute.Key("opsgraph.system")         // upstream system
	attrKeys       = attribute.Key("opsgraph.keys")           // how many
	attrTier       = attribute.Key("opsgraph.cache.tier")     // memory, redis, upstream
	attrState      = attribute.Key("opsgraph.cache.state")    // fresh, stale, expired
	attrRest       = attribute.Key("opsgraph.cache.rest")     // why a key is not refreshed now
	attrBackground = attribute.Key("opsgraph.background")
	attrQuotaWait  = attribute.Key("opsgraph.quota.wait") // in seconds, for the quota and a free slot
	attrLane       = attribute.Key("opsgraph.quota.lane")
	attrSent       = attribute.Key("opsgraph.sent") // whether a request went out
)

// longestName bounds the name of an operation, which its caller chose.
const longestName = 64

// work is what an operation, or a refresh in the background, gathers for its span.
type work struct {
	background bool

	mu    sync.Mutex
	calls int
	kinds map[cacheKind]int // keys
}

type cacheKind struct {
	operation string
	kind      cache.EventKind
}

type workKey struct{}

func workOf(ctx context.Context) *work {
	w, _ := ctx.Value(workKey{}).(*work)
	return w
}

// called counts a call.
func (w *work) called() {
	if w != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.calls++
	}
}

// noteHits counts keys that memory had.
func (w *work) noteHits(operation string, kind cache.EventKind, keys int) {
	if w == nil || w.background {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kinds == nil {
		w.kinds = map[cacheKind]int{}
	}
	w.kinds[cacheKind{operation, kind}] += keys
}

// aroundAdmission traces the admission of requests; nil around nothing.
func (t *tracing) aroundAdmission(admit admission) admission {
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

// aroundChecks traces each check by the name of its stage.
func (t *tracing) aroundChecks(stages []stage) []stage {
	if t == nil {
		return stages
	}
	stages = slices.Clone(stages)
	for i, s := range stages {
		if s.check != nil {
			stages[i].check = tracedCheck{s.check, t, s.name}
		}
	}
	return stages
}

// tracedCheck is a check with a span.
type tracedCheck struct {
	graphql.HandlerExtension

	tracing *tracing
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

// aroundOperations traces queries and mutations; nil for none. On a connection that stays each has a trace of its own.
func (t *tracing) aroundOperations(now func() time.Time) graphql.OperationMiddleware {
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
			describeAnswer(ctx, span, done, response, now())
			span.End()
			if ofRequest {
				*answered = time.Now()
			}
			return response
		}
	}
}

// describeOperation says what was asked.
func describeOperation(span trace.Span, operation *graphql.OperationContext) {
	hash := sha256.Sum256([]byte(operation.RawQuery))
	span.SetAttributes(
		semconv.GraphQLOperationTypeKey.String(string(operation.Operation.Operation)),
		attrDocument.String(hex.EncodeToString(hash[:])), attrFields.Int(cost.ExpectedOf(operation).Fields),
	)
	if name := operation.Operation.Name; name != "" {
		span.SetAttributes(semconv.GraphQLOperationName(name[:min(len(name), longestName)]))
	}
}

// describeAnswer says what became of an operation or an event, and which data it was made of.
func describeAnswer(
	ctx context.Context, span trace.Span, done *work, response *graphql.Response, now time.Time,
) {
	if response == nil {
		failed(span, "canceled")
	} else if outcome, code := outcomeOf(response); outcome == "error" {
		failed(span, code)
	} else if code != "" {
		span.SetAttributes(semconv.ErrorTypeKey.String(code))
	}
	done.mu.Lock()
	span.SetAttributes(attrCalls.Int(done.calls))
	for _, known := range slices.SortedFunc(maps.Keys(done.kinds), cacheKind.compare) {
		addCacheEvent(span, cache.Event{Operation: known.operation, Kind: known.kind, Count: done.kinds[known]})
	}
	done.mu.Unlock()
	if set := loaders.From(ctx); set != nil {
		describeData(span, set.Uses(), now)
	}
}

// describeData says how old the data are.
func describeData(span trace.Span, uses []loaders.Use, now time.Time) {
	var oldest time.Time
	for _, use := range uses {
		if use.Oldest.IsZero() {
			continue
		}
		if oldest.IsZero() || use.Oldest.Before(oldest) {
			oldest = use.Oldest
		}
		span.AddEvent("data", trace.WithAttributes(
			attrOperation.String(use.Operation), attrState.String(use.State.String()),
			attrAge.Float64(now.Sub(use.Oldest).Seconds()),
		))
	}
	if !oldest.IsZero() {
		span.SetAttributes(attrAge.Float64(now.Sub(oldest).Seconds()))
	}
}

func (k cacheKind) compare(other cacheKind) int {
	return cmp.Or(cmp.Compare(k.operation, other.operation), cmp.Compare(k.kind, other.kind))
}

// aroundEvents gives each event of a subscription that is executed a trace of its own, linked to the caller's; nil for
// none.
func (t *tracing) aroundEvents(now func() time.Time) graphql.ResponseMiddleware {
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
		done := &work{}
		ctx = context.WithValue(ctx, workKey{}, done)
		response := next(ctx)
		if response == nil {
			return nil // the end of the stream, which is no event: a span that never ends is never sent
		}
		describeOperation(span, graphql.GetOperationContext(ctx))
		describeAnswer(ctx, span, done, response, now())
		span.End()
		return response
	}
}

// aroundExecution traces what the executor does for a query or a mutation; nil for none.
func (t *tracing) aroundExecution() graphql.ResponseMiddleware {
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

// trace has a set of loaders tell of the fields that wait and of the batches that are read. pause is what else wants to
// know of waits; nil: nothing.
func (t *tracing) trace(options *loaders.Options, pause func() (resume func(context.Context))) {
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
		ctx, counted := count(ctx, operation, keys)
		ctx, end := t.stage(ctx, "load "+operation, attrOperation.String(operation), attrKeys.Int(keys))
		return ctx, func() {
			end()
			counted()
		}
	}
}

// resolve begins the span of a field that waits for an upstream.
func (t *tracing) resolve(ctx context.Context) (end func()) {
	name := ""
	if field := graphql.GetFieldContext(ctx); field != nil && field.Field.Field != nil {
		name = field.Object + "." + field.Field.Name
	}
	_, end = t.stage(ctx, "resolve "+name, attrField.String(name))
	return end
}

// inTraceOf returns a context with the span of another, where that has one.
func inTraceOf(ctx, of context.Context) context.Context {
	span := trace.SpanFromContext(of)
	if !span.SpanContext().IsValid() {
		return ctx
	}
	return trace.ContextWithSpan(ctx, span)
}
