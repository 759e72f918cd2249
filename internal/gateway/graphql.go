package gateway

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/live"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// newGraphQL puts together what answers /graphql. The order in which a request passes the parts stands here.
func (g *Gateway) newGraphQL() (http.Handler, error) {
	limits := g.cfg.Limits
	schema := graph.NewExecutableSchema(graph.Config{
		Schema: withoutDefer(graph.NewExecutableSchema(graph.Config{}).Schema()), Resolvers: &resolvers.Resolver{Sources: g.sources, Live: g.changes},
	})
	documents, err := NewDocuments(limits.QueryCacheDocuments, limits.QueryCacheBytes)
	if err != nil {
		return nil, fmt.Errorf("query cache: %w", err)
	}
	arguments, err := NewArgumentCheck(schema.Schema(), argumentFormats(g.now), scalarFormats())
	if err != nil {
		return nil, fmt.Errorf("argument check: %w", err)
	}
	persisted, err := g.newPersisted()
	if err != nil {
		return nil, err
	}
	check := NewDocumentCheck(schema.Schema(), g.documentLimits(), documents, g.cfg.Server.Introspection)
	if err := persisted.options.Trusted.Check(check); err != nil {
		return nil, fmt.Errorf("%s: %w", g.cfg.Persisted.ManifestFile, err)
	}
	costs, err := g.newCostCheck(schema.Schema())
	if err != nil {
		return nil, fmt.Errorf("cost check: %w", err)
	}
	errorLimits := ErrorLimits{Errors: limits.Errors, RefusedErrors: limits.RefusedErrors, MessageChars: limits.MessageChars}
	transport, err := NewTransport(TransportOptions{
		BodyBytes: limits.BodyBytes, URLBytes: limits.URLBytes, JSONDepth: limits.JSONDepth, Errors: errorLimits,
		TrustedOrigins: g.cfg.Server.AllowedOrigins, Logger: g.logger, Admit: g.admit, Challenge: g.callers.challenge(), Annotate: g.annotate, Keep: g.keep,
	})
	if err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	live := LiveOptions{
		HTTP: transport, Connections: g.live, InitTimeout: limits.SocketInitTimeout, Ping: limits.SocketPing,
		WriteTimeout: limits.WriteTimeout, Operations: limits.SocketOperations, FrameBytes: limits.SocketFrameBytes,
		AdmitEvery: g.cfg.Live.AdmitEvery, Readmit: g.readmit, Accepted: g.callers.accepted, Now: g.now,
		Starts: limits.SocketStarts, Opened: g.metrics.LiveConnection,
		CallerOf: func(ctx context.Context, _ *http.Request) string { return callerFrom(ctx).Key },
	}
	sockets, err := NewWebSocket(live)
	if err != nil {
		return nil, fmt.Errorf("websocket: %w", err)
	}
	streams, err := NewEventStream(live)
	if err != nil {
		return nil, fmt.Errorf("event stream: %w", err)
	}
	server := handler.New(schema)
	server.AddTransport(sockets)
	server.AddTransport(streams)
	server.AddTransport(transport)
	server.SetQueryCache(documents)
	server.SetRecoverFunc(RecoverFunc(g.logger))
	server.SetErrorPresenter(resolvers.Presenter(g.logger))
	server.Use(persisted)
	server.Use(check)
	server.Use(arguments)
	server.Use(costs)
	server.Use(persisted.Registration())
	server.AroundOperations(g.measure)
	server.AroundOperations(g.inPlace)
	server.AroundOperations(g.countSubscription)
	server.AroundOperations(g.plan(costs))
	server.AroundOperations(Deadline(limits.RequestTimeout))
	server.AroundOperations(g.withLoaders)
	server.AroundOperations(announce)
	server.AroundResponses(errorLimits.InterceptResponse)
	server.AroundResponses(g.withEventLoaders)
	server.AroundResponses(addExtensions)
	server.AroundResponses(noteEvent)
	server.AroundResponses(g.explain)
	return server, nil
}

