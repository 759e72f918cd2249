package streams

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// startsPerOperation is the default number of operations that may begin on a socket in a second, for each that may run.
const startsPerOperation = 10

// socket is one WebSocket. The goroutine of its request reads; others watch it and execute operations, and it waits for
// them.
type socket struct {
	options Options
	conn    *websocket.Conn
	request *http.Request
	exec    graphql.GraphExecutor
	logger  *slog.Logger

	admission *admission
	ctx       context.Context // the life of the socket
	cancel    context.CancelFunc
	tasks     sync.WaitGroup
	closing   sync.Once

	mu      sync.Mutex
	running map[string]*socketOperation // by id, until they are complete
	active  int                         // also those that are complete and still ending
	left    chan struct{}               // has an element when an operation has ended
	window  time.Time                   // the second in which starts are counted
	starts  int

	order startOrder
}

func newSocket(t *WebSocket, conn *websocket.Conn, r *http.Request, exec graphql.GraphExecutor) *socket {
	s := &socket{
		options: t.options, conn: conn, request: r, exec: exec, logger: t.options.HTTP.Logger(),
		running: map[string]*socketOperation{}, left: make(chan struct{}, 1),
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(r.Context()))
	conn.SetReadLimit(t.options.FrameBytes)
	return s
}

// serve speaks the protocol until the socket ends, and leaves nothing running.
func (s *socket) serve() {
	defer s.tasks.Wait()
	defer func() {
		s.cancel()
		_ = s.conn.CloseNow() // fails only where it is closed already
	}()
	if s.conn.Subprotocol() != webSocketProtocol {
		s.close(closeSubprotocol, "Subprotocol not acceptable")
		return
	}
	leave, ok := s.begin()
	if !ok {
		return
	}
	defer leave()
	s.tasks.Go(s.ping)
	s.tasks.Go(s.watch)
	for {
		m, ok := s.read()
		if !ok || !s.handle(m) {
			return
		}
	}
}

// begin waits for connection_init and admits the caller.
func (s *socket) begin() (leave func(), ok bool) {
	initialised, done := context.WithCancel(s.ctx)
	s.tasks.Go(func() { s.endUninitialised(initialised) })
	m, ok := s.read()
	done()
	switch {
	case !ok:
		return nil, false
	case m.kind == messageSubscribe || m.kind == messageComplete:
		s.close(closeUnauthorised, "Unauthorised")
		return nil, false
	case m.kind != messageInit:
		s.close(closeInvalid, "Invalid message: connection_init comes first")
		return nil, false
	}
	request, err := completed(s.request, m.payload)
	if err != nil {
		s.close(closeInvalid, err.Error())
		return nil, false
	}
	var refused *gqlerror.Error
	if s.admission, refused = newAdmission(request, s.options); refused != nil {
		s.closeRefused(refused)
		return nil, false
	}
	if leave, ok = s.options.Enter(s.admission.present(), request); !ok {
		s.close(closeTooMany, reasonTooManySockets)
		return nil, false
	}
	if !s.send(messageAck, "", nil) {
		leave()
		return nil, false
	}
	return leave, true
}

// endUninitialised ends a socket that is not initialised in time, or before the gateway stops.
func (s *socket) endUninitialised(initialised context.Context) {
	timer := time.NewTimer(s.options.InitTimeout)
	defer timer.Stop()
	select {
	case <-timer.C:
		s.close(closeInitTimeout, "Connection initialisation timeout")
	case <-s.options.Connections.ending.Done():
		s.close(closeGoingAway, reasonGoingAway)
	case <-initialised.Done():
	}
}

// read returns the next message; false when the socket is closed, or closes it for a message outside the protocol.
func (s *socket) read() (message, bool) {
	kind, text, err := s.conn.Read(s.ctx)
	if err != nil {
		return message{}, false // gone, or beyond the size limit, which the library answers with 1009
	}
	if kind != websocket.MessageText {
		s.close(closeInvalid, "Invalid message: binary")
		return message{}, false
	}
	m, err := parseMessage(text, s.options.HTTP.JSONDepth())
	if err != nil {
		reason := "Invalid message"
		if known, ok := errors.AsType[malformedError](err); ok {
			reason = known.reason
		}
		s.close(closeInvalid, reason)
		return message{}, false
	}
	return m, true
}

// handle does what a message asks for; false when the socket is to end.
func (s *socket) handle(m message) bool {
	switch m.kind {
	case messageInit:
		s.close(closeTooMany, reasonTooManyInits)
		return false
	case messagePing:
		return s.send(messagePong, "", nil)
	case messageComplete:
		s.complete(m.id)
		return true
	case messageSubscribe:
		return s.subscribe(m)
	default: // pong
		return true
	}
}

// send writes a message; false when the client did not take it in time or is gone.
func (s *socket) send(kind, id string, payload []byte) bool {
	text, err := encodeMessage(kind, id, payload)
	if err != nil {
		s.logger.ErrorContext(s.ctx, "message cannot be encoded", slog.Any("error", err))
		s.close(closeInternal, "Internal error")
		return false
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.options.WriteTimeout)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, text) == nil
}

// close ends the socket with a code, once. It waits a little for the client's own close, so that the code reaches it.
func (s *socket) close(code websocket.StatusCode, reason string) {
	s.closing.Do(func() {
		if err := s.conn.Close(code, reason); err != nil {
			s.logger.DebugContext(s.ctx, "websocket not closed in agreement", slog.Int("close_code", int(code)),
				slog.Any("error", err))
		}
	})
}

// ping sends pings, and cuts a client that does not answer.
func (s *socket) ping() {
	tick := time.NewTicker(s.options.Ping)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			ctx, cancel := context.WithTimeout(s.ctx, s.options.Ping)
			err := s.conn.Ping(ctx)
			cancel()
			if err != nil {
				_ = s.conn.CloseNow() // the client is gone
				return
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// watch ends the socket when its caller is no longer admitted, and when the gateway stops.
func (s *socket) watch() {
	due := time.NewTimer(s.admission.due())
	defer due.Stop()
	for {
		select {
		case <-due.C:
			if refused := s.admission.renew(); refused != nil {
				s.expire(refused)
				return
			}
			due.Reset(s.admission.due())
		case <-s.options.Connections.ending.Done():
			s.finish()
			return
		case <-s.ctx.Done():
			return
		}
	}
}

// finish ends the socket when the gateway stops, after the queries and commands under way are answered. Subscriptions
// end at the same time, and no operation begins any more.
func (s *socket) finish() {
	for s.busy() {
		select {
		case <-s.left:
		case <-s.ctx.Done():
			return
		}
	}
	s.close(closeGoingAway, reasonGoingAway)
}

// expire reports to every operation why it ends, and ends the socket.
func (s *socket) expire(refused *gqlerror.Error) {
	response := &graphql.Response{Errors: gqlerror.List{refused}}
	s.options.HTTP.LimitErrors(s.request.Context(), response)
	payload, err := encodeErrors(response.Errors)
	if err != nil {
		s.logger.ErrorContext(s.ctx, "error cannot be encoded", slog.Any("error", err))
	}
	for _, id := range s.takeAll() {
		s.send(messageError, id, payload)
	}
	s.closeRefused(refused)
}

// closeRefused ends the socket of a caller who is refused, or can't be judged or served now.
func (s *socket) closeRefused(refused *gqlerror.Error) {
	if refused.Extensions["retryable"] == true {
		s.close(closeTryLater, "Try again later")
		return
	}
	s.close(closeForbidden, "Forbidden")
}
