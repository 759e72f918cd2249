package main

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/codegen"
	"github.com/vektah/gqlparser/v2/ast"
)

// TestSupported wants a field that tables have no form for to stop the generation, with a word for what it is.
func TestSupported(t *testing.T) {
	t.Parallel()
	object := &codegen.Object{Definition: &ast.Definition{Kind: ast.Object}}
	root := &codegen.Object{Definition: &ast.Definition{Kind: ast.Object}, Root: true}
	method := codegen.GoFieldMethod
	for name, test := range map[string]struct {
		object *codegen.Object
		field  codegen.Field
		fault  string
	}{
		"a variable":                 {object, codegen.Field{GoFieldType: codegen.GoFieldVariable}, ""},
		"a pure method":              {object, codegen.Field{GoFieldType: method, NoErr: true}, ""},
		"a method with an error":     {object, codegen.Field{GoFieldType: method}, "an error"},
		"a method with a context":    {object, codegen.Field{GoFieldType: method, NoErr: true, MethodHasContext: true}, "context"},
		"a method with two results":  {object, codegen.Field{GoFieldType: method, NoErr: true, VOkFunc: true}, "second"},
		"a map":                      {object, codegen.Field{GoFieldType: codegen.GoFieldMap}, "method"},
		"a batch resolver":           {object, codegen.Field{IsResolver: true, Batch: true}, ""},
		"a resolver of one":          {object, codegen.Field{IsResolver: true}, "batch"},
		"a resolver of Query":        {root, codegen.Field{IsResolver: true}, ""},
		"a channel":                  {root, codegen.Field{IsResolver: true, Stream: true}, "channel"},
		"a field that may be absent": {object, codegen.Field{GoFieldType: codegen.GoFieldVariable, HasHaser: true}, "value"},
	} {
		test.field.Object = test.object
		err := supported(test.object, &test.field)
		if (err == nil) != (test.fault == "") || (err != nil && !strings.Contains(err.Error(), test.fault)) {
			t.Errorf("%s: %v, want %q", name, err, test.fault)
		}
	}
}
