package httpapi

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/answers"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// execution is one admitted request with its operation.
type execution struct {
	*Transport

	w         http.ResponseWriter
	r         *http.Request // in its admitted context
	mediaType string
	exec      graphql.GraphExecutor
	operation *graphql.OperationContext
	question  *question // nil where nothing is kept
}

// run has the operation carried out, or answers it with what is kept, and writes the answer.
func (x *execution) run(params *graphql.RawParams, refusals gqlerror.List) {
	ctx := x.r.Context()
	if refusals != nil {
		ctx = graphql.WithOperationContext(ctx, x.operation)
		x.writer.write(ctx, x.w, x.mediaType, x.exec.DispatchError(ctx, refusal.Unbundle(refusals)), nil)
		return
	}
	if err := checkOperation(x.r.Method, x.operation); err != nil {
		if refusal.CodeOf(err) == refusal.CodeMethodNotAllowed {
			x.w.Header().Set("Allow", http.MethodPost)
		}
		x.writer.refuse(x.w, x.r, x.mediaType, err)
		return
	}
	if !x.question.of(x.operation, params) {
		x.carryOut(ctx, nil)
		return
	}
	if x.question.byQuery(ctx, x.w, x.r) {
		return
	}
	flight, leads := x.flights.Join(ctx, x.question.flightKey())
	if leads {
		defer flight.Abandon()
		x.question.kept.Store.Count(answers.Missed)
		x.carryOut(flight.Context(), flight)
		return
	}
	if !x.question.follow(ctx, x.w, x.r, flight) {
		x.question.kept.Store.Count(answers.Missed)
		x.carryOut(ctx, nil)
	}
}

// carryOut executes the operation and writes its answer; those who wait in the flight, if any, get it too.
func (x *execution) carryOut(ctx context.Context, flight *answers.Flight[shared]) {
	if x.options.Lend != nil {
		lent, giveBack := x.options.Lend(ctx)
		defer giveBack()
		ctx = lent
	}
	responses, ctx := x.exec.DispatchOperation(ctx, x.operation)
	response := responses(ctx)
	if response == nil {
		if x.r.Context().Err() != nil {
			return // the client is gone
		}
		response = &graphql.Response{}
	}
	keeping := x.keepingOf(ctx, response)
	var encoded func([]byte, string)
	if flight != nil {
		encoded = x.question.lead(ctx, flight, response, keeping)
	}
	x.answer(ctx, x.w, x.r, x.mediaType, response, keeping, encoded)
}

// keepingOf says how the answer may be kept.
func (t *Transport) keepingOf(ctx context.Context, response *graphql.Response) Keeping {
	if t.options.Keep == nil || len(response.Data) == 0 {
		return Keeping{}
	}
	return t.options.Keep(ctx, response)
}

// answer writes the answer of an executed operation.
func (t *Transport) answer(
	ctx context.Context, w http.ResponseWriter, r *http.Request, mediaType string, response *graphql.Response,
	keeping Keeping, encoded func(body []byte, tag string),
) {
	if t.options.Annotate != nil && len(response.Data) > 0 {
		t.options.Annotate(ctx, response, w.Header())
	}
	kept := &keptAnswer{Keeping: keeping, held: r.Header.Values("If-None-Match"), encoded: encoded}
	t.writer.write(ctx, w, mediaType, response, kept)
}
