package tracing

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// What spans say where OpenTelemetry has no name for it.
const (
	attrDocument   = attribute.Key("opsgraph.document.hash")  // SHA-256 of the text, as persisted documents have it
	attrFields     = attribute.Key("opsgraph.cost.fields")    // of the answer at most, by the estimate
	attrCalls      = attribute.Key("opsgraph.upstream.calls") // sent for the operation or the event
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
func (t *Tracing) describeAnswer(
	ctx context.Context, span trace.Span, done *work, calls int, response *graphql.Response,
) {
	if response == nil {
		failed(span, "canceled")
	} else if outcome, code := t.outcome(response); outcome == "error" {
		failed(span, code)
	} else if code != "" {
		span.SetAttributes(semconv.ErrorTypeKey.String(code))
	}
	span.SetAttributes(attrCalls.Int(calls))
	done.mu.Lock()
	for _, known := range slices.SortedFunc(maps.Keys(done.kinds), cacheKind.compare) {
		addCacheEvent(span, cache.Event{Operation: known.operation, Kind: known.kind, Count: done.kinds[known]})
	}
	done.mu.Unlock()
	describeData(span, t.uses(ctx), t.now())
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
