package estimate_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// TestNumber reads whole numbers in all forms in which documents and variables have them.
func TestNumber(t *testing.T) {
	t.Parallel()
	arguments := estimate.Arguments{
		"literal": json.Number("7"), "variable": int64(-8), "int": 9, "float": 10.0, "fraction": 1.5,
		"text": "11", "null": nil, "flag": true, "exponent": json.Number("1e2"), "list": []any{json.Number("1")},
		"long": int64(math.MaxInt32) + 1, "longLiteral": json.Number("2147483648"), "most": int64(math.MaxInt32),
		"of": map[string]any{"in": json.Number("12"), "deep": map[string]any{"in": int64(13)}},
	}
	for path, want := range map[string]int{
		"literal": 7, "variable": -8, "int": 9, "float": 10, "most": math.MaxInt32, "of.in": 12, "of.deep.in": 13,
	} {
		if got, ok := arguments.Number(path); got != want || !ok {
			t.Errorf("%s is %d, %v", path, got, ok)
		}
	}
	for _, path := range []string{
		"fraction", "text", "null", "flag", "exponent", "list", "long", "longLiteral", "missing", "of", "of.missing",
		"literal.in", "missing.in",
	} {
		if got, ok := arguments.Number(path); ok {
			t.Errorf("%s is %d", path, got)
		}
	}
	if got := arguments.Text("literal"); got != "7" {
		t.Errorf("as a text it is %q", got)
	}
}
