// Package graph holds the schema and the code that gqlgen makes from it: the executable schema. What the fields answer is
// decided in package resolvers; this package has no logic of its own.
package graph

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed schema/*.graphqls
var schemaFiles embed.FS

// SDL is the schema in the schema definition language: the files of graph/schema in the order of their names.
func SDL() string {
	names, err := fs.Glob(schemaFiles, "schema/*.graphqls")
	if err != nil {
		return "" // not reachable: the pattern is well formed
	}
	var sdl strings.Builder
	for i, name := range names {
		text, err := schemaFiles.ReadFile(name)
		if err != nil {
			return "" // not reachable: the file is embedded
		}
		if i > 0 {
			sdl.WriteByte('\n')
		}
		sdl.Write(text)
	}
	return sdl.String()
}
