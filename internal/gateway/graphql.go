package gateway

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/guard"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

// newGraphQL puts together what answers /graphql. The order in which a request passes the parts stands here.
func (g *Gateway) newGraphQL() (http.Handler, error) {
	limits := g.cfg.Limits
	schema := graph.NewExecutableSchema(graph.Config{
		Schema: guard.WithoutDefer(graph.NewExecutableSchema(graph.Config{}).Schema()), Resolvers: &resolvers.Resolver{Sources: g.sources},
	})
	documents, err := guard.NewDocuments(limits.QueryCacheDocuments, limits.QueryCacheBytes)
	if err != nil {
		return nil, fmt.Errorf("query cache: %w", err)
	}
	arguments, err := guard.NewArgumentCheck(schema.Schema(), argumentFormats(g.now), scalarFormats())
	if err != nil {
		return nil, fmt.Errorf("argument check: %w", err)
	}
	persisted, err := g.newPersisted()
	if err != nil {
		return nil, err
	}
	check := guard.NewDocumentCheck(schema.Schema(), g.documentLimits(), documents, g.cfg.Server.Introspection)
	if err := persisted.Check(check); err != nil {
		return nil, fmt.Errorf("%s: %w", g.cfg.Persisted.ManifestFile, err)
	}
	costs, err := cost.NewCheck(schema.Schema(), g.costOptions())
	if err != nil {
		return nil, fmt.Errorf("cost check: %w", err)
	}
	errorLimits := refusal.Limits{Errors: limits.Errors, RefusedErrors: limits.RefusedErrors, MessageChars: limits.MessageChars}
	transport, err := httpapi.NewTransport(httpapi.Options{
		BodyBytes: limits.BodyBytes, URLBytes: limits.URLBytes, JSONDepth: limits.JSONDepth, Errors: errorLimits,
		TrustedOrigins: g.cfg.Server.AllowedOrigins, Logger: g.logger, Admit: g.admit, Challenge: g.callers.Challenge(), Annotate: httpapi.AnnotateAge(g.now), Keep: httpapi.KeepUntilStale(g.now),
	})
	if err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	live := streams.Options{
		HTTP: transport, Connections: g.live, InitTimeout: limits.SocketInitTimeout, Ping: limits.SocketPing,
		WriteTimeout: limits.WriteTimeout, Operations: limits.SocketOperations, FrameBytes: limits.SocketFrameBytes,
		AdmitEvery: g.cfg.Live.AdmitEvery, Readmit: g.readmit, Accepted: g.callers.Accepted, Now: g.now,
		Starts: limits.SocketStarts, Opened: g.metrics.LiveConnection,
		CallerOf: func(ctx context.Context, _ *http.Request) string { return identity.CallerFrom(ctx).Key },
	}
	sockets, err := streams.NewWebSocket(live)
	if err != nil {
		return nil, fmt.Errorf("websocket: %w", err)
	}
	events, err := streams.NewEventStream(live)
	if err != nil {
		return nil, fmt.Errorf("event stream: %w", err)
	}
	server := handler.New(schema)
	server.AddTransport(sockets)
	server.AddTransport(events)
	server.AddTransport(transport)
	server.SetQueryCache(documents)
	server.SetRecoverFunc(httpapi.RecoverFunc(g.logger))
	server.SetErrorPresenter(resolvers.Presenter(g.logger))
	server.Use(persisted)
	server.Use(check)
	server.Use(arguments)
	server.Use(costs)
	server.Use(persisted.Registration())
	server.AroundOperations(g.measure)
	server.AroundOperations(refuseWhile(g.memory.Refusal)) // operations of a WebSocket pass no other door
	server.AroundOperations(g.callers.InPlace)
	server.AroundOperations(streams.CountSubscriptions(g.metrics.LiveSubscription))
	server.AroundOperations(costs.Plan)
	server.AroundOperations(Deadline(limits.RequestTimeout))
	server.AroundOperations(g.withLoaders)
	server.AroundOperations(streams.Announce)
	server.AroundResponses(errorLimits.InterceptResponse)
	server.AroundResponses(streams.WithEventLoaders(g.now))
	server.AroundResponses(addExtensions)
	server.AroundResponses(streams.NoteEvent)
	server.AroundResponses(costs.Explain)
	return server, nil
}

// Options are what the estimate of an operation goes by.
func (g *Gateway) costOptions() cost.Options {
	return cost.Options{
		Sources: g.sources, Limits: g.cfg.Limits, Ask: g.loaderOptions, Shares: g.stores.cache != nil,
		PageSizeMinute: g.cfg.Upstream.PageSizeMinute, PageSize: g.cfg.Upstream.PageSize,
		Operations: g.upstreams.operations, Groups: g.upstreams.groups, Quota: g.upstreams.quota.State,
	}
}

