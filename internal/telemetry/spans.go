package telemetry

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
)

// traceIDKey is the key of the trace in log lines.
const traceIDKey = "trace_id"

// traceID is the id of the trace that the work of a context belongs to; empty where it is not traced.
func traceID(ctx context.Context) string {
	if span := trace.SpanContextFromContext(ctx); span.IsSampled() {
		return span.TraceID().String()
	}
	return ""
}

// Spans makes opsgraph_trace_spans_total, which counts spans by what became of them: one of the outcomes. It fails when
// it was called before.
func (m *Metrics) Spans(outcomes []string) (count func(outcome string, spans int), err error) {
	spans := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "opsgraph_trace_spans_total",
		Help: "Spans of traces by what became of them: sent, or why they were dropped.",
	}, []string{"outcome"})
	for _, outcome := range outcomes {
		spans.WithLabelValues(outcome).Add(0) // so that the first one shows as an increase
	}
	return func(outcome string, n int) { spans.WithLabelValues(outcome).Add(float64(n)) }, m.Register(spans)
}
