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

// signOfLife is a comment, which clients ignore.
const signOfLife = ":\n\n"

// eventStream is one event stream. The goroutine of its request answers; another one watches it.
type eventStream struct {
	options Options
	writer  http.ResponseWriter
	control *http.ResponseController
	end     context.CancelCauseFunc

	mu sync.Mutex // held by the writer
}

// serve writes the events of one operation until it ends.
func (s *eventStream) serve(
	ctx context.Context, r *http.Request, exec graphql.GraphExecutor, params *graphql.RawParams, a *admission,
) {
	// The request is read: the time limit of reading would now end its context.
	if err := s.control.SetReadDeadline(time.Time{}); err != nil {
		s.options.HTTP.Logger().ErrorContext(ctx, "read deadline not lifted", slog.Any("error", err))
	}
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
	s.answer(ctx, r, exec, params)
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
	ctx context.Context, r *http.Request, exec graphql.GraphExecutor, params *graphql.RawParams,
) {
	operation, refusals := exec.CreateOperationContext(ctx, params)
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
	if !subscribes && !s.write([]byte(signOfLife)) {
		return
	}
	eventID := ""
	responses, ctx := exec.DispatchOperation(context.WithValue(ctx, eventIDKey{}, &eventID), operation)
	// The head of the answer says that the subscription stands: whoever reads then misses nothing.
	if subscribes && !s.write([]byte(signOfLife)) {
		return
	}
	for {
		response := responses(ctx)
		if response == nil || !s.next(ctx, response, eventID) || !subscribes {
			return
		}
	}
}

// refuse writes the errors of an operation that is not executed.
func (s *eventStream) refuse(ctx context.Context, list gqlerror.List) {
	response := &graphql.Response{Errors: list}
	s.options.HTTP.LimitErrors(ctx, response)
	s.next(ctx, response, "")
}

// next writes an answer as an event; false when the client is gone.
func (s *eventStream) next(ctx context.Context, response *graphql.Response, id string) bool {
	var buffer bytes.Buffer
	buffer.WriteString("event: next\n")
	if id != "" {
		buffer.WriteString("id: " + id + "\n")
	}
	buffer.WriteString("data: ")
	if err := httpapi.Encode(&buffer, response); err != nil { // one line: JSON has its line ends escaped
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
	if s.control.SetWriteDeadline(time.Now().Add(s.options.WriteTimeout)) != nil {
		return false
	}
	if _, err := s.writer.Write(text); err != nil {
		return false
	}
	return s.control.Flush() == nil
}

// watch keeps the stream alive, and ends it when its caller is no longer admitted, the client is gone, or the gateway
// stops.
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
		case <-s.options.Connections.ending:
			s.end(errGatewayStops)
			return
		case <-ctx.Done():
			return
		}
	}
}
