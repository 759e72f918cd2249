// Package tracing makes the spans of requests, operations, batches, refreshes and attempts of what the rooms of the
// gateway report. It decides nothing.
//
// What a span says are words of closed lists, names of the schema and of the upstream's documents, numbers, the hash of
// a document, and the name of an operation, cut. Nothing else that a caller sent is in it: no query, variable, token,
// id or address.
package tracing

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/internal/telemetry/traces"
	"github.com/opsgraph/opsgraph/internal/trust"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// Options are what tracing is made of.
type Options struct {
	Config config.Tracing
	// Environment and Version are those of the gateway.
	Environment, Version string
	Metrics              *telemetry.Metrics // nil counts nothing
	Logger               *slog.Logger
	// Now is the clock of ages.
	Now func() time.Time
	// Outcome is what became of an operation, as metrics have it, and the code of its first error.
	Outcome func(*graphql.Response) (outcome, code string)
	// Uses are the data that the operation of a context has used. The loaders themselves stay out of sight: whoever sees
	// them compiles the generic code of all of them once more.
	Uses func(ctx context.Context) []loaders.Use
}

// Tracing makes spans. A nil one makes none, and puts nothing around anything. It is safe for concurrent use.
type Tracing struct {
	traces *traces.Traces
	// follow goes on with the traces of callers, upstreams lets the upstream systems go on with ours.
	follow, upstreams bool
	now               func() time.Time
	outcome           func(*graphql.Response) (outcome, code string)
	uses              func(context.Context) []loaders.Use
}

// closeTime is how long the end of the process waits for the receiver of traces.
const closeTime = 2 * time.Second

// Open makes the tracing of a configuration; nil without a receiver. Who got one calls [Tracing.Close].
func Open(o Options) (*Tracing, error) {
	cfg := o.Config
	if cfg.Endpoint == "" {
		return nil, nil
	}
	header, ok := cfg.HeaderValues()
	if !ok {
		return nil, errors.New("tracing.headers: not name=value,…")
	}
	var (
		roots *x509.CertPool // nil: those of this machine
		err   error
	)
	if cfg.CAFile != "" {
		if roots, err = trust.Authorities(cfg.CAFile); err != nil {
			return nil, fmt.Errorf("%s: %w", config.Label("tracing.ca_file"), err)
		}
	}
	outcomes := []string{}
	for _, outcome := range traces.Outcomes() {
		outcomes = append(outcomes, string(outcome))
	}
	count, err := o.Metrics.Spans(outcomes)
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	made, err := traces.New(traces.Options{
		Endpoint: cfg.Endpoint.Reveal(), Header: header, Roots: roots, Ratio: cfg.Ratio,
		Timeout: cfg.Timeout, Queue: cfg.Queue,
		Service: cfg.ServiceName, Version: o.Version, Environment: o.Environment,
		Count:  func(outcome traces.Outcome, spans int) { count(string(outcome), spans) },
		Logger: o.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	return &Tracing{
		traces: made, follow: cfg.FollowCallers, upstreams: cfg.Upstreams, now: o.Now, outcome: o.Outcome, uses: o.Uses,
	}, nil
}

// Close sends what waits, for a bounded time.
func (t *Tracing) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	t.traces.Close(ctx)
}

// originKey is the context key of the trace of whoever opened a connection that stays.
type originKey struct{}

// answeredKey is the context key of when the answer of a request was ready to be written.
type answeredKey struct{}

// Request traces the requests of a route. One that stays open has no span: each of its operations and events has a
// trace of its own, linked to the caller's. stays recognises it; nil: none does.
func (t *Tracing) Request(route string, stays func(*http.Request) bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		if t == nil {
			return next
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			caller := callerTrace(r.Header)
			if stays != nil && stays(r) {
				// As if this process had begun it, where its decision counts.
				origin := caller.WithRemote(!t.follow)
				next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), originKey{}, origin)))
				return
			}
			ctx, span := t.receive(r, caller, route)
			if !span.IsRecording() {
				next.ServeHTTP(w, r.WithContext(ctx))
				return
			}
			recorder := httpapi.RecordStatus(w)
			answered, done := new(time.Time), false
			defer func() {
				if !done { // which another stage answers, if it can
					failed(span, "panic")
				}
				t.respond(ctx, span, recorder.Status(), *answered)
			}()
			next.ServeHTTP(recorder, r.WithContext(context.WithValue(ctx, answeredKey{}, answered)))
			done = true
		})
	}
}

