package cost

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Expected is what an operation was estimated to need.
type Expected struct {
	// Fields are those of the answer at most, of all its objects. Introspection does not count.
	Fields int
	// Objects are those that the answer may have by its page sizes, Calls the upstream calls that limits count.
	Objects, Calls int
}

// expectedExtension names an estimate among the statistics of an operation.
const expectedExtension = "opsgraph expected"

// note keeps the estimate of an operation.
func (e *costEstimate) note(operation *graphql.OperationContext) {
	expected := Expected{Fields: e.fields, Objects: e.nodes}
	for _, calls := range e.byQuota {
		expected.Calls = refusal.AddCounts(expected.Calls, calls.expected)
	}
	operation.Stats.SetExtension(expectedExtension, expected)
}

// ExpectedOf is what an operation was estimated to need; zero for one that was not estimated.
func ExpectedOf(operation *graphql.OperationContext) Expected {
	expected, _ := operation.Stats.GetExtension(expectedExtension).(Expected)
	return expected
}

// Calls counts the upstream calls that are sent for one operation. Work in the background does not count, nor do logins,
// which estimates leave out.
type Calls struct{ sent atomic.Int64 }

type callsKey struct{}

// WithCalls has the calls of an operation counted.
func WithCalls(ctx context.Context) (context.Context, *Calls) {
	calls := new(Calls)
	return context.WithValue(ctx, callsKey{}, calls), calls
}

// Sent is how many were sent so far.
func (c *Calls) Sent() int { return int(c.sent.Load()) }

// CallObserver counts attempts for the operations whose they are; it is one of the observers of all clients.
type CallObserver struct{}

var _ rest.Observer = CallObserver{}

// Attempt implements rest.Observer.
func (CallObserver) Attempt(ctx context.Context, a rest.Attempt) {
	if !a.Sent || a.System == "iam" || rest.LaneFrom(ctx) == rest.LaneBackground {
		return
	}
	if calls, ok := ctx.Value(callsKey{}).(*Calls); ok {
		calls.sent.Add(1)
	}
}
