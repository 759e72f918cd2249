package main

import (
	"errors"
	"fmt"
	"go/types"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"
)

// The parameters of the functions of a field.
const (
	leafHead = "func(w *plan.Writer, object any, args plan.Args) bool"
	oneHead  = "func(object any, args plan.Args) any"
	manyHead = "func(to []any, object any, args plan.Args) ([]any, bool)"
	callHead = "func(ctx context.Context, execution any, parents []any, args plan.Args) (plan.Values, error)"
	argsHead = "func(ctx context.Context, execution any, raw plan.Args) (plan.Args, error)"
)

// field writes how one field is read.
func (t *tables) field(object *codegen.Object, field *codegen.Field) error {
	if err := supported(object, field); err != nil {
		return err
	}
	t.printf("{Name: %q", field.Name)
	if field.IsMethod() && !field.IsResolver {
		t.printf(", Method: true")
	}
	if len(field.Args) > 0 {
		t.printf(", Args: %s {\nreturn execution.(*executionContext).%s(ctx, raw)\n}", argsHead, field.ArgsFunc())
	}
	var err error
	switch {
	case field.IsResolver:
		err = t.call(object, field)
	case isLeaf(field.TypeReference.Definition):
		err = t.leafField(object, field)
	default:
		err = t.objects(object, field)
	}
	t.printf("},\n")
	return err
}

// supported names what tables have no form for.
func supported(object *codegen.Object, field *codegen.Field) error {
	plain := field.IsVariable() || (field.IsMethod() && field.NoErr && !field.MethodHasContext && !field.VOkFunc)
	switch {
	case field.IsResolver && !object.Root && !field.IsBatch():
		return errors.New("a resolver that is no batch resolver")
	case !field.IsResolver && !plain:
		return errors.New("a method with a context, an error or a second result")
	case field.HasHaser:
		return errors.New("a method that says whether there is a value")
	case len(field.ImplDirectives()) > 0:
		return errors.New("a directive that runs with the field")
	case field.Stream:
		return errors.New("a channel")
	default:
		return nil
	}
}

// value is the expression of what a plain field holds.
func (t *tables) value(object *codegen.Object, field *codegen.Field) string {
	of := fmt.Sprintf("object.(%s).%s", t.imports.name(object.Reference()), field.GoFieldName)
	if field.IsMethod() {
		of += "(" + strings.Join(t.arguments(field), ", ") + ")"
	}
	return of
}

func (t *tables) arguments(field *codegen.Field) []string {
	list := make([]string, len(field.Args))
	for i, argument := range field.Args {
		list[i] = fmt.Sprintf("args[%q].(%s)", argument.Name, t.imports.name(argument.TypeReference.GO))
	}
	return list
}

func (t *tables) leafField(object *codegen.Object, field *codegen.Field) error {
	write, err := t.leaf(field.TypeReference, t.value(object, field))
	t.printf(", Leaf: %s {\nreturn %s\n}", leafHead, write)
	return err
}

// objects writes a plain field that holds an object or a list of them.
func (t *tables) objects(object *codegen.Object, field *codegen.Field) error {
	of, value := field.TypeReference, t.value(object, field)
	if of.GQL.Elem != nil {
		add, err := adder(of)
		t.printf(", Many: %s {\nreturn %s(to, %s)\n}", manyHead, add, value)
		return err
	}
	switch {
	case isPointer(of.GO):
		value = "plan.Pointer(" + value + ")"
	case types.IsInterface(of.GO):
	case field.IsMethod():
		return errors.New("a method that returns a struct")
	default:
		value = "&" + value
	}
	t.printf(", One: %s {\nreturn %s\n}", oneHead, value)
	return nil
}

// adder is the function that appends the objects of a list.
func adder(of *config.TypeReference) (string, error) {
	if !of.IsSlice() {
		return "", errors.New("a list that is no slice")
	}
	element := of.Elem()
	switch {
	case element.GQL.Elem != nil:
		return "", errors.New("a list of lists of objects")
	case isPointer(element.GO):
		return "plan.AppendPointers", nil
	case types.IsInterface(element.GO):
		return "plan.AppendAbstract", nil
	default:
		return "plan.AppendStructs", nil
	}
}

