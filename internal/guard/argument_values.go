package guard

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/internal/literal"
)

// valueJudge judges one value by its type and bounds and reports what is wrong under its dotted name.
type valueJudge struct {
	check  *ArgumentCheck
	report func(name, what string)
}

func (j valueJudge) value(kind *ast.Type, bounds *constraint, value any, name string) {
	if value == nil {
		if kind.NonNull {
			j.report(name, kind.String()+" cannot be null")
		}
		return
	}
	if kind.Elem != nil {
		items := literal.Items(value)
		if what := bounds.itemsFault(len(items)); what != "" {
			j.report(name, what)
			return
		}
		for i, item := range items {
			j.value(kind.Elem, bounds, item, name+"."+strconv.Itoa(i))
		}
		return
	}
	definition := j.check.schema.Types[kind.NamedType]
	switch definition.Kind {
	case ast.InputObject:
		j.object(definition, bounds, value, name)
	case ast.Scalar:
		if what := j.scalarFault(kind.NamedType, bounds, value); what != "" {
			j.report(name, what)
		}
	default: // an enum, which validation has judged
	}
}

func (j valueJudge) object(definition *ast.Definition, bounds *constraint, value any, name string) {
	object, ok := value.(map[string]any)
	if !ok {
		return // not reachable after validation
	}
	for _, field := range definition.Fields {
		item, given := object[field.Name]
		if !given {
			continue
		}
		j.value(field.Type, cmp.Or(j.check.inputs[field], j.check.free), item, name+"."+field.Name)
	}
	if what := bounds.formatFault(value); what != "" {
		j.report(name, what)
	}
}

// scalarFault says what is wrong with a scalar, empty when nothing is.
func (j valueJudge) scalarFault(scalar string, bounds *constraint, value any) string {
	switch scalar {
	case "Int":
		number, ok := literal.Int32(value)
		if !ok {
			return scalarFault(scalar, value) + "; " + given(value) + " was given"
		}
		return bounds.numberFault(float64(number), value)
	case "Float":
		number, ok := literal.Float(value)
		if !ok {
			return scalarFault(scalar, value) + "; " + given(value) + " was given"
		}
		return bounds.numberFault(number, value)
	case "ID":
		text, _ := literal.ID(value)
		return bounds.textFault(text)
	case "String":
		text, _ := value.(string)
		return bounds.textFault(text)
	case "Boolean":
		return ""
	}
	return j.customFault(scalar, bounds, value)
}

// customFault judges a scalar of the schema's own: first its size, then its parser.
func (j valueJudge) customFault(scalar string, bounds *constraint, value any) string {
	what := ""
	switch value := value.(type) {
	case string:
		what = bounds.textFault(value)
	case json.Number, int64, float64:
		if number, ok := literal.Float(value); ok {
			what = bounds.numberFault(number, value)
		} else {
			what = "the number is out of range; " + given(value) + " was given"
		}
	}
	if what != "" {
		return what
	}
	if parse, ok := j.check.scalars[scalar]; ok {
		if err := parse(value); err != nil {
			return fmt.Sprintf("%s; %s was given", err, given(value))
		}
	}
	return ""
}
