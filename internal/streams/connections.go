package streams

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/httpapi"
)

// errGatewayStops is the cause of the end of streams when the gateway stops.
var errGatewayStops = errors.New("the gateway is stopping")

// cutTime bounds the wait for connections that were cut: they end at once, but a request whose body is still read ends
// with its server.
const cutTime = time.Second

// Connections are the WebSockets and event streams of a replica, which end together when the gateway stops. It is safe
// for concurrent use.
type Connections struct {
	most int

	mu      sync.Mutex
	callers map[string]int
	open    int           // of all callers, known or not
	ended   bool          // End was called
	empty   chan struct{} // closed when that is so and none is open

	// ending is the life of subscriptions; cut, which ends later, that of connections.
	ending, cut       context.Context
	beginEnd, cutThem context.CancelFunc
}

// NewConnections allows each address that many connections, where Options.Enter bounds them by nothing else.
func NewConnections(most int) *Connections {
	l := &Connections{most: most, callers: map[string]int{}, empty: make(chan struct{})}
	l.ending, l.beginEnd = context.WithCancel(context.Background())
	l.cut, l.cutThem = context.WithCancel(context.Background())
	return l
}

// begin counts a connection whose caller is not known yet; end must be called at its end. False: the gateway stops, and
// does not wait for the connection.
func (l *Connections) begin() (end func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return func() {}, false
	}
	l.open++
	return l.leave, true
}

func (l *Connections) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open--; l.ended && l.open == 0 {
		close(l.empty)
	}
}

// enter counts a connection of a caller; leave must be called at its end. False: the caller has as many as it may.
func (l *Connections) enter(caller string) (leave func(), ok bool) {
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

// End ends all connections: subscriptions at once, queries and commands when they are answered. When ctx ends before
// that, the connections that are left are cut, and the error says how many.
func (l *Connections) End(ctx context.Context) error {
	l.mu.Lock()
	if !l.ended {
		l.ended = true
		if l.open == 0 {
			close(l.empty)
		}
	}
	l.mu.Unlock()
	l.beginEnd()
	select {
	case <-l.empty:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	left := l.open
	l.mu.Unlock()
	l.cutThem()
	select {
	case <-l.empty:
	case <-time.After(cutTime):
	}
	return fmt.Errorf("%d connections: %w", left, ctx.Err())
}

// Options are the settings of the transports for WebSockets and event streams. The zero value of a field means the
// default that it names.
type Options struct {
	// HTTP is the transport of plain requests, whose checks of a request's head and body these share; required.
	HTTP *httpapi.Transport
	// Connections bound and end them; required.
	Connections *Connections
	// Enter counts a connection of an admitted request; leave is called at its end. False: there are as many as may be.
	// nil means that Connections bound them by address.
	Enter func(ctx context.Context, r *http.Request) (leave func(), ok bool)
	// Opened is called with the kind of each connection that opens, websocket or event_stream, and returns what is called
	// at its end; may be nil.
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
	// AdmitEvery is the time between two admissions of a connection; 30 s. One is also due when the last one expires.
	AdmitEvery time.Duration
	// Readmit is the admission of a connection that stays; nil means that of plain requests.
	Readmit func(*http.Request) (context.Context, *gqlerror.Error)
	// Accepted reports whether the credentials in a context are accepted now; nil means that they are.
	Accepted func(context.Context) bool
	// Now is the clock of admissions; nil means time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() (Options, error) {
	if o.HTTP == nil || o.Connections == nil {
		return o, errors.New("live transport without the transport of plain requests or its connections")
	}
	if o.Enter == nil {
		o.Enter = func(_ context.Context, r *http.Request) (func(), bool) { return o.Connections.enter(addressOf(r)) }
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

// addressOf is the address of a request, without its port.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
