package gateway

import (
	"context"
	"net"
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/gateway/tracing"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/streams"
)

// admission decides whether a request goes on. The context that it returns is that of the request from there on.
type admission func(r *http.Request) (context.Context, *gqlerror.Error)

// stage is one step of a request: one of the functions, or none where another package takes the step.
type stage struct {
	name string

	// listener is in front of the server.
	listener func(*listen.Server, net.Listener) net.Listener
	// request is around all that follows.
	request func(http.Handler) http.Handler
	// transport carries the operation: the first one that supports the request.
	transport graphql.Transport
	// admit is called by the transport; readmit, again and again, for a connection that stays. nil lets through.
	admit, readmit admission
	// check judges the operation.
	check graphql.HandlerExtension
	// operation is around the execution, answer around each answer: a query has one, a subscription one an event.
	operation graphql.OperationMiddleware
	answer    graphql.ResponseMiddleware
}

// newStages lists the stages of a request to /graphql, which are registered in this order: a stage is around those
// below it, so that on the way back the last one comes first. Each has the reason for its place.
func (g *edition) newStages(p *parts) []stage {
	return []stage{
		// The connection.

		// Before anything is read: a connection itself takes a file and memory.
		{name: "connections", listener: g.limitConnections},
		// Taken by the server (listen.NewServer), before any handler: time, number and size of the headers.
		{name: "head"},

		// The request.

		// Before all work: an operation's time counts from here.
		{name: "arrival", request: httpapi.NoteArrival},
		// Around the rest: every log line and every error below names the id.
		{name: "request id", request: httpapi.WithRequestID},
		// Around all that may panic.
		{name: "recover", request: g.recover},
		// Before any stage that answers by itself: refusals have these headers too.
		{name: "security headers", request: httpapi.SecurityHeaders(g.certificate != nil)},
		// Before anything reads the host: it must be one.
		{name: "target", request: httpapi.CheckTarget(listen.HostSent)},
		// Before anything is answered: to a page whose name leads to loopback, all of it would be the page's own.
		{name: "hosts", request: g.allowHosts(g.cfg.OnlyLoopback())},
		// Before the route: a preflight (CORS) is answered for every path.
		{name: "origins", request: httpapi.AllowOrigins(p.origins, g.cfg.Server.AllowedHeaders)},
		// Only /graphql goes on; the schema, the states of the process and the pages are answered.
		{name: "route", request: g.route(p.http)},
		// After the route, which names what is counted; around the stages that may refuse.
		{name: "count of requests", request: g.observed(graphQLPath)},
		// Around all that takes time: a trace shows where. What was answered above is of no interest to it.
		{name: "trace", request: g.tracing.Request(graphQLPath, func(r *http.Request) bool {
			return p.sockets.Supports(r) || p.events.Supports(r)
		})},
		// Around all that write an answer.
		{name: "compression", request: p.compression},

		// The transports, of which the first that supports the request carries the operation.

		// Before HTTP, which takes every request.
		{name: "WebSocket", transport: lasting{p.sockets, g.replica}},
		// Before HTTP for the same reason.
		{name: "event stream", transport: p.events},
		// Last. Before admission it judges method, media types and origin (CSRF), which costs nothing.
		{name: "HTTP", transport: p.http},

		// Admission, by the transport.

		// Before the caller: a malformed header must not cost a check of a token.
		{name: "options", admit: readOptions, readmit: readOptions},
		// Before anything is read or looked up: who the caller is, and whether it may ask now.
		{name: "caller", admit: g.callers.Admit, readmit: g.callers.Readmit},
		// After the caller: "not now" must not hide "not you".
		{name: "memory", admit: g.admitWithin},
		// Last: only who was let in is counted, and a connection that stays once.
		{name: "client", admit: g.countClient},
		// Taken by the transport: the body is read only for an admitted caller.
		{name: "body"},

		// The checks of the operation, in the order of what they cost. None makes an upstream call, but for a list that
		// shows how much an operation costs which would else be refused.

		// Supplies the document that the next check reads.
		{name: "persisted document", check: p.persisted},
		// Before what refuses the document: the log names what was refused.
		{name: "name of the document", check: namedDocument{}},
		// Limits of the text, parse, counts, validation, variables.
		{name: "document", check: p.document},
		// After validation: it needs the types of a valid document.
		{name: "arguments", check: p.arguments},
		// After the arguments: their values decide what an operation costs.
		{name: "cost", check: p.costs},
		// Last: only a document that passed every check is kept for others.
		{name: "registration", check: p.persisted.Registration()},

		// Around the execution.

		// Outermost: refusals below are traced too.
		{name: "trace of operations", operation: g.tracing.AroundOperations()},
		// Around all that an operation takes: it tells of it.
		{name: "log of operations", operation: g.logOperation},
		// Around all stages that refuse: their refusals count too.
		{name: "count of operations", operation: g.measure},
		// Again, for the operations of a WebSocket, which have no admission of their own.
		{name: "memory of operations", operation: refuseWhile(g.memory.Refusal)},
		// Before the deadline: a refusal waits for nothing.
		{name: "places", operation: g.inPlace},
		// After the stages that refuse: these subscriptions run.
		{name: "count of subscriptions", operation: streams.CountSubscriptions(g.metrics.LiveSubscription)},
		// Before the deadline and the loaders: a plan executes nothing.
		{name: "plan", operation: p.costs.Plan},
		// Before what counts from the arrival, and no earlier: asking the system costs more than a kept answer may.
		{name: "receipt", operation: noteReceipt},
		// After what refuses at once and executes nothing, and before the deadline, whose context a refusal needs not.
		{name: "burden", operation: g.inTurn},
		// Around the loaders: their waits end with it.
		{name: "deadline", operation: Deadline(g.cfg.Limits.RequestTimeout)},
		// One set for the operation: it sees one generation of all data.
		{name: "loaders", operation: g.withLoaders},
		// Innermost: events report to the stages of answers.
		{name: "announcements", operation: streams.Announce},
		// Within the announcements: it has events offered before they are executed.
		{name: "equal subscriptions", operation: g.shareEvents},

		// Around each answer.

		// Outermost: what equal subscriptions share is the whole answer.
		{name: "shared events", answer: g.sharing.Answer},
		// After that: the event has come, and is executed by this subscription.
		{name: "trace of events", answer: g.tracing.AroundEvents()},
		// Around the limits: an operation that was refused before it began ends here.
		{name: "log of refusals", answer: g.logRefusal},
		// Around the others: it bounds the errors that any stage adds.
		{name: "error limits", answer: p.errors.InterceptResponse},
		// Before all that reads loaders: an event has a set of its own.
		{name: "loaders of an event", answer: withEventLoaders(g.now)},
		// Around the event, whose age counts too.
		{name: "freshness", answer: g.addExtensions},
		// Around the explanation: it notes the age of the data that the event was found in.
		{name: "event", answer: noteEvent},
		// Within them: it reads the calls of this answer alone.
		{name: "explain", answer: p.costs.Explain},
		// Innermost: it is the time of the executor alone.
		{name: "trace of execution", answer: g.tracing.AroundExecution()},
		// Taken by the executor: resolvers, loaders, sources.
		{name: "execution"},
		// Taken by the transport: Age, ETag, status and bytes, once.
		{name: "writing"},
	}
}

