package guard_test

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/internal/guard"
)

const constraintSDL = `
directive @constraint(
  min: Float, max: Float, minLength: Int, maxLength: Int, minItems: Int, maxItems: Int, pattern: String, format: String
) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
scalar Money
enum Shade { RED }
input Box { width: Int }
`

func TestNewArgumentCheck_faultsOfTheSchema(t *testing.T) {
	t.Parallel()
	formats := map[string]guard.Format{"known": func(any) error { return nil }}
	tests := map[string]struct {
		field string // a field of Query
		want  string // the error, empty for none
	}{
		"fine number": {`a(x: Int @constraint(min: 1, max: 5)): Int`, ""},
		"fine text": {
			`a(x: [ID!] @constraint(minLength: 1, pattern: "a|b", format: "known", maxItems: 2)): Int`,
			"",
		},
		"fine custom scalar":  {`a(x: Money @constraint(min: 0, maxLength: 9)): Int`, ""},
		"fine object":         {`a(x: Box @constraint(format: "known")): Int`, ""},
		"null means no bound": {`a(x: Int @constraint(max: null)): Int`, ""},
		"pattern": {
			`a(x: String @constraint(pattern: "(")): Int`,
			"@constraint of Query.a(x:): pattern: error parsing regexp",
		},
		"look-ahead is not RE2": {`a(x: String @constraint(pattern: "(?=a)")): Int`, "pattern: error parsing regexp"},
		"unknown format":        {`a(x: String @constraint(format: "other")): Int`, `format: no format is called "other"`},
		"number of a text":      {`a(x: String @constraint(min: 1)): Int`, "min means nothing for String"},
		"length of a number":    {`a(x: Int @constraint(maxLength: 1)): Int`, "maxLength means nothing for Int"},
		"pattern of an enum":    {`a(x: Shade @constraint(pattern: "a")): Int`, "pattern means nothing for Shade"},
		"items of no list":      {`a(x: Int @constraint(maxItems: 1)): Int`, "maxItems means nothing for Int"},
		"format of a Boolean":   {`a(x: Boolean @constraint(format: "known")): Int`, "format means nothing for Boolean"},
		"length of an object":   {`a(x: Box @constraint(maxLength: 1)): Int`, "maxLength means nothing for Box"},
		"bounds the wrong way":  {`a(x: Int @constraint(min: 5, max: 1)): Int`, "a lower bound is above its upper bound"},
		"negative length":       {`a(x: String @constraint(minLength: -1)): Int`, "minLength: not a whole number from 0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := gqlparser.MustLoadSchema(&ast.Source{Input: constraintSDL + "type Query {" + test.field + "}"})
			_, err := guard.NewArgumentCheck(schema, formats, nil)
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got error %v, want %q", err, test.want)
			}
		})
	}
	t.Run("input field", func(t *testing.T) {
		t.Parallel()
		schema := gqlparser.MustLoadSchema(&ast.Source{Input: constraintSDL + `
			input Bad { x: String @constraint(pattern: "[") } type Query { a(x: Bad): Int }`})
		if _, err := guard.NewArgumentCheck(schema, formats, nil); err == nil ||
			!strings.Contains(err.Error(), "@constraint of Bad.x: pattern") {
			t.Errorf("got error %v", err)
		}
	})
	t.Run("parser of no scalar", func(t *testing.T) {
		t.Parallel()
		schema := gqlparser.MustLoadSchema(&ast.Source{Input: constraintSDL + `type Query { a: Int }`})
		if _, err := guard.NewArgumentCheck(schema, nil, map[string]guard.Format{"Shade": nil}); err == nil {
			t.Error("made a check with a parser for an enum")
		}
	})
}

// testSchema is a server's schema that is never executed.
type testSchema struct {
	graphql.ExecutableSchema

	schema *ast.Schema
}

func newTestSchema() testSchema {
	return testSchema{schema: gqlparser.MustLoadSchema(&ast.Source{Input: constraintSDL + `type Query { a: Int }`})}
}

func (s testSchema) Schema() *ast.Schema { return s.schema }

func TestExtensions_refuseAnotherSchema(t *testing.T) {
	t.Parallel()
	one, other := newTestSchema(), newTestSchema()
	documents, err := guard.NewDocuments(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	arguments, err := guard.NewArgumentCheck(one.schema, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := arguments.Validate(other); err == nil {
		t.Error("argument check accepts another schema")
	}
	if err := guard.NewDocumentCheck(one.schema, guard.DefaultLimits(), documents, true).Validate(other); err == nil {
		t.Error("document check accepts another schema")
	}
}