// newPersisted opens what documents can be named: those that clients register and those of the manifest.
func (g *Gateway) newPersisted() (*Persisted, error) {
	cfg := g.cfg.Persisted
	options := PersistedOptions{OnlyTrusted: cfg.OnlyTrusted, Logger: g.logger}
	var err error
	if cfg.ManifestFile != "" {
		if options.Trusted, err = ReadManifest(cfg.ManifestFile); err != nil {
			return nil, err
		}
	}
	if cfg.Automatic {
		if options.Automatic, err = g.stores.documents(g.cfg); err != nil {
			return nil, err
		}
	}
	return NewPersisted(options), nil
}

// argumentFormats judge what @constraint(format:) names in the schema.
func argumentFormats(now func() time.Time) map[string]Format {
	return map[string]Format{
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
			_, err := live.ParseEventID(text)
			return err
		},
		"time-range": func(value any) error {
			fields, _ := value.(map[string]any)
			return model.CheckTimeRange(fields, now())
		},
	}
}

// scalarFormats judge the values of custom scalars before anything is executed.
func scalarFormats() map[string]Format {
	return map[string]Format{
		"DateTime": func(value any) error { _, err := model.UnmarshalDateTime(value); return err },
		"Date":     func(value any) error { _, err := model.UnmarshalDate(value); return err },
		"Duration": func(value any) error { _, err := model.UnmarshalDuration(value); return err },
		"Decimal":  func(value any) error { _, err := model.UnmarshalDecimal(value); return err },
	}
}

// requestOptions are what the headers of a request ask for.
type requestOptions struct {
	maxAge time.Duration
	// explain asks for the calls that were made, plan for those that would be, and no more.
	explain, plan bool
}

type requestOptionsKey struct{}

// headerMaxAge names the oldest data acceptable, in seconds.
const headerMaxAge = "X-Opsgraph-Max-Age"

// withLoaders gives each operation its own loaders. They hold what the operation sees, until it ends.
func (g *Gateway) withLoaders(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	options := g.loaderOptions(ctx)
	ctx = withRecorder(ctx, options.Explain)
	return next(loaders.With(ctx, loaders.New(ctx, g.sources, options)))
}

// loaderOptions are what an operation asks its data by; an estimate looks at the data by the same.
func (g *Gateway) loaderOptions(ctx context.Context) loaders.Options {
	options, _ := ctx.Value(requestOptionsKey{}).(requestOptions)
	who := callerFrom(ctx)
	return loaders.Options{
		Scope: who.Scope, DomainID: who.domainID, MaxAge: options.maxAge, Now: g.now(), Explain: options.explain,
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

// annotate sets Age, the age of the oldest data of the answer in whole seconds.
func (g *Gateway) annotate(_ context.Context, response *graphql.Response, header http.Header) {
	freshness, _ := response.Extensions["freshness"].([]resolvers.Freshness)
	if len(freshness) == 0 {
		return
	}
	oldest := freshness[0].Oldest
	for _, entry := range freshness[1:] {
		if entry.Oldest.Before(oldest) {
			oldest = entry.Oldest
		}
	}
	age := max(0, g.now().Sub(oldest))
	header.Set("Age", strconv.FormatInt(int64(age/time.Second), 10))
}

// measure counts operations by type, outcome and first error code.
func (g *Gateway) measure(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	started := g.now()
	operation := string(graphql.GetOperationContext(ctx).Operation.Operation)
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if isSubscription(ctx) {
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
		return "error", codeOf(response.Errors[0])
	default:
		return "partial", codeOf(response.Errors[0])
	}
}

func (g *Gateway) documentLimits() DocumentLimits {
	l := g.cfg.Limits
	limits := DefaultDocumentLimits()
	limits.Bytes, limits.Tokens, limits.Operations, limits.Fragments = l.DocumentBytes, l.Tokens, l.Operations, l.Fragments
	limits.Directives, limits.Variables, limits.ValueDepth = l.Directives, l.Variables, l.JSONDepth
	limits.Depth, limits.Fields, limits.Aliases, limits.RootFields = l.Depth, l.Fields, l.Aliases, l.RootFields
	limits.IntrospectionFields, limits.IntrospectionDepth = l.IntrospectionFields, l.IntrospectionDepth
	limits.IntrospectionRoots = l.IntrospectionRoots
	return limits
}
