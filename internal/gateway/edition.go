package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/guard"
	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/internal/streams"
)

// edition is all of a gateway that a reload replaces: the settings of requests, and what is made of them. It is made
// whole, swapped at once, and never changes: a request keeps the one that it began with. What outlasts it, such as
// connections, caches and counts, is the gateway's.
type edition struct {
	*replica

	cfg       config.Config // hides that of the start
	number    uint64        // of this edition
	callers   *identity.Callers
	documents *guard.Documents
	stages    []stage
	exec      graphql.GraphExecutor
	handler   http.Handler // of the users' address
}

// present is the edition in force; nil before the first one is made.
func (g *replica) present() *edition { return g.edition.Load() }

// server carries operations out: by the first of its transports that supports the request.
type server struct {
	*executor.Executor
	transports []graphql.Transport
}

func newServer(schema graphql.ExecutableSchema) *server {
	return &server{Executor: executor.New(schema)}
}

// AddTransport adds a transport, which comes after those before it.
func (s *server) AddTransport(t graphql.Transport) { s.transports = append(s.transports, t) }

// ServeHTTP implements http.Handler. A panic of a transport is answered as GraphQL.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if recovered := recover(); recovered != nil {
			s.answerPanic(w, r, recovered)
		}
	}()
	r = r.WithContext(graphql.StartOperationTrace(r.Context()))
	for _, t := range s.transports {
		if t.Supports(r) {
			t.Do(w, r, s)
			return
		}
	}
	http.Error(w, "400 no transport takes this request", http.StatusBadRequest)
}

// answerPanic answers what a transport did not.
func (s *server) answerPanic(w http.ResponseWriter, r *http.Request, recovered any) {
	presented, ok := errors.AsType[*gqlerror.Error](s.PresentRecoveredError(r.Context(), recovered))
	if !ok {
		presented = refusal.Internal()
	}
	body, err := json.Marshal(graphql.Response{Errors: gqlerror.List{presented}})
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(body) // a client that went away needs no answer
}

// lasting is the transport of connections that outlast an edition: each of their operations is one of the edition that
// is in force when it comes. The connection itself keeps the bounds that it began with.
type lasting struct {
	*streams.WebSocket
	gateway *replica
}

// Do implements graphql.Transport.
func (l lasting) Do(w http.ResponseWriter, r *http.Request, _ graphql.GraphExecutor) {
	l.WebSocket.Do(w, r, latest{l.gateway})
}

// latest executes each operation by the edition that is in force when it comes.
type latest struct{ gateway *replica }

var _ graphql.GraphExecutor = latest{}

// editionOf names the edition of an operation among its notes.
const editionOf = "edition"

// CreateOperationContext implements graphql.GraphExecutor.
func (l latest) CreateOperationContext(
	ctx context.Context, params *graphql.RawParams,
) (*graphql.OperationContext, gqlerror.List) {
	e := l.gateway.present()
	operation, refused := e.exec.CreateOperationContext(ctx, params)
	operation.Stats.SetExtension(editionOf, e)
	return operation, refused
}

// DispatchOperation implements graphql.GraphExecutor.
func (l latest) DispatchOperation(
	ctx context.Context, operation *graphql.OperationContext,
) (graphql.ResponseHandler, context.Context) {
	return l.of(operation).exec.DispatchOperation(ctx, operation)
}

// DispatchError implements graphql.GraphExecutor.
func (l latest) DispatchError(ctx context.Context, list gqlerror.List) *graphql.Response {
	return l.gateway.present().exec.DispatchError(ctx, list)
}

// of is the edition that an operation began with.
func (l latest) of(operation *graphql.OperationContext) *edition {
	if e, ok := operation.Stats.GetExtension(editionOf).(*edition); ok {
		return e
	}
	return l.gateway.present()
}
