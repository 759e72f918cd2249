package gateway

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/graph/plan"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/guard"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/resolvers"
)

// parts are what the stages of /graphql are made of.
type parts struct {
	schema graphql.ExecutableSchema

	origins     *httpapi.Origins
	compression func(http.Handler) http.Handler
	errors      refusal.Limits

	http    *httpapi.Transport
	sockets *streams.WebSocket
	events  *streams.EventStream

	documents *guard.Documents
	persisted *guard.Persisted
	document  *guard.DocumentCheck
	arguments *guard.ArgumentCheck
	costs     *cost.Check
}

// newParts makes the parts.
func (g *edition) newParts() (*parts, error) {
	limits := g.cfg.Limits
	documents, err := guard.NewDocuments(limits.QueryCacheDocuments, limits.QueryCacheBytes)
	if err != nil {
		return nil, fmt.Errorf("query cache: %w", err)
	}
	p := &parts{
		schema: g.newSchema(documents), documents: documents,
		errors: refusal.Limits{
			Errors: limits.Errors, RefusedErrors: limits.RefusedErrors, MessageChars: limits.MessageChars,
		},
	}
	if p.origins, err = httpapi.NewOrigins(g.cfg.Server.AllowedOrigins, g.demo != nil); err != nil {
		return nil, fmt.Errorf("server.allowed_origins: %w", err)
	}
	if p.compression, err = httpapi.NewCompression(); err != nil {
		return nil, err
	}
	if err := g.addChecks(p); err != nil {
		return nil, err
	}
	return p, g.addTransports(p)
}

// newSchema is the schema with its resolvers and the executor that the configuration names; documents keep its plans.
func (g *replica) newSchema(documents *guard.Documents) graphql.ExecutableSchema {
	cfg := graph.Config{
		Schema:    guard.WithoutDefer(graph.NewExecutableSchema(graph.Config{}).Schema()),
		Resolvers: &resolvers.Resolver{Sources: g.sources, Live: g.changes},
	}
	if g.cfg.Server.Executor == config.ExecutorPlan {
		return plan.Ordered(graph.NewPlannedSchema(cfg, documents))
	}
	return plan.Ordered(graph.NewExecutableSchema(cfg))
}

// addChecks makes what judges an operation.
func (g *edition) addChecks(p *parts) error {
	var err error
	if p.persisted, err = g.newPersisted(); err != nil {
		return err
	}
	schema := p.schema.Schema()
	p.document = guard.NewDocumentCheck(schema, g.documentLimits(), p.documents, g.cfg.Server.Introspection)
	if err := p.persisted.Check(p.document); err != nil {
		return fmt.Errorf("%s: %w", g.cfg.Persisted.ManifestFile, err)
	}
	if p.arguments, err = guard.NewArgumentCheck(schema, guard.Formats(g.now), guard.Scalars()); err != nil {
		return fmt.Errorf("argument check: %w", err)
	}
	if p.costs, err = cost.NewCheck(schema, g.costOptions()); err != nil {
		return fmt.Errorf("cost check: %w", err)
	}
	return nil
}

