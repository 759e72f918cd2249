package guard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/literal"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// ArgumentCheck is the extension that judges every argument of an operation, those of directives included, after
// validation and before execution: null by the type, as the specification coerces values once variables are put in;
// then by the @constraint of the argument or input field, and by the parser of its scalar. It skips fields that @skip
// and @include leave out. A fault refuses the whole operation with BAD_USER_INPUT, one error for each argument, so that
// no upstream call is spent on the rest.
type ArgumentCheck struct {
	schema    *ast.Schema
	arguments map[*ast.ArgumentDefinition]*constraint
	inputs    map[*ast.FieldDefinition]*constraint
	scalars   map[string]Format
	free      *constraint
}

var (
	_ graphql.HandlerExtension        = (*ArgumentCheck)(nil)
	_ graphql.OperationContextMutator = (*ArgumentCheck)(nil)
)

// NewArgumentCheck makes an ArgumentCheck for a schema. formats are the names that @constraint(format:) may use;
// scalars are the parsers of custom scalars by name, of which only the error is used (they see a string, a json.Number,
// a bool, a []any or a map[string]any). A pattern that does not compile, a format without a function and a bound that
// means nothing for its type are errors.
func NewArgumentCheck(schema *ast.Schema, formats, scalars map[string]Format) (*ArgumentCheck, error) {
	check := &ArgumentCheck{
		schema:    schema,
		arguments: map[*ast.ArgumentDefinition]*constraint{},
		inputs:    map[*ast.FieldDefinition]*constraint{},
		scalars:   scalars,
		free:      unconstrained(),
	}
	for name := range scalars {
		if definition := schema.Types[name]; definition == nil || definition.Kind != ast.Scalar {
			return nil, fmt.Errorf("parser for %s, which is no scalar of the schema", name)
		}
	}
	for _, definition := range schema.Types {
		for _, field := range definition.Fields {
			if err := check.learn(definition.Name, field, formats); err != nil {
				return nil, err
			}
		}
	}
	return check, nil
}

// learn takes the constraints of one field: its own if it is an input field, and those of its arguments.
func (c *ArgumentCheck) learn(owner string, field *ast.FieldDefinition, formats map[string]Format) error {
	if directive := field.Directives.ForName(constraintDirective); directive != nil {
		compiled, err := newConstraint(directive, field.Type, c.schema.Types[field.Type.Name()], formats)
		if err != nil {
			return fmt.Errorf("@%s of %s.%s: %w", constraintDirective, owner, field.Name, err)
		}
		c.inputs[field] = compiled
	}
	for _, argument := range field.Arguments {
		directive := argument.Directives.ForName(constraintDirective)
		if directive == nil {
			continue
		}
		compiled, err := newConstraint(directive, argument.Type, c.schema.Types[argument.Type.Name()], formats)
		if err != nil {
			return fmt.Errorf("@%s of %s.%s(%s:): %w", constraintDirective, owner, field.Name, argument.Name, err)
		}
		c.arguments[argument] = compiled
	}
	return nil
}

// ExtensionName names the extension.
func (c *ArgumentCheck) ExtensionName() string { return "ArgumentCheck" }

// Validate accepts a server with the schema that the constraints were read from.
func (c *ArgumentCheck) Validate(schema graphql.ExecutableSchema) error {
	if schema.Schema() != c.schema {
		return errors.New("argument check was made for another schema")
	}
	return nil
}

// MutateOperationContext refuses an operation with an argument out of bounds. It changes nothing.
func (c *ArgumentCheck) MutateOperationContext(_ context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	walk := argumentWalk{check: c, variables: operation.Variables}
	walk.directives(operation.Operation.Directives, nil)
	walk.selections(operation.Operation.SelectionSet, nil)
	return refusal.Bundle(walk.faults)
}

// argumentWalk goes through the fields of one operation. The document is valid and within its limits: the walk ends.
type argumentWalk struct {
	check     *ArgumentCheck
	variables map[string]any
	faults    gqlerror.List
	noted     map[string]bool
}

func (w *argumentWalk) selections(set ast.SelectionSet, path ast.Path) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if w.included(selection.Directives, path) {
				w.field(selection, path)
			}
		case *ast.InlineFragment:
			if w.included(selection.Directives, path) {
				w.selections(selection.SelectionSet, path)
			}
		case *ast.FragmentSpread:
			if w.included(selection.Directives, path) && selection.Definition != nil {
				w.selections(selection.Definition.SelectionSet, path)
			}
		}
	}
}

func (w *argumentWalk) field(field *ast.Field, path ast.Path) {
	if len(field.Arguments) == 0 && len(field.SelectionSet) == 0 {
		return
	}
	path = append(path, ast.PathName(field.Alias)) // its siblings take the same place
	if field.Definition != nil {
		w.arguments(field.Definition.Arguments, field.Arguments, path)
	}
	w.selections(field.SelectionSet, path)
}

// directives judges the arguments of directives; path is that of the field or fragment around them.
func (w *argumentWalk) directives(directives ast.DirectiveList, path ast.Path) {
	for _, directive := range directives {
		if directive.Definition != nil {
			w.arguments(directive.Definition.Arguments, directive.Arguments, path)
		}
	}
}

// arguments judges what is given for the arguments of one field or directive. Null for an argument that may be null
// counts as left out.
func (w *argumentWalk) arguments(definitions ast.ArgumentDefinitionList, given ast.ArgumentList, path ast.Path) {
	for _, argument := range given {
		definition := definitions.ForName(argument.Name)
		value, isGiven := literal.Of(argument.Value, w.variables)
		if definition == nil || !isGiven {
			continue
		}
		judge := valueJudge{check: w.check, report: func(name, what string) { w.fault(argument, path, name, what) }}
		judge.value(definition.Type, cmp.Or(w.check.arguments[definition], w.check.free), value, argument.Name)
	}
}

// fault notes what is wrong with an argument, once for each argument of each field.
func (w *argumentWalk) fault(argument *ast.Argument, path ast.Path, name, what string) {
	key := path.String() + "(" + argument.Name
	if w.noted[key] || len(w.faults) >= mostFaults {
		return
	}
	if w.noted == nil {
		w.noted = map[string]bool{}
	}
	w.noted[key] = true
	err := refusal.New(refusal.CodeBadUserInput, "Argument %s: %s.", refusal.Quoted(name), what)
	err.Extensions["argument"] = refusal.Clip(name, 100)
	err.Path = slices.Clone(path)
	if argument.Position != nil {
		err.Locations = []gqlerror.Location{{Line: argument.Position.Line, Column: argument.Position.Column}}
	}
	w.faults = append(w.faults, err)
}

// included reports whether a selection takes part, neither skipped nor not included, and judges its directives.
func (w *argumentWalk) included(directives ast.DirectiveList, path ast.Path) bool {
	if len(directives) == 0 {
		return true
	}
	w.directives(directives, path)
	if skip := directives.ForName("skip"); skip != nil && isActive(skip, w.variables) {
		return false
	}
	include := directives.ForName("include")
	return include == nil || isActive(include, w.variables)
}

// isActive reports whether the argument if of a directive is true. One that has no truth is refused anyway.
func isActive(directive *ast.Directive, variables map[string]any) bool {
	argument := directive.Arguments.ForName("if")
	if argument == nil {
		return true
	}
	value, _ := literal.Of(argument.Value, variables)
	active, ok := value.(bool)
	return active || !ok
}
