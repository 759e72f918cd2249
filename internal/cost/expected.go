package cost

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/internal/refusal"
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