// register puts the stages of operations into a server, each check with a span where there is tracing.
func register(stages []stage, server *server, traced *tracing.Tracing) {
	for _, s := range stages {
		switch {
		case s.transport != nil:
			server.AddTransport(s.transport)
		case s.check != nil:
			server.Use(traced.Check(s.name, s.check))
		case s.operation != nil:
			server.AroundOperations(s.operation)
		case s.answer != nil:
			server.AroundResponses(s.answer)
		}
	}
}

// around puts the stages of requests around a handler.
func around(stages []stage, inner http.Handler) http.Handler {
	for _, s := range slices.Backward(stages) {
		if s.request != nil {
			inner = s.request(inner)
		}
	}
	return inner
}

// listener puts the stages of connections in front of a server.
func (g *replica) listener(server *listen.Server, users net.Listener) net.Listener {
	for _, s := range g.present().stages {
		if s.listener != nil {
			users = s.listener(server, users)
		}
	}
	return users
}

// admit passes a request through its admissions, one after another.
func (g *edition) admit(r *http.Request) (context.Context, *gqlerror.Error) {
	return pass(r, g.stages, func(s stage) admission { return s.admit })
}

// readmit does so for a connection that stays.
func (g *edition) readmit(r *http.Request) (context.Context, *gqlerror.Error) {
	ctx, refused := pass(r, g.stages, func(s stage) admission { return s.readmit })
	if refused != nil {
		return nil, refused
	}
	return g.tracing.Stays(ctx), nil
}

func pass(r *http.Request, stages []stage, of func(stage) admission) (context.Context, *gqlerror.Error) {
	for _, s := range stages {
		admit := of(s)
		if admit == nil {
			continue
		}
		ctx, refused := admit(r)
		if refused != nil {
			return nil, refused
		}
		if ctx != r.Context() {
			r = r.WithContext(ctx)
		}
	}
	return r.Context(), nil
}

// readOptions reads the headers that change how an operation is answered.
func readOptions(r *http.Request) (context.Context, *gqlerror.Error) {
	options, refused := cost.ReadRequest(r)
	if refused != nil {
		return nil, refused
	}
	if options == cost.RequestOf(r.Context()) {
		return r.Context(), nil // none, as most requests ask for
	}
	return cost.WithRequest(r.Context(), options), nil
}

// admitWithin lets a request in while there is memory for it.
func (g *replica) admitWithin(r *http.Request) (context.Context, *gqlerror.Error) {
	return r.Context(), g.memory.Refusal()
}

// allowHosts lets only known hosts be asked for, where only this machine is served.
func (g *replica) allowHosts(onlyLoopback bool) func(http.Handler) http.Handler {
	if !onlyLoopback {
		return func(next http.Handler) http.Handler { return next }
	}
	return httpapi.AllowHosts(g.cfg.Server.AllowedHosts)
}

// recover answers a panic of any handler.
func (g *replica) recover(next http.Handler) http.Handler { return httpapi.RecoverHTTP(g.logger, next) }

// limitConnections bounds the connections that are open at once, and puts TLS on them where there is a certificate.
func (g *replica) limitConnections(server *listen.Server, users net.Listener) net.Listener {
	g.users.Store(server)
	return listen.LimitConnections(server, users, g.cfg.Limits.Connections, g.certificate)
}