// addTransports makes what carries an operation.
func (g *edition) addTransports(p *parts) error {
	limits := g.cfg.Limits
	var err error
	p.http, err = httpapi.NewTransport(httpapi.Options{
		BodyBytes: limits.BodyBytes, URLBytes: limits.URLBytes, JSONDepth: limits.JSONDepth, Errors: p.errors,
		Origins: p.origins, PreflightGET: g.cfg.Auth.Mode == config.AuthNone && !g.cfg.OnlyLoopback(),
		Logger: g.logger, Admit: g.tracing.AroundAdmission(g.admit), Challenge: g.callers.Challenge(),
		Annotate: annotateAge(g.now), Keep: keeper{g.now}.keep, Kept: g.kept(p), Late: Late,
		Lend: lend,
		Stream: func(
			ctx context.Context, w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor,
			operation *graphql.OperationContext,
		) {
			p.events.Continue(g.tracing.Stays(ctx), w, r, exec, operation)
		},
	})
	if err != nil {
		return fmt.Errorf("transport: %w", err)
	}
	live := streams.Options{
		HTTP: p.http, Connections: g.live, InitTimeout: limits.SocketInitTimeout, Ping: limits.SocketPing,
		WriteTimeout: limits.WriteTimeout, Operations: limits.SocketOperations, FrameBytes: limits.SocketFrameBytes,
		AdmitEvery: g.cfg.Live.AdmitEvery, Now: g.now,
		Starts: limits.SocketStarts, Opened: g.metrics.LiveConnection,
		// A connection stays longer than an edition may: whether its caller may still ask is judged by the one in force.
		Readmit:  func(r *http.Request) (context.Context, *gqlerror.Error) { return g.present().readmit(r) },
		Accepted: func(ctx context.Context) bool { return g.present().callers.Accepted(ctx) },
		Enter:    func(ctx context.Context, _ *http.Request) (func(), bool) { return g.present().callers.Stay(ctx) },
	}
	if p.sockets, err = streams.NewWebSocket(live); err != nil {
		return fmt.Errorf("websocket: %w", err)
	}
	if p.events, err = streams.NewEventStream(live); err != nil {
		return fmt.Errorf("event stream: %w", err)
	}
	return nil
}

// addHandler makes the handler of the users' address: the stages of a request around the server of operations.
func (g *edition) addHandler() error {
	p, err := g.newParts()
	if err != nil {
		return err
	}
	g.documents = p.documents
	g.stages = g.newStages(p)
	server := newServer(p.schema)
	server.SetQueryCache(p.documents)
	server.SetRecoverFunc(httpapi.RecoverFunc(g.logger))
	server.SetErrorPresenter(resolvers.Presenter(g.logger, g.now))
	register(g.stages, server, g.tracing)
	g.exec, g.handler = server, around(g.stages, server)
	return nil
}

// costOptions are the settings of the estimate of operations.
func (g *edition) costOptions() cost.Options {
	return cost.Options{
		Sources: g.sources.Estimates(), Limits: g.cfg.Limits, LoaderOptions: g.loaderOptions, Shares: g.stores.Cache != nil,
		Operations: g.upstreams.Operations, Groups: g.upstreams.Groups, Quota: g.upstreams.Quota.State,
		Patience: func(ctx context.Context) time.Time { return deadlineOf(ctx, g.cfg.Limits.RequestTimeout).execution() },
	}
}

// newPersisted opens what documents can be named: those that clients register and those of the manifest.
func (g *edition) newPersisted() (*guard.Persisted, error) {
	cfg := g.cfg.Persisted
	options := guard.PersistedOptions{OnlyTrusted: cfg.OnlyTrusted, Logger: g.logger}
	var err error
	if options.Trusted, err = g.trusted(); err != nil {
		return nil, err
	}
	if cfg.Automatic {
		options.Automatic = g.registered
	}
	return guard.NewPersisted(options), nil
}

// documentLimits are the configured ones.
func (g *edition) documentLimits() guard.Limits {
	l := g.cfg.Limits
	return guard.Limits{
		Bytes: l.DocumentBytes, Tokens: l.Tokens, Operations: l.Operations, Fragments: l.Fragments,
		Directives: l.Directives, Variables: l.Variables, ValueDepth: l.JSONDepth,
		Depth: l.Depth, Fields: l.Fields, Aliases: l.Aliases, RootFields: l.RootFields,
		IntrospectionFields: l.IntrospectionFields, IntrospectionDepth: l.IntrospectionDepth,
		IntrospectionRoots: l.IntrospectionRoots,
	}
}

// lend lets answers stay in the memory that they were written in until they have been sent.
func lend(ctx context.Context) (lent context.Context, giveBack func()) {
	lent, loan := plan.WithLoan(ctx)
	return lent, loan.Return
}
