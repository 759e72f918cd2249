package traces

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// batches keeps the sizes of the batches that it was given.
type batches struct{ sizes []int }

// ExportSpans implements sdk.SpanExporter.
func (b *batches) ExportSpans(_ context.Context, spans []sdk.ReadOnlySpan) error {
	b.sizes = append(b.sizes, len(spans))
	return nil
}

// Shutdown implements sdk.SpanExporter.
func (b *batches) Shutdown(context.Context) error { return nil }

// TestQueue_batches: no batch is larger than the largest, whether its spans ended together or one by one, each taken
// before the next ended.
func TestQueue_batches(t *testing.T) {
	t.Parallel()
	const number = 2*mostSpans + 20
	for name, oneByOne := range map[string]bool{"together": false, "one by one": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := Options{
					Endpoint: "http://127.0.0.1:1", Timeout: time.Second, Queue: number, Count: func(Outcome, int) {},
				}
				client, err := newClient(o)
				if err != nil {
					t.Fatal(err)
				}
				seen := &batches{}
				q := newQueue(seen, client, o)
				span := tracetest.SpanStub{
					SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceFlags: trace.FlagsSampled}),
				}.Snapshot()
				for range number {
					q.OnEnd(span)
					if oneByOne {
						synctest.Wait()
					}
				}
				q.close(t.Context())
				if want := []int{mostSpans, mostSpans, 20}; !slices.Equal(seen.sizes, want) {
					t.Errorf("batches of %v spans, want %v", seen.sizes, want)
				}
			})
		})
	}
}
