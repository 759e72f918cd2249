package gateway

import (
	"context"
	"encoding/json"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/burden"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/gateway/tracing"
	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// withLoaders gives each operation its own loaders, which hold what it has seen until it ends. Lists that it surely
// reads are begun with it: no field waits for the level above to ask for them.
func (g *replica) withLoaders(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	options := g.loaderOptions(ctx)
	var pause func() func(context.Context)
	if pass := burden.From(ctx); pass != nil {
		pause = pass.Pause
	}
	g.tracing.Observe(&options, pause)
	ctx = cost.WithRecorder(ctx, options.Explain, g.journal.Writes())
	ctx, did := cost.WithDid(ctx)
	options.Given = did.Note
	operation := graphql.GetOperationContext(ctx)
	set := loaders.New(ctx, g.sources, options)
	for _, list := range cost.CertainOf(operation) {
		set.Begin(list.Operation, list.Key)
	}
	responses := next(loaders.With(ctx, set))
	if streams.IsSubscription(ctx) {
		return responses // it has no end that its estimate could be held against
	}
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if response != nil {
			g.noteCost(operation, did)
		}
		return response
	}
}

// loaderOptions are those of an operation and of its estimate.
func (g *replica) loaderOptions(ctx context.Context) loaders.Options {
	options := cost.RequestOf(ctx)
	who := identity.CallerFrom(ctx)
	return loaders.Options{
		Scope: who.Scope, DomainID: who.DomainID, MaxAge: options.MaxAge, Now: g.now(), Explain: options.Explain,
		Batch: g.countBatch,
	}
}

// countBatch counts a batch of keys that memory had no answer for.
func (g *replica) countBatch(ctx context.Context, operation string, keys int) (context.Context, func()) {
	g.metrics.LoaderBatch(operation, keys)
	return ctx, func() {}
}

// usesOf are the data that the operation of a context has used.
func usesOf(ctx context.Context) []loaders.Use {
	if set := loaders.From(ctx); set != nil {
		return set.Uses()
	}
	return nil
}

// addExtensions adds the age of the data that were used, and warnings of what is missing, and counts both.
func (g *replica) addExtensions(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	set := loaders.From(ctx)
	if response == nil || set == nil || len(response.Data) == 0 {
		return response
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	g.noteReads(ctx)
	uses := set.Uses()
	response.Extensions["freshness"] = resolvers.FreshnessOf(uses)
	if warnings := resolvers.WarningsOf(set, uses); warnings != nil {
		response.Extensions["warnings"] = warnings
	}
	return response
}

// refuseWhile answers operations with a refusal as long as there is one.
func refuseWhile(refusal func() *gqlerror.Error) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		if refused := refusal(); refused != nil {
			return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{refused}})
		}
		return next(ctx)
	}
}

// inPlace lets an operation run while there is a place for it. A subscription needs none: its connection is bounded.
func (g *edition) inPlace(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if streams.IsSubscription(ctx) {
		return next(ctx)
	}
	leave, refused := g.callers.Place(ctx)
	if refused != nil {
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{refused}})
	}
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		defer leave()
		return responses(ctx)
	}
}

// measure counts operations by type, outcome and first error code.
func (g *replica) measure(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	started := g.now()
	asked := graphql.GetOperationContext(ctx)
	operation := string(asked.Operation.Operation)
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if streams.IsSubscription(ctx) {
			started = g.now() // each event counts, without the wait for it
		}
		if response != nil {
			outcome, code := outcomeOf(response)
			took := g.now().Sub(started)
			if g.metrics.GraphQLOperation(operation, outcome, code, took); isWarm(asked) {
				g.metrics.WarmQuery(took)
			}
		}
		return response
	}
}

// allNull reports whether an answer has nothing to show: no data, or null in each field of the operation.
func allNull(data json.RawMessage) bool {
	var fields map[string]json.RawMessage
	if len(data) == 0 || json.Unmarshal(data, &fields) != nil || fields == nil {
		return true
	}
	for _, value := range fields {
		if string(value) != "null" {
			return false
		}
	}
	return true
}

func outcomeOf(response *graphql.Response) (outcome, code string) {
	switch {
	case len(response.Errors) == 0:
		return "ok", ""
	case allNull(response.Data):
		return "error", refusal.CodeOf(response.Errors[0])
	default:
		return "partial", refusal.CodeOf(response.Errors[0])
	}
}

// shareEvents has the events of equal subscriptions answered once. One that wants its own calls explained shares none.
func (g *replica) shareEvents(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if !streams.IsSubscription(ctx) {
		return next(ctx)
	}
	options := g.loaderOptions(ctx)
	if options.Explain {
		return next(ctx)
	}
	return next(g.sharing.Join(ctx, streams.Asked{
		Scope: options.Scope, DomainID: options.DomainID, MaxAge: options.MaxAge,
	}))
}

// withEventLoaders gives each event of a subscription loaders of its own, made when the event comes; it stands around
// the stages that read them.
func withEventLoaders(now func() time.Time) graphql.ResponseMiddleware {
	return func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		operation := loaders.From(ctx)
		if operation == nil || !streams.IsSubscription(ctx) {
			return next(ctx)
		}
		return next(loaders.WithLater(ctx, func() *loaders.Set {
			return operation.Again(tracing.InTraceOf(streams.Present(ctx), ctx), now())
		}))
	}
}

// noteEvent notes the age of the data that an event was found in, and its id for the transport that writes the answer;
// it stands within the stages that read them.
func noteEvent(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response == nil || !streams.IsSubscription(ctx) {
		return response
	}
	announcement, ok := resolvers.TakeAnnouncement(ctx)
	if !ok {
		return response
	}
	if set := loaders.From(ctx); set != nil && announcement.Seen != nil {
		set.Note(announcement.Seen.Operation, announcement.Seen.FetchedAt, announcement.Seen.StaleAt)
	}
	streams.NoteEventID(ctx, announcement.EventID)
	return response
}
