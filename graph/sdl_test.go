package graph_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph"
)

func TestEverythingIsDescribed(t *testing.T) {
	for name, definition := range schema(t).Types {
		if definition.BuiltIn {
			continue
		}
		described(t, name, definition.Description)
		for _, value := range definition.EnumValues {
			described(t, name+"."+value.Name, value.Description)
		}
		for _, field := range definition.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			described(t, name+"."+field.Name, field.Description)
			for _, argument := range field.Arguments {
				described(t, name+"."+field.Name+"."+argument.Name, argument.Description)
			}
		}
	}
}

func described(t *testing.T, name, description string) {
	t.Helper()
	if strings.TrimSpace(description) == "" {
		t.Errorf("%s has no description", name)
	}
}

// What a client may send without a bound of its own: enums, flags, times and other inputs.
func TestTextsNumbersAndListsAreBounded(t *testing.T) {
	loaded := schema(t)
	for name, definition := range loaded.Types {
		if definition.BuiltIn {
			continue
		}
		for _, field := range definition.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			if definition.Kind == ast.InputObject {
				bounded(t, name+"."+field.Name, field.Type, field.Directives)
			}
			for _, argument := range field.Arguments {
				bounded(t, name+"."+field.Name+"."+argument.Name, argument.Type, argument.Directives)
			}
		}
	}
}

func bounded(t *testing.T, name string, kind *ast.Type, directives ast.DirectiveList) {
	t.Helper()
	var bounds ast.ArgumentList
	if constraint := directives.ForName("constraint"); constraint != nil {
		bounds = constraint.Arguments
	}
	if kind.Elem != nil && bounds.ForName("maxItems") == nil {
		t.Errorf("%s is a list without maxItems", name)
	}
	switch kind.Name() {
	case "String", "ID":
		if bounds.ForName("maxLength") == nil && bounds.ForName("pattern") == nil {
			t.Errorf("%s is a text without maxLength or pattern", name)
		}
	case "Int", "Float":
		if bounds.ForName("min") == nil {
			t.Errorf("%s is a number without min", name)
		}
	case "TimeRange":
		if bounds.ForName("format") == nil {
			t.Errorf("%s is a range without format", name)
		}
	}
}

func schema(t *testing.T) *ast.Schema {
	t.Helper()
	loaded, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	if err != nil {
		t.Fatalf("load schema: %v", err)
	}
	return loaded
}

// What an operation asks for is estimated by the sizes of its lists, so every list of objects has one.
func TestListsOfObjectsHaveASize(t *testing.T) {
	loaded := schema(t)
	above := sizedAbove(loaded)
	for name, definition := range loaded.Types {
		if definition.BuiltIn || definition.Kind != ast.Object {
			continue
		}
		for _, field := range definition.Fields {
			of := loaded.Types[field.Type.Name()]
			if strings.HasPrefix(field.Name, "__") || of.Kind != ast.Object && of.Kind != ast.Interface {
				continue
			}
			isConnection := of.Fields.ForName("pageInfo") != nil
			if sized := field.Directives.ForName("listSize") != nil; sized != (isConnection || len(sizedBy(field)) > 0 ||
				field.Type.Elem != nil && !above[name+"."+field.Name]) {
				t.Errorf("%s.%s: @listSize %v", name, field.Name, sized)
			}
		}
	}
}

// sizedAbove are the fields, Type.field, whose size stands at the fields that lead to their type.
func sizedAbove(loaded *ast.Schema) map[string]bool {
	above := map[string]bool{}
	for _, definition := range loaded.Types {
		for _, field := range definition.Fields {
			for _, name := range sizedBy(field) {
				above[field.Type.Name()+"."+name] = true
			}
		}
	}
	return above
}

// sizedBy are the fields that the @listSize of a field sizes in its place.
func sizedBy(field *ast.FieldDefinition) []string {
	directive := field.Directives.ForName("listSize")
	if directive == nil || directive.Arguments.ForName("sizedFields") == nil {
		return nil
	}
	var names []string
	for _, child := range directive.Arguments.ForName("sizedFields").Value.Children {
		names = append(names, child.Value.Raw)
	}
	return names
}
