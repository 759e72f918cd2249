package cost

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
)

func schemaWith(t *testing.T, further string) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: graph.SDL() + further})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func answersOfSources(t *testing.T) estimate.Table {
	t.Helper()
	age := cache.Ages{Fresh: time.Minute, Stale: time.Minute, Dead: time.Minute}
	s, err := sources.New(dataset.Config{Ages: dataset.Ages{
		Capacity: age, CapacityHistory: age, PhysicalCapacity: age, Alarms: age, Hosts: age, VirtualMachines: age,
		Job: age, FinishedJob: age, Assets: age, Audit: age, Instances: age, Metrics: age, Boards: age,
	}}, monitor.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s.Estimates()
}

// TestCostTableNeedsAnswers: an operation of the schema without an answer of a source is found at the start, and not by
// a plan that lacks it.
func TestCostTableNeedsAnswers(t *testing.T) {
	answers := answersOfSources(t)
	if _, err := newCostTable(schemaWith(t, ""), answers.Operations); err != nil {
		t.Errorf("the schema as it is: %v", err)
	}
	for _, test := range []struct{ name, directive, want string }{
		{"unknown operation", `@upstream(operation: "listTapes", per: LIST)`, "Query.made: @upstream of listTapes: "},
		{"unknown reading", `@upstream(operation: "listElbv3Capacity", per: PARENT)`, "reading per PARENT"},
		{"ids", `@upstream(operation: "listHostMetricData", per: ID)`, "reading per ID"},
		{"no command", `@upstream(operation: "listHostVms", per: COMMAND)`, "reading per COMMAND"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := newCostTable(schemaWith(t, "extend type Query { made: Int "+test.directive+" }"), answers.Operations)
			if !errors.Is(err, estimate.ErrNoAnswer) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

// TestCostTableNeedsItems: sized fields must be there.
func TestCostTableNeedsItems(t *testing.T) {
	schema := schemaWith(t, `extend type Query { made: PageInfo @listSize(assumedSize: 5, sizedFields: ["items"]) }`)
	_, err := newCostTable(schema, answersOfSources(t).Operations)
	if err == nil || !strings.Contains(err.Error(), "PageInfo has no items") {
		t.Errorf("error %v", err)
	}
}

// TestKindsAreNodes: each kind of id leads to a type of its own, which a source answers for.
func TestKindsAreNodes(t *testing.T) {
	var nodes, kinds, unanswered []string
	for _, definition := range schemaWith(t, "").PossibleTypes[nodeInterface] {
		nodes = append(nodes, definition.Name)
	}
	operations := answersOfSources(t).Operations
	for letter := 'A'; letter <= 'Z'; letter++ {
		kind := model.Kind(letter)
		if kind.TypeName() == "" {
			continue
		}
		kinds = append(kinds, kind.TypeName())
		answered := false
		for _, operation := range operations {
			answered = answered || operation.IDs[kind] != nil
		}
		if !answered {
			unanswered = append(unanswered, kind.TypeName())
		}
	}
	slices.Sort(nodes)
	slices.Sort(kinds)
	if diff := cmp.Diff(nodes, kinds); diff != "" {
		t.Errorf("types of Node (-schema +kinds):\n%s", diff)
	}
	if diff := cmp.Diff([]string(nil), unanswered); diff != "" {
		t.Errorf("kinds without a reading (-want +got):\n%s", diff)
	}
}