// receive begins the span of a request.
func (t *Tracing) receive(r *http.Request, caller trace.SpanContext, route string) (context.Context, trace.Span) {
	ctx, method := r.Context(), methodOf(r)
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer)}
	switch {
	case !caller.IsValid():
	case t.follow:
		ctx = trace.ContextWithRemoteSpanContext(ctx, caller)
	default:
		options = append(options, trace.WithLinks(trace.Link{SpanContext: caller}))
	}
	ctx, span := t.traces.Start(ctx, method+" "+route, options...)
	if span.IsRecording() {
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		span.SetAttributes(semconv.HTTPRequestMethodKey.String(method), semconv.HTTPRoute(route), semconv.URLScheme(scheme))
	}
	return ctx, span
}

// respond ends the span of a request.
func (t *Tracing) respond(ctx context.Context, span trace.Span, status int, answered time.Time) {
	if !answered.IsZero() {
		_, writing := t.traces.Start(ctx, "writing", trace.WithTimestamp(answered))
		writing.End()
	}
	span.SetAttributes(semconv.HTTPResponseStatusCode(status))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// callerTrace is the trace that a request names; invalid where it names none. Its state (tracestate) is a text of the
// caller's, and is left behind, as its baggage is.
func callerTrace(header http.Header) trace.SpanContext {
	if len(header["Traceparent"]) != 1 {
		return trace.SpanContext{}
	}
	ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.HeaderCarrier(header))
	return trace.SpanContextFromContext(ctx).WithTraceState(trace.TraceState{})
}

// methodOf is the method of a request: a caller may send any word.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodPost, http.MethodHead, http.MethodOptions:
		return r.Method
	default:
		return "_OTHER"
	}
}

// Stage begins the span of a stage, where what it belongs to has one; end ends it.
func (t *Tracing) Stage(ctx context.Context, name string) (within context.Context, end func()) {
	return t.stage(ctx, name)
}

func (t *Tracing) stage(ctx context.Context, name string, attributes ...attribute.KeyValue) (context.Context, func()) {
	if t == nil || !trace.SpanContextFromContext(ctx).IsSampled() {
		return ctx, func() {}
	}
	ctx, span := t.traces.Start(ctx, name, trace.WithAttributes(attributes...))
	return ctx, func() { span.End() }
}

// apart begins a trace of its own, linked to what began it where that is known.
func (t *Tracing) apart(ctx context.Context, name string) (context.Context, trace.Span) {
	options := []trace.SpanStartOption{trace.WithNewRoot()}
	cause := trace.SpanContextFromContext(ctx)
	if !cause.IsValid() {
		cause, _ = ctx.Value(originKey{}).(trace.SpanContext)
	}
	if cause.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: cause}))
	}
	return t.traces.Start(ctx, name, options...)
}

// Stays returns the context of a request whose connection stays from now on: what follows in it is not part of the
// request's trace, which ends with it, but has traces of its own, linked to that one.
func (t *Tracing) Stays(ctx context.Context) context.Context {
	of := trace.SpanContextFromContext(ctx)
	if t == nil || !of.IsValid() {
		return ctx
	}
	return trace.ContextWithSpanContext(context.WithValue(ctx, originKey{}, of), trace.SpanContext{})
}

// untraced reports whether a context belongs to a trace that is not sampled: nothing in it makes spans.
func untraced(ctx context.Context) bool {
	of := trace.SpanContextFromContext(ctx)
	return of.IsValid() && !of.IsSampled()
}

// failed marks a span as failed, with a word of a closed list.
func failed(span trace.Span, why string) {
	span.SetStatus(codes.Error, "")
	span.SetAttributes(semconv.ErrorTypeKey.String(why))
}
