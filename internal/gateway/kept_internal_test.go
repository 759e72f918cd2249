package gateway

import (
	"slices"
	"testing"

	"github.com/opsgraph/opsgraph/graph"
)

// TestPresentFields: whether an answer can be kept is judged by the fields of the query itself, so that no other field
// may be marked as present.
func TestPresentFields(t *testing.T) {
	t.Parallel()
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	var present []string
	for name, definition := range schema.Types {
		for _, field := range definition.Fields {
			if field.Directives.ForName(presentDirective) == nil {
				continue
			}
			if name != schema.Query.Name {
				t.Errorf("%s.%s is marked: only fields of the query are looked at", name, field.Name)
			}
			present = append(present, field.Name)
		}
	}
	slices.Sort(present)
	want := []string{"aspReportJob", "jobs", "metricNames", "upstream", "usageExportJob"}
	if !slices.Equal(present, want) {
		t.Errorf("present states are %v, want %v", present, want)
	}
}
