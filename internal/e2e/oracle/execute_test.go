package oracle

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
)

// execution answers one document from things, by the rules of the GraphQL specification.
type execution struct {
	schema    *ast.Schema
	variables map[string]any
}

// execute answers a document; variables is JSON, or empty.
func execute(tb testing.TB, schema *ast.Schema, root *thing, document, variables string) any {
	tb.Helper()
	parsed, errs := gqlparser.LoadQueryWithRules(schema, document, nil)
	if errs != nil {
		tb.Fatalf("%v\n%s", errs, document)
	}
	given := map[string]any{}
	if variables != "" {
		if err := json.Unmarshal([]byte(variables), &given); err != nil {
			tb.Fatal(err)
		}
	}
	values, err := validator.VariableValues(schema, parsed.Operations[0], given)
	if err != nil {
		tb.Fatalf("%v\n%s\n%s", err, document, variables)
	}
	e := &execution{schema: schema, variables: values}
	return e.complete(root, parsed.Operations[0].SelectionSet)
}

// collected is one response key of a selection set: its field, and the selections of all fields of that key.
type collected struct {
	field *ast.Field
	set   ast.SelectionSet
}

// collect gathers the fields of a set that apply to a type, as CollectFields of the specification does.
func (e *execution) collect(set ast.SelectionSet, kind string, into map[string]*collected) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if !e.included(s.Directives) {
				continue
			}
			if have := into[s.Alias]; have != nil {
				have.set = append(have.set, s.SelectionSet...)
				continue
			}
			into[s.Alias] = &collected{field: s, set: append(ast.SelectionSet{}, s.SelectionSet...)}
		case *ast.InlineFragment:
			if e.included(s.Directives) && e.applies(s.TypeCondition, kind) {
				e.collect(s.SelectionSet, kind, into)
			}
		case *ast.FragmentSpread:
			if e.included(s.Directives) && e.applies(s.Definition.TypeCondition, kind) {
				e.collect(s.Definition.SelectionSet, kind, into)
			}
		}
	}
}

func (e *execution) included(directives ast.DirectiveList) bool {
	if skip := directives.ForName("skip"); skip != nil && skip.ArgumentMap(e.variables)["if"] == true {
		return false
	}
	include := directives.ForName("include")
	return include == nil || include.ArgumentMap(e.variables)["if"] == true
}

func (e *execution) applies(condition, kind string) bool {
	if condition == "" || condition == kind {
		return true
	}
	return slices.Contains(e.schema.Types[kind].Interfaces, condition)
}

// complete turns a value into its answer: things into maps of response keys, lists item by item.
func (e *execution) complete(value any, set ast.SelectionSet) any {
	switch v := value.(type) {
	case *thing:
		fields := map[string]*collected{}
		e.collect(set, v.kind, fields)
		answer := make(map[string]any, len(fields))
		for key, c := range fields {
			answer[key] = e.field(v, c)
		}
		return answer
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = e.complete(item, set)
		}
		return list
	case unordered:
		return unordered(e.complete([]any(v), set).([]any))
	case thinned:
		v.execution, v.set = e, set
		return v
	default:
		return value
	}
}

func (e *execution) field(of *thing, c *collected) any {
	if c.field.Name == "__typename" {
		return of.kind
	}
	value, known := of.fields[c.field.Name]
	if !known {
		return unknown{}
	}
	if compute, ok := value.(lazy); ok {
		value = compute(c.field.ArgumentMap(e.variables))
	}
	return e.complete(value, c.set)
}