// newPersisted opens what documents can be named: those that clients register and those of the manifest.
func (g *Gateway) newPersisted() (*guard.Persisted, error) {
	cfg := g.cfg.Persisted
	options := guard.PersistedOptions{OnlyTrusted: cfg.OnlyTrusted, Logger: g.logger}
	var err error
	if cfg.ManifestFile != "" {
		if options.Trusted, err = guard.ReadManifest(cfg.ManifestFile); err != nil {
			return nil, err
		}
	}
	if cfg.Automatic {
		if options.Automatic, err = g.stores.documents(g.cfg); err != nil {
			return nil, err
		}
	}
	return guard.NewPersisted(options), nil
}

// argumentFormats judge what @constraint(format:) names in the schema.
func argumentFormats(now func() time.Time) map[string]guard.Format {
	return map[string]guard.Format{
		"global-id": func(value any) error {
			text, _ := value.(string)
			_, err := model.ParseID(text)
			return err
		},
		"cursor": func(value any) error {
			text, _ := value.(string)
			_, err := model.ParseCursor(text)
			return err
		},
		"event-id": func(value any) error {
			text, _ := value.(string)
			_, err := sources.ParseEventID(text)
			return err
		},
		"time-range": func(value any) error {
			fields, _ := value.(map[string]any)
			return model.CheckTimeRange(fields, now())
		},
	}
}

// scalarFormats judge the values of custom scalars before anything is executed.
func scalarFormats() map[string]guard.Format {
	return map[string]guard.Format{
		"DateTime": func(value any) error { _, err := model.UnmarshalDateTime(value); return err },
		"Date":     func(value any) error { _, err := model.UnmarshalDate(value); return err },
		"Duration": func(value any) error { _, err := model.UnmarshalDuration(value); return err },
		"Decimal":  func(value any) error { _, err := model.UnmarshalDecimal(value); return err },
	}
}

// withLoaders gives each operation its own loaders. They hold what the operation sees, until it ends.
func (g *Gateway) withLoaders(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	options := g.loaderOptions(ctx)
	ctx = cost.WithRecorder(ctx, options.Explain)
	return next(loaders.With(ctx, loaders.New(ctx, g.sources, options)))
}

// loaderOptions are what an operation asks its data by; an estimate looks at the data by the same.
func (g *Gateway) loaderOptions(ctx context.Context) loaders.Options {
	options := cost.RequestOf(ctx)
	who := identity.CallerFrom(ctx)
	return loaders.Options{
		Scope: who.Scope, DomainID: who.DomainID, MaxAge: options.MaxAge, Now: g.now(), Explain: options.Explain,
	}
}

// addExtensions tells the age of what was used, and what is missing of it.
func addExtensions(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	set := loaders.From(ctx)
	if response == nil || set == nil || len(response.Data) == 0 {
		return response
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["freshness"] = resolvers.FreshnessOf(set)
	if warnings := resolvers.WarningsOf(set); warnings != nil {
		response.Extensions["warnings"] = warnings
	}
	return response
}

// refuseWhile answers an operation with a refusal as long as there is one.
func refuseWhile(refused func() *gqlerror.Error) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		if refused := refused(); refused != nil {
			return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{refused}})
		}
		return next(ctx)
	}
}

// measure counts operations by type, outcome and first error code.
func (g *Gateway) measure(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	started := g.now()
	operation := string(graphql.GetOperationContext(ctx).Operation.Operation)
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if streams.IsSubscription(ctx) {
			started = g.now() // each event counts, and the wait for it is no work
		}
		if response != nil {
			outcome, code := outcomeOf(response)
			g.metrics.GraphQLOperation(operation, outcome, code, g.now().Sub(started))
		}
		return response
	}
}

func outcomeOf(response *graphql.Response) (outcome, code string) {
	switch {
	case len(response.Errors) == 0:
		return "ok", ""
	case len(response.Data) == 0 || string(response.Data) == "null":
		return "error", refusal.CodeOf(response.Errors[0])
	default:
		return "partial", refusal.CodeOf(response.Errors[0])
	}
}

func (g *Gateway) documentLimits() guard.Limits {
	l := g.cfg.Limits
	limits := guard.DefaultLimits()
	limits.Bytes, limits.Tokens, limits.Operations, limits.Fragments = l.DocumentBytes, l.Tokens, l.Operations, l.Fragments
	limits.Directives, limits.Variables, limits.ValueDepth = l.Directives, l.Variables, l.JSONDepth
	limits.Depth, limits.Fields, limits.Aliases, limits.RootFields = l.Depth, l.Fields, l.Aliases, l.RootFields
	limits.IntrospectionFields, limits.IntrospectionDepth = l.IntrospectionFields, l.IntrospectionDepth
	limits.IntrospectionRoots = l.IntrospectionRoots
	return limits
}
