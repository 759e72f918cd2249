package guard

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Counts are the figures that the memoised counter finds in a document.
type Counts struct{ Fields, Aliases, Depth int }

// Count counts a document.
func Count(document string) (Counts, error) {
	parsed, err := parser.ParseQuery(&ast.Source{Input: document})
	if err != nil {
		return Counts{}, err
	}
	total := newCounter(parsed).document(parsed)
	return Counts{Fields: total.fields, Aliases: total.aliases, Depth: total.depth}, nil
}
