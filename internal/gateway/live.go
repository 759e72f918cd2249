package gateway

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
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
	// Opened is told the kind of each connection that opens, websocket or event_stream, and gives what is to be called at its end; nil means
	// that nobody is told.
	Opened func(kind string) (closed func())
	// InitTimeout is the longest time until connection_init; 3 s.
	InitTimeout time.Duration
	// Ping is the time between two signs of life, and the longest wait for the answer to one; 15 s.
	Ping time.Duration
	// WriteTimeout is how long a client may leave a message unread; 30 s.
	WriteTimeout time.Duration
	// Operations is the number of operations at once on one WebSocket; 50.
	Operations int
	// Starts is the number of operations that may begin on one WebSocket in a second; ten for each of Operations.
	Starts int
	// FrameBytes is the size of a message on a WebSocket; 64 KiB.
	FrameBytes int64
	// AdmitEvery is how often it is asked again whether the caller may still ask; 30 s. It is also asked when that was said to end.
	AdmitEvery time.Duration
	// Readmit asks again; nil means as the transport of plain requests asks first.
	Readmit func(*http.Request) (context.Context, *gqlerror.Error)
	// Accepted tells whether what a context was admitted with is still good, as far as is known; nil means that it is.
	Accepted func(context.Context) bool
	// Now is the clock of admissions; nil means time.Now.
	Now func() time.Time
}

func (o LiveOptions) withDefaults() (LiveOptions, error) {
	if o.HTTP == nil || o.Connections == nil {
		return o, errors.New("live transport without the transport of plain requests or its connections")
	}
	if o.CallerOf == nil {
		o.CallerOf = addressOf
	}
	if o.Accepted == nil {
		o.Accepted = func(context.Context) bool { return true }
	}
	if o.Now == nil {
		o.Now = time.Now
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
	if o.Starts <= 0 {
		o.Starts = startsPerOperation * o.Operations
	}
	if o.Opened == nil {
		o.Opened = func(string) func() { return func() {} }
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

// isSubscription tells whether the answer being made is one of a subscription's.
func isSubscription(ctx context.Context) bool {
	if !graphql.HasOperationContext(ctx) {
		return false
	}
	operation := graphql.GetOperationContext(ctx).Operation
	return operation != nil && operation.Operation == ast.Subscription
}

// countSubscription counts a subscription until its context ends, which whoever carries it out sees to; it is for AroundOperations.
func (g *Gateway) countSubscription(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if isSubscription(ctx) {
		operation := graphql.GetOperationContext(ctx)
		fields := graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Subscription"})
		if len(fields) > 0 {
			context.AfterFunc(ctx, g.metrics.LiveSubscription(fields[0].Name))
		}
	}
	return next(ctx)
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
		set.Note(announcement.Seen.Operation, announcement.Seen.FetchedAt, announcement.Seen.StaleAt)
	}
	if told, ok := ctx.Value(eventIDKey{}).(*string); ok {
		*told = announcement.EventID
	}
	return response
}

// eventIDKey is the context key of where a transport wants to have the id of each event.
type eventIDKey struct{}
