// Package graph holds the schema and the code that gqlgen makes from it: the executable schema. What the fields answer
// is decided in package resolvers; this package has no logic of its own.
package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/formatter"
)

// SDL is the schema in the schema definition language: each type once, with what other files add to it, in the order of
// names. Tools like relay-compiler take no extension that stands before its type.
func SDL() string {
	var sdl strings.Builder
	formatter.NewFormatter(&sdl, formatter.WithIndent("  ")).FormatSchema(parsedSchema)
	return sdl.String()
}
