package traces

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Options are what traces are made with.
type Options struct {
	// Endpoint is the receiver's address; without a path /v1/traces is asked.
	Endpoint string
	// Header is sent with each export. It may hold secrets, which no error repeats.
	Header http.Header
	// Roots sign the receiver's certificate; nil means those that the system trusts.
	Roots *x509.CertPool
	// Ratio is the part of the traces without a parent that is sampled, from 0 to 1.
	Ratio float64
	// Timeout bounds one export with its repeats; Queue is how many spans may wait for it. Both must be positive.
	Timeout time.Duration
	Queue   int
	// Service, Version and Environment name the process in its traces; an empty Environment is left out.
	Service, Version, Environment string
	// Count is told what became of so many spans.
	Count func(outcome Outcome, spans int)
	// Logger is told now and then of spans that were dropped.
	Logger *slog.Logger
	// Now is the clock of that; nil means time.Now.
	Now func() time.Time
}

// Traces makes spans and sends them. It is safe for concurrent use.
type Traces struct {
	trace.Tracer

	queue *queue
}

// The limits of one span: what is more is left out.
const (
	mostAttributes = 32
	mostEvents     = 64
	mostLinks      = 4
	longestValue   = 200
)

// New makes traces; it makes no connection. Who got them calls [Traces.Close].
func New(o Options) (*Traces, error) {
	client, err := newClient(o)
	if err != nil {
		return nil, err
	}
	t := &Traces{queue: newQueue(otlptrace.NewUnstarted(client), client, o)}
	provider := sdk.NewTracerProvider(
		sdk.WithSampler(sdk.ParentBased(begun{sdk.TraceIDRatioBased(o.Ratio)})),
		sdk.WithSpanProcessor(t.queue),
		sdk.WithResource(resource.NewSchemaless(namesOf(o)...)),
		sdk.WithRawSpanLimits(sdk.SpanLimits{
			AttributeValueLengthLimit: longestValue, AttributeValueDepthLimit: 1, AttributeCountLimit: mostAttributes,
			EventCountLimit: mostEvents, LinkCountLimit: mostLinks,
			AttributePerEventCountLimit: mostAttributes, AttributePerLinkCountLimit: mostAttributes,
		}),
	)
	t.Tracer = provider.Tracer("opsgraph")
	return t, nil
}

// namesOf are the attributes by which a receiver knows the process: its instance has a name of chance, since that of
// its machine may tell too much.
func namesOf(o Options) []attribute.KeyValue {
	names := []attribute.KeyValue{
		semconv.ServiceName(o.Service), semconv.ServiceVersion(o.Version), semconv.ServiceInstanceID(rand.Text()),
	}
	if o.Environment != "" {
		names = append(names, semconv.DeploymentEnvironmentNameKey.String(o.Environment))
	}
	return names
}

// Close sends what waits, while ctx lives; what remains then is dropped. Spans that end later are dropped too.
func (t *Traces) Close(ctx context.Context) { t.queue.close(ctx) }

// begun samples a trace that another one of this process began, and links to, as that one was; others by the ratio.
type begun struct{ sdk.Sampler }

// ShouldSample implements sdk.Sampler.
func (s begun) ShouldSample(p sdk.SamplingParameters) sdk.SamplingResult {
	if len(p.Links) > 0 && !p.Links[0].SpanContext.IsRemote() {
		if p.Links[0].SpanContext.IsSampled() {
			return sdk.SamplingResult{Decision: sdk.RecordAndSample}
		}
		return sdk.SamplingResult{Decision: sdk.Drop}
	}
	return s.Sampler.ShouldSample(p)
}

// addressOf is where an export is sent.
func addressOf(endpoint string) (*url.URL, error) {
	address, err := url.Parse(endpoint)
	if err != nil || address.Host == "" {
		return nil, fmt.Errorf("receiver of traces: not a URL") //nolint:perfsprint // its text may hold a password
	}
	if address.Path == "" || address.Path == "/" {
		address.Path = "/v1/traces"
	}
	return address, nil
}
