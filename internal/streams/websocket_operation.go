package streams

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// socketOperation is one operation of a socket.
type socketOperation struct {
	id     string
	cancel context.CancelFunc
	start  *start
}

// subscribe begins an operation; false when the socket is to end.
func (s *socket) subscribe(m message) bool {
	now := time.Now()
	present := presentContext{s.ctx, s.admission.present()}
	ctx, cancel := context.WithCancel(httpapi.WithArrival(present, now)) // its message was read just now
	operation := &socketOperation{id: m.id, cancel: cancel}
	s.mu.Lock()
	if s.options.Connections.ending.Err() != nil {
		s.mu.Unlock()
		cancel()
		return true // the socket ends now; its client sends the operation again, to another replica
	}
	if now.Sub(s.window) >= time.Second {
		s.window, s.starts = now, 0
	}
	s.starts++
	_, taken := s.running[m.id]
	tooMany := s.active >= s.options.Operations || s.starts > s.options.Starts
	if !taken && !tooMany {
		s.running[m.id] = operation
		s.active++
	}
	s.mu.Unlock()
	switch {
	case taken:
		cancel()
		s.close(closeDuplicate, "Subscriber for this id already exists")
		return false
	case tooMany:
		cancel()
		s.close(closeTooMany, reasonTooManyAtOnce)
		return false
	}
	payload, _ := m.payload.(map[string]any) // checked when the message was read
	operation.start = s.order.join()
	s.tasks.Go(func() {
		defer s.ended(operation)
		defer operation.start.done()
		s.operate(ctx, operation, payload)
	})
	return true
}

// complete ends an operation for its client. An unknown one has ended by itself.
func (s *socket) complete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if operation := s.running[id]; operation != nil {
		operation.cancel()
		delete(s.running, id)
	}
}

// take reports whether the client still waits for an operation, whose end the caller must then report.
func (s *socket) take(operation *socketOperation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[operation.id] != operation {
		return false
	}
	delete(s.running, operation.id)
	return true
}

// takeAll ends all operations and returns their ids, for the report of their end.
func (s *socket) takeAll() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, 0, len(s.running))
	for id, operation := range s.running {
		operation.cancel()
		delete(s.running, id)
		ids = append(ids, id)
	}
	return ids
}

func (s *socket) ended(operation *socketOperation) {
	operation.cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active--
	if s.running[operation.id] == operation {
		delete(s.running, operation.id)
	}
	select {
	case s.left <- struct{}{}:
	default:
	}
}

// busy reports whether operations are under way, those among them that their client no longer wants.
func (s *socket) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.active > 0
}

// operate executes one operation and sends its answers.
func (s *socket) operate(ctx context.Context, operation *socketOperation, payload map[string]any) {
	defer func() {
		if recovered := recover(); recovered != nil {
			httpapi.LogPanic(ctx, s.logger, recovered)
			s.fail(ctx, operation, gqlerror.List{refusal.Internal()})
		}
	}()
	params, refused := httpapi.Parameters(payload)
	if refused != nil {
		s.fail(ctx, operation, gqlerror.List{refused})
		return
	}
	params.Headers = s.admission.request.Header
	now := graphql.Now()
	params.ReadTime = graphql.TraceTiming{Start: now, End: now}
	ctx = graphql.StartOperationTrace(withAdmission(ctx, s.admission))
	asked, refusals := s.exec.CreateOperationContext(ctx, params)
	if refusals != nil {
		ctx = graphql.WithOperationContext(ctx, asked)
		s.fail(ctx, operation, s.exec.DispatchError(ctx, refusal.Unbundle(refusals)).Errors)
		return
	}
	if refused := checkLiveOperation(http.MethodPost, asked); refused != nil {
		s.fail(ctx, operation, gqlerror.List{refused})
		return
	}
	follows := asked.Operation.Operation == ast.Subscription
	if follows {
		keep := context.AfterFunc(s.options.Connections.ending, operation.cancel)
		defer keep()
	}
	wanted := ctx // the next one ends with its operation, before a query's answer is sent
	var event event
	responses, ctx := operation.start.dispatch(context.WithValue(ctx, eventKey{}, &event), s.exec, asked)
	for {
		event.payload = nil
		response := responses(ctx)
		if response == nil {
			break
		}
		if len(response.Data) == 0 && len(response.Errors) > 0 {
			s.fail(ctx, operation, response.Errors)
			return
		}
		if wanted.Err() != nil || !s.next(ctx, operation, response, event.payload) {
			return
		}
		if !follows {
			break
		}
	}
	if follows && s.options.Connections.ending.Err() != nil {
		return // without complete: the client connects again and goes on
	}
	if s.take(operation) {
		s.send(messageComplete, operation.id, nil)
	}
}

// next sends an answer, whose payload may be made already; false when the client is gone.
func (s *socket) next(
	ctx context.Context, operation *socketOperation, response *graphql.Response, payload []byte,
) bool {
	var err error
	if payload == nil {
		payload, err = encodeNext(response)
	}
	if err != nil {
		s.logger.ErrorContext(ctx, "answer cannot be encoded", slog.Any("error", err))
		s.fail(ctx, operation, gqlerror.List{refusal.Internal()})
		return false
	}
	return s.send(messageNext, operation.id, payload)
}

// fail sends the errors that end an operation, when its client still waits for it.
func (s *socket) fail(ctx context.Context, operation *socketOperation, list gqlerror.List) {
	response := &graphql.Response{Errors: list}
	s.options.HTTP.LimitErrors(ctx, response)
	payload, err := encodeErrors(response.Errors)
	if err != nil {
		s.logger.ErrorContext(ctx, "error cannot be encoded", slog.Any("error", err))
		s.close(closeInternal, "Internal error")
		return
	}
	if s.take(operation) {
		s.send(messageError, operation.id, payload)
	}
}

// checkLiveOperation refuses operations that WebSockets and event streams cannot execute.
func checkLiveOperation(method string, operation *graphql.OperationContext) *gqlerror.Error {
	if method == http.MethodGet && operation.Operation.Operation == ast.Mutation {
		return refusal.New(refusal.CodeMethodNotAllowed,
			"A mutation must be sent by POST; GET is for queries and subscriptions.")
	}
	return nil
}
