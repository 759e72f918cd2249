package streams

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// headerLastEvent is the header of a browser that resumes an event stream.
const headerLastEvent = "Last-Event-ID"

// EventStream answers queries, commands and subscriptions as server-sent events, one operation a request ("distinct
// connections" of the GraphQL over SSE protocol), by GET and POST, under the same checks and limits as plain requests.
// Where a client takes JSON as gladly, only subscriptions come here, by Continue. Safe for concurrent use.
type EventStream struct {
	options Options
}

var _ graphql.Transport = (*EventStream)(nil)

// NewEventStream makes an EventStream.
func NewEventStream(options Options) (*EventStream, error) {
	options, err := options.withDefaults()
	return &EventStream{options: options}, err
}

// Supports takes requests that want an event stream rather than JSON.
func (t *EventStream) Supports(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodPost) && httpapi.PrefersEvents(r)
}

// Do answers one request. A faulty request is answered as plain JSON with its status; a faulty operation is the
// stream's one event, since the clients of event streams read no other body.
func (t *EventStream) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	h := t.options.HTTP
	defer h.Recover(w, r, httpapi.MediaGraphQL)
	if err := h.CheckHead(w, r, true); err != nil {
		h.Refuse(w, r, httpapi.MediaGraphQL, err)
		return
	}
	admission, err := newAdmission(r, t.options)
	if err != nil {
		h.Refuse(w, r, httpapi.MediaGraphQL, err)
		return
	}
	t.open(w, r, admission, func(s *eventStream, ctx context.Context) {
		params, err := h.Read(w, r)
		if err != nil {
			h.Refuse(w, r, httpapi.MediaGraphQL, err)
			return
		}
		s.serve(ctx, r, exec, func() (*graphql.OperationContext, gqlerror.List) {
			return exec.CreateOperationContext(ctx, params)
		}, admission)
	})
}

// Continue answers an operation whose request the transport of plain requests has read, and admitted in the context.
func (t *EventStream) Continue(
	ctx context.Context, w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor,
	operation *graphql.OperationContext,
) {
	admission := admitted(ctx, r, t.options)
	t.open(w, r, admission, func(s *eventStream, ctx context.Context) {
		s.serve(ctx, r, exec, func() (*graphql.OperationContext, gqlerror.List) { return operation, nil }, admission)
	})
}

// open counts a stream while it is served, and refuses it where there is no room for it.
func (t *EventStream) open(
	w http.ResponseWriter, r *http.Request, admission *admission, serve func(*eventStream, context.Context),
) {
	h := t.options.HTTP
	end, _ := t.options.Connections.begin() // where the gateway stops, a query is answered still
	defer end()
	leave, ok := t.options.Enter(admission.present(), r)
	if !ok {
		h.Refuse(w, r, httpapi.MediaGraphQL, refusal.RateLimited("Too many event streams and WebSockets are open.", 0))
		return
	}
	defer leave()
	closed := t.options.Opened("event_stream")
	defer closed()
	ctx, cancel := context.WithCancelCause(presentContext{r.Context(), admission.present()})
	defer cancel(nil)
	w = httpapi.Plain(w, r)
	s := &eventStream{options: t.options, writer: w, control: http.NewResponseController(w), end: cancel}
	serve(s, withAdmission(ctx, admission))
}
