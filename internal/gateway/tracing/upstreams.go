package tracing

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// CacheTask traces a refresh: as part of what waits for it, or in the background as a trace of its own.
func (t *Tracing) CacheTask(ctx context.Context, task cache.Task) (context.Context, func()) {
	var span trace.Span
	switch within := workOf(ctx); {
	case task.Awaited && untraced(ctx), !task.Awaited && within != nil && within.background:
		return ctx, func() {}
	case task.Awaited:
		ctx, span = t.traces.Start(ctx, "refresh "+task.Operation)
	default:
		ctx, span = t.apart(context.WithValue(ctx, workKey{}, &work{background: true}), "refresh "+task.Operation)
	}
	if span.IsRecording() {
		span.SetAttributes(
			attrOperation.String(task.Operation), attrKeys.Int(task.Keys), attrBackground.Bool(!task.Awaited))
	}
	return ctx, func() { span.End() }
}

// CacheEvent notes what the cache did: what memory had is gathered, since a query may ask it a thousand times.
func (t *Tracing) CacheEvent(ctx context.Context, e cache.Event) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	if e.Kind == cache.EventHit || e.Kind == cache.EventStale {
		workOf(ctx).noteHits(e.Operation, e.Kind, e.Count)
		return
	}
	addCacheEvent(span, e)
	if e.Kind == cache.EventRefreshFailed {
		failed(span, kindOf(e.Err))
	}
}

// kindOf is the kind of a failed refresh in one word.
func kindOf(err error) string {
	if kind := rest.KindOf(err); kind != rest.None {
		return kind.String()
	}
	return "_OTHER"
}

// addCacheEvent adds an event of the cache to a span.
func addCacheEvent(span trace.Span, e cache.Event) {
	attributes := []attribute.KeyValue{attrOperation.String(e.Operation), attrKeys.Int(e.Count)}
	switch e.Kind {
	case cache.EventHit:
		attributes = append(attributes, attrTier.String(cache.SourceMemory), attrState.String(cache.Fresh.String()))
	case cache.EventStale, cache.EventExpired:
		attributes = append(attributes, attrTier.String(cache.SourceMemory), attrState.String(string(e.Kind)))
	case cache.EventRedisHit:
		attributes = append(attributes, attrTier.String(cache.SourceRedis))
	case cache.EventRefresh:
		attributes = append(attributes, attrTier.String(cache.SourceUpstream))
	default: // it tells of no data
	}
	if e.Rest != "" {
		attributes = append(attributes, attrRest.String(string(e.Rest)))
	}
	span.AddEvent("cache "+string(e.Kind), trace.WithAttributes(attributes...))
}

// attemptKey is the context key of when an attempt began.
type attemptKey struct{}

// BeginAttempt begins the span of an attempt at an upstream, and tells the upstream of it where it is to know.
func (t *Tracing) BeginAttempt(ctx context.Context, spec rest.Spec, number int, header http.Header) context.Context {
	if !untraced(ctx) {
		ctx = t.attempt(ctx, spec, number)
	}
	if t.upstreams {
		propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(header))
	}
	return ctx
}

func (t *Tracing) attempt(ctx context.Context, spec rest.Spec, number int) context.Context {
	began := time.Now()
	ctx, span := t.traces.Start(ctx, spec.Method+" "+spec.Path,
		trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(began))
	if !span.IsRecording() {
		return ctx
	}
	span.SetAttributes(
		semconv.HTTPRequestMethodKey.String(spec.Method), semconv.URLTemplate(spec.Path),
		attrSystem.String(spec.System), attrOperation.String(spec.Operation),
	)
	if number > 1 {
		span.SetAttributes(semconv.HTTPRequestResendCount(number - 1))
	}
	return context.WithValue(ctx, attemptKey{}, began)
}

// Attempt implements rest.Observer: it ends the span of an attempt.
func (t *Tracing) Attempt(ctx context.Context, a rest.Attempt) {
	span := trace.SpanFromContext(ctx)
	began, ok := ctx.Value(attemptKey{}).(time.Time)
	if !ok || !span.IsRecording() {
		return
	}
	if a.Wait >= time.Millisecond {
		_, waiting := t.traces.Start(ctx, "quota", trace.WithTimestamp(began))
		waiting.End(trace.WithTimestamp(began.Add(a.Wait)))
	}
	span.SetAttributes(
		attrSent.Bool(a.Sent), attrQuotaWait.Float64(a.Wait.Seconds()), attrLane.String(rest.LaneFrom(ctx).String()))
	if a.Status != 0 {
		span.SetAttributes(semconv.HTTPResponseStatusCode(a.Status))
	}
	if a.Kind != rest.None {
		failed(span, a.Kind.String())
	}
	span.End()
}
