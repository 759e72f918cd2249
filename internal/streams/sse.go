package streams

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// headerLastEvent is the header of a browser that resumes an event stream.
const headerLastEvent = "Last-Event-ID"

// EventStream answers queries, commands and subscriptions as server-sent events, one operation a request ("distinct
// connections" of the GraphQL over SSE protocol), by GET and POST, under the same checks and limits as plain requests.
// Safe for concurrent use.
type EventStream struct {
	options Options
}

var _ graphql.Transport = (*EventStream)(nil)

// NewEventStream makes an EventStream.
func NewEventStream(options Options) (*EventStream, error) {
	options, err := options.withDefaults()
	return &EventStream{options: options}, err
}

// Supports takes requests that accept an event stream.
func (t *EventStream) Supports(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodPost) && httpapi.AcceptsEvents(r)
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
	end, ok := t.options.Connections.begin()
	if !ok {
		h.Refuse(w, r, httpapi.MediaGraphQL, refusal.Later(refusal.CodeOverloaded, "The gateway is stopping.", 0))
		return
	}
	defer end()
	leave, ok := t.options.Enter(admission.present(), r)
	if !ok {
		h.Refuse(w, r, httpapi.MediaGraphQL, refusal.RateLimited("Too many event streams and WebSockets are open.", 0))
		return
	}
	defer leave()
	closed := t.options.Opened("event_stream")
	defer closed()
	params, err := h.Read(w, r)
	if err != nil {
		h.Refuse(w, r, httpapi.MediaGraphQL, err)
		return
	}
	ctx, cancel := context.WithCancelCause(presentContext{r.Context(), admission.present()})
	defer cancel(nil)
	s := &eventStream{options: t.options, writer: w, control: http.NewResponseController(w), end: cancel}
	s.serve(withAdmission(ctx, admission), r, exec, params, admission)
}
