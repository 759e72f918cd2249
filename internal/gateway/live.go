package gateway

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

// errGatewayStops is the cause of the end of streams that the gateway ends because it stops.
var errGatewayStops = errors.New("the gateway is stopping")

// LiveConnections are the WebSockets and event streams of a replica: bounded for each caller, and ended together when the gateway
// stops. It is safe for concurrent use.
type LiveConnections struct {
	most int

	mu      sync.Mutex
	callers map[string]int
	ending  chan struct{}
	ended   bool
	tasks   sync.WaitGroup
}

// NewLiveConnections allows each caller that many connections.
func NewLiveConnections(most int) *LiveConnections {
	return &LiveConnections{most: most, callers: map[string]int{}, ending: make(chan struct{})}
}

// begin counts a connection whose caller is not known yet; end must be called when it is over. False: the gateway is stopping.
func (l *LiveConnections) begin() (end func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return nil, false
	}
	l.tasks.Add(1)
	return l.tasks.Done, true
}

// enter counts a connection of a caller; leave must be called when it is over. False: the caller has as many as it may.
func (l *LiveConnections) enter(caller string) (leave func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.callers[caller] >= l.most {
		return nil, false
	}
	l.callers[caller]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.callers[caller]--; l.callers[caller] == 0 {
			delete(l.callers, caller)
		}
	}, true
}

// End ends all connections and waits for them while ctx lives.
func (l *LiveConnections) End(ctx context.Context) error {
	l.mu.Lock()
	if !l.ended {
		l.ended = true
		close(l.ending)
	}
	l.mu.Unlock()
	done := make(chan struct{})
	go func() {
		l.tasks.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// LiveOptions are the settings of the transports for WebSockets and event streams. The zero value of a field means the default that it
// names.
type LiveOptions struct {
	// HTTP is the transport of plain requests, whose checks of a request's head and body these share; required.
	HTTP *Transport
	// Connections bound and end them; required.
	Connections *LiveConnections
	// CallerOf names the caller of an admitted request, for the number of its connections; nil means its address.
	CallerOf func(ctx context.Context, r *http.Request) string
	// InitTimeout is the longest time until connection_init; 3 s.
	InitTimeout time.Duration
	// Ping is the time between two signs of life, and the longest wait for the answer to one; 15 s.
	Ping time.Duration
	// WriteTimeout is how long a client may leave a message unread; 30 s.
	WriteTimeout time.Duration
	// Operations is the number of operations at once on one WebSocket; 50.
	Operations int
	// FrameBytes is the size of a message on a WebSocket; 64 KiB.
	FrameBytes int64
	// AdmitEvery is how often it is asked again whether the caller may still ask; 30 s.
	AdmitEvery time.Duration
}

func (o LiveOptions) withDefaults() (LiveOptions, error) {
	if o.HTTP == nil || o.Connections == nil {
		return o, errors.New("live transport without the transport of plain requests or its connections")
	}
	if o.CallerOf == nil {
		o.CallerOf = addressOf
	}
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&o.InitTimeout, 3 * time.Second},
		{&o.Ping, 15 * time.Second},
		{&o.WriteTimeout, 30 * time.Second},
		{&o.AdmitEvery, 30 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	if o.Operations <= 0 {
		o.Operations = 50
	}
	if o.FrameBytes <= 0 {
		o.FrameBytes = 64 << 10
	}
	return o, nil
}

// addressOf is the address that a request comes from, without its port.
func addressOf(_ context.Context, r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// admission is the right of a long-lived connection to be there: asked for again while it stays.
type admission struct {
	admit   func(*http.Request) (context.Context, *gqlerror.Error)
	request *http.Request
	held    atomic.Pointer[context.Context]
}

// newAdmission asks for the first time.
func newAdmission(r *http.Request, admit func(*http.Request) (context.Context, *gqlerror.Error)) (*admission, *gqlerror.Error) {
	a := &admission{admit: admit, request: r}
	if a.admit == nil {
		a.admit = func(r *http.Request) (context.Context, *gqlerror.Error) { return r.Context(), nil }
	}
	return a, a.renew()
}

// renew asks again; a refusal leaves the context that was given last.
func (a *admission) renew() *gqlerror.Error {
	ctx, refusal := a.admit(a.request)
	if refusal == nil {
		a.held.Store(&ctx)
	}
	return refusal
}

// present is the context that was given last, for its values.
func (a *admission) present() context.Context { return context.WithoutCancel(*a.held.Load()) }

// presentContext has the values of a long-lived caller's present context in place of those that it began with.
type presentContext struct {
	context.Context
	present context.Context
}

// Value implements context.Context.
func (c presentContext) Value(key any) any {
	if value := c.present.Value(key); value != nil {
		return value
	}
	return c.Context.Value(key)
}

type presentKey struct{}

// withAdmission lets the events of an operation, and the polls for them, go with what the caller was admitted with last.
func withAdmission(ctx context.Context, a *admission) context.Context {
	return sources.WithCaller(context.WithValue(ctx, presentKey{}, a), a.present)
}

// isSubscription tells whether the answer being made is one of a subscription's.
func isSubscription(ctx context.Context) bool {
	if !graphql.HasOperationContext(ctx) {
		return false
	}
	operation := graphql.GetOperationContext(ctx).Operation
	return operation != nil && operation.Operation == ast.Subscription
}

// announce lets the events of a subscription tell their ids and ages; it is for AroundOperations.
func announce(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if isSubscription(ctx) {
		ctx = resolvers.WithAnnouncements(ctx)
	}
	return next(ctx)
}

// withEventLoaders gives each event of a subscription loaders of its own, made when the event is there; it is for AroundResponses,
// outside of what reads them.
func (g *Gateway) withEventLoaders(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	operation := loaders.From(ctx)
	if operation == nil || !isSubscription(ctx) {
		return next(ctx)
	}
	return next(loaders.WithLater(ctx, func() *loaders.Set {
		if a, ok := ctx.Value(presentKey{}).(*admission); ok {
			return operation.Again(presentContext{ctx, a.present()}, g.now())
		}
		return operation.Again(ctx, g.now())
	}))
}

// noteEvent notes the age of the data that an event was found in, and its id for who writes the answer; it is for AroundResponses,
// inside of what reads them.
func noteEvent(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response == nil || !isSubscription(ctx) {
		return response
	}
	announcement, ok := resolvers.TakeAnnouncement(ctx)
	if !ok {
		return response
	}
	if set := loaders.From(ctx); set != nil && announcement.Seen != nil {
		set.Note(*announcement.Seen)
	}
	if told, ok := ctx.Value(eventIDKey{}).(*string); ok {
		*told = announcement.EventID
	}
	return response
}

// eventIDKey is the context key of where a transport wants to have the id of each event.
type eventIDKey struct{}
