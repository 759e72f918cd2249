package cost

import (
	"encoding/json"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// TestSizeOfOneItem: where a list is expected, one value is a list of one (GraphQL specification, input coercion of
// lists). An id of digits must not count as so many items.
func TestSizeOfOneItem(t *testing.T) {
	page := &fieldCost{assumed: 50, slicing: []string{"first", "filter.hostIds"}, item: &ast.Definition{}}
	list := &fieldCost{assumed: 10, slicing: []string{"codes"}}
	filter := func(ids any) map[string]any { return map[string]any{"hostIds": ids} }
	for name, test := range map[string]struct {
		cost      *fieldCost
		arguments estimate.Arguments
		want      int
	}{
		"one id of digits":      {page, estimate.Arguments{"filter": filter("123456")}, 1},
		"one id and a page":     {page, estimate.Arguments{"filter": filter("123456"), "first": json.Number("20")}, 1},
		"two ids":               {page, estimate.Arguments{"filter": filter([]any{"1", "2"})}, 2},
		"a page":                {page, estimate.Arguments{"first": json.Number("20")}, 20},
		"a page by a variable":  {page, estimate.Arguments{"first": int64(20)}, 20},
		"nothing":               {page, estimate.Arguments{}, 50},
		"one code of digits":    {list, estimate.Arguments{"codes": "123456"}, 1},
		"a typed list of codes": {list, estimate.Arguments{"codes": []string{"1", "2", "3"}}, 3},
	} {
		if got := test.cost.size(test.arguments); got != test.want {
			t.Errorf("%s: %d items, want %d", name, got, test.want)
		}
	}
}
