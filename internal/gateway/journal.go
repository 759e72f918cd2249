package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/graph/plan"
	"github.com/opsgraph/opsgraph/internal/burden"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/internal/journal"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/resolvers"
)

// newJournal makes what writes a line for operations; nil where the configuration wants none.
func (g *replica) newJournal() *journal.Journal {
	return journal.New(journal.Options{
		Which: g.cfg.Log.Operations, SlowFrom: g.cfg.Log.SlowFrom, Logger: g.logger,
	})
}

type begunKey struct{}

// logOperation tells the log of each operation that begins.
func (g *replica) logOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if !g.journal.Writes() {
		return next(ctx)
	}
	if g.journal.WritesAll() {
		ctx = context.WithValue(ctx, begunKey{}, true)
	}
	if streams.IsSubscription(ctx) {
		return g.logSubscription(ctx, next)
	}
	started, told := g.now(), false
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if !told {
			told = true
			g.logAnswer(ctx, response, g.now().Sub(started))
		}
		return response
	}
}

// logAnswer tells of an operation that was carried out, or refused by a stage; without a response its caller has left.
func (g *replica) logAnswer(ctx context.Context, response *graphql.Response, took time.Duration) {
	if !g.journal.Wants(ctx, took) {
		return
	}
	spent := cost.DidOf(ctx).Spent()
	line := journal.Line{
		Document: documentOf(graphql.GetOperationContext(ctx)), Outcome: "left", Took: took,
		Calls: spent.Calls, Background: spent.Background, CallsWaited: spent.Waited,
	}
	if response != nil {
		line.Outcome, line.Code = outcomeOf(response)
		line.Objects = objectsOf(ctx, response)
		g.noteAge(&line, response)
	}
	if pass := burden.From(ctx); pass != nil {
		line.Waited = pass.Waited()
	}
	g.writeLine(ctx, line, func() any { return cost.OutlineOf(ctx, g.now()) })
}

// logSubscription tells of a subscription when it ends, and so of all its events at once.
func (g *replica) logSubscription(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if !g.journal.WritesAll() {
		return next(ctx) // it is meant to last
	}
	started := g.now()
	var (
		mu   sync.Mutex
		line = journal.Line{Document: documentOf(graphql.GetOperationContext(ctx)), Outcome: "ok"}
	)
	responses := next(ctx)
	context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		if line.Took = g.now().Sub(started); g.journal.Wants(ctx, 0) {
			g.writeLine(ctx, line, nil)
		}
	})
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if response != nil {
			mu.Lock()
			defer mu.Unlock()
			line.Events++
			line.Objects += objectsIn(response.Data) // no plan carries an event out
			if len(response.Errors) > 0 {
				line.Outcome, line.Code = outcomeOf(response)
			}
		}
		return response
	}
}

// logRefusal tells of an operation that was refused before it could begin.
func (g *replica) logRefusal(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response == nil || !g.journal.WritesAll() || ctx.Value(begunKey{}) != nil || !g.journal.Wants(ctx, 0) {
		return response
	}
	line := journal.Line{Outcome: "refused"}
	if graphql.HasOperationContext(ctx) {
		line.Document = documentOf(graphql.GetOperationContext(ctx))
	}
	if len(response.Errors) > 0 {
		line.Code = refusal.CodeOf(response.Errors[0])
	}
	g.writeLine(ctx, line, nil)
	return response
}

// namedDocument notes text and name of an operation before it is judged, so that a refusal's line names it.
type namedDocument struct{}

var (
	_ graphql.HandlerExtension          = namedDocument{}
	_ graphql.OperationParameterMutator = namedDocument{}
)

// ExtensionName implements graphql.HandlerExtension.
func (namedDocument) ExtensionName() string { return "NamedDocument" }

// Validate implements graphql.HandlerExtension.
func (namedDocument) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters implements graphql.OperationParameterMutator; it changes none.
func (namedDocument) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	operation := graphql.GetOperationContext(ctx)
	operation.RawQuery, operation.OperationName = params.Query, params.OperationName
	return nil
}

// logKept tells of an operation that was answered without being executed.
func (g *replica) logKept(ctx context.Context, given httpapi.Given, outcome, code string, took, age time.Duration) {
	if !g.journal.Wants(ctx, took) {
		return
	}
	line := journal.Line{Outcome: outcome, Code: code, Took: took, Kept: given.How}
	line.Document, _ = given.Note.(journal.Document)
	if !given.Oldest.IsZero() {
		line.HasAge, line.Age = true, age
	}
	g.writeLine(ctx, line, nil)
}

// noteOf is what is kept of an operation beside its answer, for the line of whoever gets it again.
func (g *replica) noteOf(operation *graphql.OperationContext) any {
	if !g.journal.Writes() {
		return nil
	}
	return documentOf(operation)
}

func (g *replica) writeLine(ctx context.Context, line journal.Line, outline func() any) {
	who := identity.CallerFrom(ctx)
	line.Caller, line.Tenant = identity.ShortID(who.Key), who.TenantID()
	g.journal.Write(ctx, line, outline)
}

// noteAge notes how old the oldest data of an answer are.
func (g *replica) noteAge(line *journal.Line, response *graphql.Response) {
	freshness, _ := response.Extensions["freshness"].(resolvers.Freshnesses)
	if oldest := oldestOf(freshness); !oldest.IsZero() {
		line.HasAge, line.Age = true, max(0, g.now().Sub(oldest))
	}
}

// documentHash is how many digits of a document's hash are told: enough to find it among those of a client.
const documentHash = 16

// documentOf is what of an operation does not depend on who asks it.
func documentOf(operation *graphql.OperationContext) journal.Document {
	estimated := cost.ExpectedOf(operation)
	document := journal.Document{
		Name: operation.OperationName, Objects: estimated.Objects, Calls: estimated.Calls,
	}
	if operation.RawQuery != "" { // as of a registered document that is not known
		sum := sha256.Sum256([]byte(operation.RawQuery))
		document.Hash = hex.EncodeToString(sum[:documentHash/2])
	}
	if definition := operation.Operation; definition != nil {
		document.Name, document.Type = definition.Name, string(definition.Operation)
	}
	return document
}

// objectsOf is how many objects an answer has, as its estimate counts them.
func objectsOf(ctx context.Context, response *graphql.Response) int {
	if objects, ok := plan.ObjectsOf(graphql.GetOperationContext(ctx)); ok {
		return objects
	}
	return objectsIn(response.Data)
}

// objectsIn counts the objects of an answer that no plan has counted, without the answer itself. Those within a scalar
// (JSON) can't be told from others there.
func objectsIn(data []byte) int {
	objects, text, escaped := 0, false, false
	for _, char := range data {
		switch {
		case escaped:
			escaped = false
		case char == '\\':
			escaped = true
		case char == '"':
			text = !text
		case char == '{' && !text:
			objects++
		}
	}
	return max(0, objects-1)
}
