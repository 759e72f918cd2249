package guard

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/literal"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// mostFaults ends the search for faults of one request: more are not reported anyway.
const mostFaults = 100

// checkVariables judges the variables of a request by their declared types, as the specification says: the executor
// would take "1" for 1, RED for red, and report 1.5 as 0. It ignores variables that are not declared, and leaves custom
// scalars to the argument check.
func checkVariables(schema *ast.Schema, operation *ast.OperationDefinition, values map[string]any) gqlerror.List {
	check := variableCheck{schema: schema}
	for _, definition := range operation.VariableDefinitions {
		value, given := values[definition.Variable]
		if given {
			check.value(definition.Type, value, definition.Variable)
		} else if definition.Type.NonNull && definition.DefaultValue == nil {
			check.fault(definition.Variable, definition.Type.String()+" is required, but it was not given")
		}
	}
	return check.faults
}

// withDefaults are the values of variables with the defaults of those that are left out, as JSON would have them.
func withDefaults(operation *ast.OperationDefinition, values map[string]any) map[string]any {
	for _, definition := range operation.VariableDefinitions {
		if _, given := values[definition.Variable]; given || definition.DefaultValue == nil {
			continue
		}
		if values == nil {
			values = map[string]any{}
		}
		values[definition.Variable], _ = literal.Of(definition.DefaultValue, nil)
	}
	return values
}

type variableCheck struct {
	schema *ast.Schema
	faults gqlerror.List
}

// fault notes that the variable at a dotted name is wrong.
func (c *variableCheck) fault(name, what string) {
	if len(c.faults) >= mostFaults {
		return
	}
	err := refusal.New(refusal.CodeBadUserInput, "Variable %s: %s.", refusal.Quoted("$"+name), what)
	err.Extensions["variable"] = refusal.Clip(name, 100)
	c.faults = append(c.faults, err)
}

func (c *variableCheck) value(kind *ast.Type, value any, name string) {
	if value == nil {
		if kind.NonNull {
			c.fault(name, kind.String()+" cannot be null")
		}
		return
	}
	if kind.Elem != nil {
		items, ok := value.([]any)
		if !ok {
			c.value(kind.Elem, value, name) // one value stands for a list of one
			return
		}
		for i, item := range items {
			c.value(kind.Elem, item, name+"."+strconv.Itoa(i))
			if len(c.faults) >= mostFaults {
				return
			}
		}
		return
	}
	definition := c.schema.Types[kind.NamedType]
	if definition == nil {
		return // not reachable: validation knows every type
	}
	switch definition.Kind {
	case ast.Scalar:
		if expected := scalarFault(kind.NamedType, value); expected != "" {
			c.fault(name, expected+"; "+given(value)+" was given")
		}
	case ast.Enum:
		text, ok := value.(string)
		if !ok || definition.EnumValues.ForName(text) == nil {
			c.fault(name, given(value)+" is no "+definition.Name)
		}
	case ast.InputObject:
		c.object(definition, value, name)
	default: // not reachable: output types are no types of variables
	}
}

func (c *variableCheck) object(definition *ast.Definition, value any, name string) {
	object, ok := value.(map[string]any)
	if !ok {
		c.fault(name, "a "+definition.Name+" is an object; "+given(value)+" was given")
		return
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if definition.Fields.ForName(key) == nil {
			c.fault(name, "a "+definition.Name+" has no field "+refusal.Quoted(key))
		}
	}
	for _, field := range definition.Fields {
		value, given := object[field.Name]
		if given {
			c.value(field.Type, value, name+"."+field.Name)
		} else if field.Type.NonNull && field.DefaultValue == nil {
			c.fault(name+"."+field.Name, field.Type.String()+" is required, but it was not given")
		}
	}
	if definition.Directives.ForName("oneOf") != nil && !isOneOf(object) {
		c.fault(name, "a "+definition.Name+" has exactly one field, which is not null")
	}
}

func isOneOf(object map[string]any) bool {
	for _, value := range object {
		return len(object) == 1 && value != nil
	}
	return false
}

// scalarFault says what a built-in scalar must be, empty when value is that or the scalar is a custom one.
func scalarFault(scalar string, value any) string {
	switch scalar {
	case "Int":
		if _, ok := literal.Int32(value); !ok {
			return "an Int is a whole number from -2147483648 to 2147483647"
		}
	case "Float":
		if _, ok := literal.Float(value); !ok {
			return "a Float is a finite number"
		}
	case "String":
		if _, ok := value.(string); !ok {
			return "a String is text"
		}
	case "Boolean":
		if _, ok := value.(bool); !ok {
			return "a Boolean is true or false"
		}
	case "ID":
		if _, ok := literal.ID(value); !ok {
			return "an ID is text or a whole number"
		}
	}
	return ""
}

// given renders a value of the client within a message.
func given(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return refusal.Quoted(value)
	case json.Number:
		return refusal.Clip(string(value), 40)
	case bool:
		return strconv.FormatBool(value)
	case int64:
		return strconv.FormatInt(value, 10)
	case float64:
		return strconv.FormatFloat(value, 'g', -1, 64)
	case map[string]any:
		return "an object"
	}
	return "a list"
}
