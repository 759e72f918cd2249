package streams

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/resolvers"
)

// expiredError is the cause of the end of a stream whose caller is no longer admitted.
type expiredError struct{ refusal *gqlerror.Error }

func (e expiredError) Error() string { return "the caller may no longer ask" }

// lastBytes is how long a client may leave the end of its stream unread when the gateway stops.
const lastBytes = time.Second

// signOfLife is a comment, which clients ignore.
const signOfLife = ":\n\n"

// eventStream is one event stream. The goroutine of its request answers; another one watches it.
type eventStream struct {
	options Options
	writer  http.ResponseWriter
	control *http.ResponseController
	end     context.CancelCauseFunc

	mu sync.Mutex // held by the writer

	limits sync.Mutex // held while a time limit of writing is set
	over   bool       // no limit may be set: the stream was cut, or has ended
}

// serve writes the events of one operation until it ends.
func (s *eventStream) serve(
	ctx context.Context, r *http.Request, exec graphql.GraphExecutor,
	prepare func() (*graphql.OperationContext, gqlerror.List), a *admission,
) {
	// The request is read: the time limit of reading would now end its context.
	if err := s.control.SetReadDeadline(time.Time{}); err != nil {
		s.options.HTTP.Logger().ErrorContext(ctx, "read deadline not lifted", slog.Any("error", err))
	}
	keep := context.AfterFunc(s.options.Connections.cut, s.cut)
	defer func() {
		keep()
		s.finish()
	}()
	header := s.writer.Header()
	header.Set("Content-Type", httpapi.MediaEvents+"; charset=utf-8")
	header.Set(httpapi.HeaderCacheControl, "private, no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Accel-Buffering", "no") // for proxies that would collect events
	header.Add("Vary", httpapi.VaryHeaders)
	s.writer.WriteHeader(http.StatusOK) // sent with the first bytes
	if id := r.Header.Get(headerLastEvent); id != "" {
		ctx = resolvers.WithLastEventID(ctx, id)
	}
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(ctx, a) })
	defer func() { // also after a panic, which the transport answers
		s.end(nil)
		watching.Wait()
	}()
	s.answer(ctx, r, exec, prepare)
	cut := ctx.Err() != nil
	expired, isExpired := errors.AsType[expiredError](context.Cause(ctx))
	s.end(nil)
	watching.Wait() // no ping comes after the end
	if isExpired {
		s.refuse(ctx, gqlerror.List{expired.refusal})
	}
	if !cut || isExpired {
		s.write([]byte("event: complete\ndata:\n\n"))
	}
	// When the gateway stops there is no complete: clients connect again.
}

// answer carries out the operation.
func (s *eventStream) answer(
	ctx context.Context, r *http.Request, exec graphql.GraphExecutor,
	prepare func() (*graphql.OperationContext, gqlerror.List),
) {
	operation, refusals := prepare()
	if refusals != nil {
		ctx = graphql.WithOperationContext(ctx, operation)
		s.refuse(ctx, exec.DispatchError(ctx, refusal.Unbundle(refusals)).Errors)
		return
	}
	if refused := checkLiveOperation(r.Method, operation); refused != nil {
		s.refuse(ctx, gqlerror.List{refused})
		return
	}
	subscribes := operation.Operation.Operation == ast.Subscription
	if subscribes {
		keep := context.AfterFunc(s.options.Connections.ending, func() { s.end(errGatewayStops) })
		defer keep()
	} else if !s.write([]byte(signOfLife)) {
		return
	}
	var event event
	responses, ctx := exec.DispatchOperation(context.WithValue(ctx, eventKey{}, &event), operation)
	// The head of the answer says that the subscription stands: whoever reads then misses nothing.
	if subscribes && !s.write([]byte(signOfLife)) {
		return
	}
	for {
		event.payload = nil
		response := responses(ctx)
		if response == nil || !s.next(ctx, response, event) || !subscribes {
			return
		}
	}
}

// refuse writes the errors of an operation that is not executed.
func (s *eventStream) refuse(ctx context.Context, list gqlerror.List) {
	response := &graphql.Response{Errors: list}
	s.options.HTTP.LimitErrors(ctx, response)
	s.next(ctx, response, event{})
}

// next writes an answer as an event; false when the client is gone.
func (s *eventStream) next(ctx context.Context, response *graphql.Response, of event) bool {
	var buffer bytes.Buffer
	buffer.Grow(len(of.payload) + len(of.id) + len("event: next\nid: \ndata: \n\n"))
	buffer.WriteString("event: next\n")
	if of.id != "" {
		buffer.WriteString("id: " + of.id + "\n")
	}
	buffer.WriteString("data: ")
	if of.payload != nil {
		buffer.Write(of.payload)
	} else if err := httpapi.Encode(&buffer, response); err != nil { // one line: JSON has its line ends escaped
		s.options.HTTP.Logger().ErrorContext(ctx, "answer cannot be encoded", slog.Any("error", err))
		return false
	}
	buffer.WriteString("\n\n")
	return s.write(buffer.Bytes())
}

// write sends bytes at once; false when the client did not take them in time or is gone.
func (s *eventStream) write(text []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.limit(s.options.WriteTimeout, false) {
		return false
	}
	if _, err := s.writer.Write(text); err != nil {
		return false
	}
	return s.control.Flush() == nil
}

// limit sets how long a client may leave what is written unread; false when the stream is over. The last limit is the
// one that the stream ends with.
func (s *eventStream) limit(patience time.Duration, last bool) bool {
	s.limits.Lock()
	defer s.limits.Unlock()
	if s.over {
		return false
	}
	s.over = last
	return s.control.SetWriteDeadline(time.Now().Add(patience)) == nil
}

// cut ends a write that waits for its reader, and lets no further one begin.
func (s *eventStream) cut() {
	s.end(errGatewayStops)
	s.limit(0, true)
}

// finish leaves the end of the answer to the server. While the gateway stops, its reader has little time for it.
func (s *eventStream) finish() {
	within := s.options.WriteTimeout
	if s.options.Connections.ending.Err() != nil {
		within = min(within, lastBytes)
	}
	s.limit(within, true)
}

// watch keeps the stream alive, and ends it when its caller is no longer admitted or the client is gone.
func (s *eventStream) watch(ctx context.Context, a *admission) {
	alive, due := time.NewTicker(s.options.Ping), time.NewTimer(a.due())
	defer alive.Stop()
	defer due.Stop()
	for {
		select {
		case <-alive.C:
			if !s.write([]byte(signOfLife)) {
				s.end(nil)
				return
			}
		case <-due.C:
			if refused := a.renew(); refused != nil {
				s.end(expiredError{refused})
				return
			}
			due.Reset(a.due())
		case <-ctx.Done():
			return
		}
	}
}
