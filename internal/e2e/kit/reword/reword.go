// Package reword writes queries in other words for the tests of the whole: in ways that ask the same, and at random in
// the odd ways that GraphQL allows. It knows the schema that it is given, and neither a gateway nor what it answers.
package reword

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// Query is a query that is being written in other words. What it asks stays the same.
type Query struct {
	Document  *ast.QueryDocument
	Operation *ast.OperationDefinition // the first of the document
	Values    map[string]any           // of its variables

	schema *ast.Schema
	count  int
}

// New begins with a document and its variables, given as JSON or empty.
func New(schema *ast.Schema, document, variables string) (*Query, error) {
	parsed, errs := gqlparser.LoadQueryWithRules(schema, document, nil)
	if errs != nil {
		return nil, errs
	}
	r := &Query{schema: schema, Document: parsed, Operation: parsed.Operations[0], Values: map[string]any{}}
	if variables != "" {
		if err := json.Unmarshal([]byte(variables), &r.Values); err != nil {
			return nil, fmt.Errorf("variables: %w", err)
		}
	}
	return r, nil
}

// Text is the document as it stands now, with its variables.
func (r *Query) Text() (document, variables string) {
	var text strings.Builder
	formatter.NewFormatter(&text).FormatQueryDocument(r.Document)
	encoded, err := json.Marshal(r.Values)
	if err != nil {
		panic(err) // was JSON before
	}
	return text.String(), string(encoded)
}

// Fields visits every field once.
func (r *Query) Fields(visit func(f *ast.Field)) {
	r.sets(func(set *ast.SelectionSet, _ string) {
		for _, selection := range *set {
			if field, ok := selection.(*ast.Field); ok {
				visit(field)
			}
		}
	})
}

// sets visits every selection set once, with the type that it is on; those within a set come after it.
func (r *Query) sets(visit func(set *ast.SelectionSet, on string)) {
	var walk func(set *ast.SelectionSet, on string)
	walk = func(set *ast.SelectionSet, on string) {
		visit(set, on)
		for _, selection := range *set {
			switch s := selection.(type) {
			case *ast.Field:
				if len(s.SelectionSet) > 0 {
					walk(&s.SelectionSet, s.Definition.Type.Name())
				}
			case *ast.InlineFragment:
				within := on
				if s.TypeCondition != "" {
					within = s.TypeCondition
				}
				walk(&s.SelectionSet, within)
			}
		}
	}
	walk(&r.Operation.SelectionSet, r.schema.Query.Name)
	for _, fragment := range r.Document.Fragments {
		walk(&fragment.SelectionSet, fragment.TypeCondition)
	}
}

// Split puts every selection set into a fragment: by turns a named one and one in place.
func (r *Query) Split() {
	r.Fields(func(f *ast.Field) {
		if len(f.SelectionSet) == 0 {
			return
		}
		kind := f.Definition.Type.Name()
		if r.count++; r.count%2 == 0 {
			f.SelectionSet = ast.SelectionSet{&ast.InlineFragment{TypeCondition: kind, SelectionSet: f.SelectionSet}}
			return
		}
		f.SelectionSet = ast.SelectionSet{r.fragment(kind, f.SelectionSet)}
	})
}

// fragment makes a named fragment and returns what spreads it.
func (r *Query) fragment(kind string, set ast.SelectionSet) *ast.FragmentSpread {
	r.count++
	name := fmt.Sprintf("part%d", r.count)
	r.Document.Fragments = append(r.Document.Fragments, &ast.FragmentDefinition{
		Name: name, TypeCondition: kind, SelectionSet: set,
	})
	return &ast.FragmentSpread{Name: name}
}

// Hoist puts a variable in place of each argument that has none in it.
func (r *Query) Hoist(f *ast.Field) {
	for _, argument := range f.Arguments {
		if holdsVariable(argument.Value) {
			continue
		}
		argument.Value = r.variable(f.Definition.Arguments.ForName(argument.Name).Type, constant(argument.Value))
	}
}

// variable declares a variable with a value and returns what names it.
func (r *Query) variable(kind *ast.Type, value any) *ast.Value {
	r.count++
	name := fmt.Sprintf("hoisted%d", r.count)
	r.Values[name] = value
	r.Operation.VariableDefinitions = append(r.Operation.VariableDefinitions, &ast.VariableDefinition{
		Variable: name, Type: kind,
	})
	return &ast.Value{Kind: ast.Variable, Raw: name}
}

// constant is the value of a literal.
func constant(v *ast.Value) any {
	switch v.Kind {
	case ast.ListValue:
		list := []any{}
		for _, child := range v.Children {
			list = append(list, constant(child.Value))
		}
		return list
	case ast.ObjectValue:
		object := map[string]any{}
		for _, child := range v.Children {
			object[child.Name] = constant(child.Value)
		}
		return object
	case ast.IntValue, ast.FloatValue:
		return json.Number(v.Raw)
	case ast.BooleanValue:
		return v.Raw == "true"
	case ast.NullValue:
		return nil
	default:
		return v.Raw
	}
}

// holdsVariable reports whether a value names a variable.
func holdsVariable(v *ast.Value) bool {
	return v.Kind == ast.Variable || slices.ContainsFunc(v.Children, func(child *ast.ChildValue) bool {
		return holdsVariable(child.Value)
	})
}

// Inline puts the value in place of each variable.
func (r *Query) Inline() {
	replace := func(arguments ast.ArgumentList) {
		for _, argument := range arguments {
			if argument.Value.Kind == ast.Variable {
				definition := r.Operation.VariableDefinitions.ForName(argument.Value.Raw)
				argument.Value = r.write(definition.Type, r.Values[argument.Value.Raw])
			}
		}
	}
	r.Fields(func(f *ast.Field) {
		replace(f.Arguments)
		for _, directive := range f.Directives {
			replace(directive.Arguments)
		}
	})
	r.Operation.VariableDefinitions, r.Values = nil, map[string]any{}
}

// write puts a value into a document.
func (r *Query) write(kind *ast.Type, value any) *ast.Value {
	definition := r.schema.Types[kind.Name()]
	switch v := value.(type) {
	case []any:
		list := &ast.Value{Kind: ast.ListValue}
		for _, item := range v {
			list.Children = append(list.Children, &ast.ChildValue{Value: r.write(kind.Elem, item)})
		}
		return list
	case map[string]any:
		object := &ast.Value{Kind: ast.ObjectValue}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			field := r.write(definition.Fields.ForName(name).Type, v[name])
			object.Children = append(object.Children, &ast.ChildValue{Name: name, Value: field})
		}
		return object
	case string:
		if definition.Kind == ast.Enum {
			return &ast.Value{Kind: ast.EnumValue, Raw: v}
		}
		return &ast.Value{Kind: ast.StringValue, Raw: v}
	case bool:
		return &ast.Value{Kind: ast.BooleanValue, Raw: strconv.FormatBool(v)}
	case json.Number:
		return number(v.String())
	case float64:
		return number(strconv.FormatFloat(v, 'f', -1, 64))
	default:
		return &ast.Value{Kind: ast.NullValue, Raw: "null"}
	}
}

// number is a number as a document has it.
func number(text string) *ast.Value {
	if strings.ContainsAny(text, ".eE") {
		return &ast.Value{Kind: ast.FloatValue, Raw: text}
	}
	return &ast.Value{Kind: ast.IntValue, Raw: text}
}