// call writes a field that a resolver answers.
func (t *tables) call(object *codegen.Object, field *codegen.Field) error {
	of := field.TypeReference
	arguments := []string{"ctx"}
	if !object.Root {
		parent := strings.TrimPrefix(t.imports.name(object.Reference()), "*")
		arguments = append(arguments, "plan.Parents["+parent+"](parents)")
	}
	arguments = append(arguments, t.arguments(field)...)
	t.printf(", Call: %s {\nvalues, err := execution.(*executionContext).Resolvers.%s().%s(%s)\n", callHead,
		strings.ToUpper(object.Name[:1])+object.Name[1:], field.GoFieldName, strings.Join(arguments, ", "))
	values := "values"
	if object.Root {
		values = "[]" + t.imports.name(of.GO) + "{values}"
	}
	var err error
	switch {
	case isLeaf(of.Definition):
		var write string
		write, err = t.leafFunction(of)
		values = fmt.Sprintf("plan.Leaves(%s, %s)", values, write)
	case of.GQL.Elem != nil:
		var add string
		add, err = adder(of)
		values = fmt.Sprintf("plan.Lists(%s, %s)", values, add)
	case isPointer(of.GO):
		values = "plan.Pointers(" + values + ")"
	case types.IsInterface(of.GO):
		values = "plan.Abstracts(" + values + ")"
	default:
		values = "plan.Structs(" + values + ")"
	}
	t.printf("return %s, err\n}", values)
	return err
}

// leaf is the expression that writes a value of a type without fields.
func (t *tables) leaf(of *config.TypeReference, value string) (string, error) {
	switch {
	case of.IsSlice():
		list, element := "plan.List", of.Elem()
		if element.GQL.NonNull {
			list = "plan.ListOfNonNull"
		}
		if of.GQL.NonNull {
			value = "plan.Present(" + value + ")"
		}
		write, err := t.leafFunction(element)
		return fmt.Sprintf("%s(w, %s, %s)", list, value, write), err
	case isPointer(of.GO):
		write, err := t.leafFunction(of.Elem())
		return fmt.Sprintf("plan.Optional(w, %s, %s)", value, write), err
	}
	name, err := t.scalar(of)
	switch {
	case err != nil:
		return "", err
	case of.CastType != nil && !strings.HasPrefix(name, "plan."):
		return "", errors.New("a scalar of a type that is not its own")
	case strings.HasPrefix(name, "plan."):
		return fmt.Sprintf("%s(w, %s)", name, value), nil
	default:
		return fmt.Sprintf("plan.Appended(w, %s, %s)", value, name), nil
	}
}

// leafFunction is a function that writes a value of a type without fields.
func (t *tables) leafFunction(of *config.TypeReference) (string, error) {
	name := t.imports.name(of.GO)
	if !of.IsSlice() && !isPointer(of.GO) {
		if function, err := t.scalar(of); err != nil || strings.HasPrefix(function, "plan.") {
			return function + "[" + name + "]", err
		}
	}
	write, err := t.leaf(of, "value")
	return fmt.Sprintf("func(w *plan.Writer, value %s) bool { return %s }", name, write), err
}

// scalar is the function that writes a scalar or enum: one of package plan, or one of package model that appends it.
func (t *tables) scalar(of *config.TypeReference) (string, error) {
	if of.Definition.Kind == ast.Enum && of.IsMarshaler {
		return "plan.Word", nil
	}
	if of.Marshaler == nil {
		return "", fmt.Errorf("scalar %s, which no function writes", of.Definition.Name)
	}
	from, name := of.Marshaler.Pkg(), of.Marshaler.Name()
	if from.Path() != graphqlPath {
		if name == "MarshalJSON" {
			return "plan.Raw", nil
		}
		t.imports.add(from.Path(), from.Name())
		return from.Name() + "." + strings.Replace(name, "Marshal", "Append", 1), nil
	}
	switch name {
	case "MarshalString", "MarshalID":
		return "plan.Text", nil
	case "MarshalInt":
		return "plan.Int", nil
	case "MarshalFloatContext":
		return "plan.Float", nil
	case "MarshalBoolean":
		return "plan.Bool", nil
	default:
		return "", fmt.Errorf("scalar %s, written by %s", of.Definition.Name, name)
	}
}

func isPointer(of types.Type) bool {
	_, ok := of.(*types.Pointer)
	return ok
}
