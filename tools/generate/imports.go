package main

import (
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// imports are the packages that a file names.
type imports struct {
	of    string // the file's own
	names map[string]string
}

func (i imports) add(path, name string) { i.names[path] = name }

// name is a type as the file names it.
func (i imports) name(of types.Type) string {
	return types.TypeString(of, func(named *types.Package) string {
		if named.Path() == i.of {
			return ""
		}
		i.add(named.Path(), named.Name())
		return named.Name()
	})
}

// block is the file's list of imports: those of the standard library first.
func (i imports) block() string {
	var standard, others strings.Builder
	for _, path := range slices.Sorted(maps.Keys(i.names)) {
		to := &others
		if !strings.Contains(strings.Split(path, "/")[0], ".") {
			to = &standard
		}
		if strings.HasSuffix(path, "/"+i.names[path]) || path == i.names[path] {
			fmt.Fprintf(to, "\t%q\n", path)
		} else {
			fmt.Fprintf(to, "\t%s %q\n", i.names[path], path)
		}
	}
	return "import (\n" + standard.String() + "\n" + others.String() + ")\n"
}
