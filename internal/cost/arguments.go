package cost

import (
	"encoding/json"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/literal"
)

// askedArguments are the values of a field's arguments with variables put in and defaults filled in. One that is left out is missing.
type askedArguments map[string]any

func argumentsOf(definitions ast.ArgumentDefinitionList, given ast.ArgumentList, variables map[string]any) askedArguments {
	values := askedArguments{}
	for _, definition := range definitions {
		if argument := given.ForName(definition.Name); argument != nil {
			if value, ok := literal.Of(argument.Value, variables); ok {
				values[definition.Name] = value
				continue
			}
		}
		if definition.DefaultValue != nil {
			values[definition.Name], _ = literal.Of(definition.DefaultValue, nil)
		}
	}
	return values
}

// value is that of an argument or, behind a point, of a field of it; nil when it is left out or null.
func (a askedArguments) value(path string) any {
	name, rest, nested := strings.Cut(path, ".")
	value := a[name]
	for nested && value != nil {
		fields, _ := value.(map[string]any)
		name, rest, nested = strings.Cut(rest, ".")
		value = fields[name]
	}
	return value
}

func (a askedArguments) given(path string) bool { return a.value(path) != nil }

// text is a text, an id or an enum value; empty when there is none.
func (a askedArguments) text(path string) string {
	text, _ := literal.ID(a.value(path))
	return text
}

func (a askedArguments) number(path string) (int, bool) {
	number, ok := literal.Int32(a.value(path))
	return int(number), ok
}

// texts are the items of a list; nil when there is none. One item stands for a list of one.
func (a askedArguments) texts(path string) []string {
	value := a.value(path)
	if value == nil {
		return nil
	}
	items := literal.Items(value)
	texts := make([]string, 0, len(items))
	for _, item := range items {
		text, _ := literal.ID(item)
		texts = append(texts, text)
	}
	return texts
}

// within is a range; nil when there is none.
func (a askedArguments) within(path string) *model.TimeRange {
	fields, ok := a.value(path).(map[string]any)
	if !ok {
		return nil
	}
	within := &model.TimeRange{}
	if from, err := model.UnmarshalDateTime(fields["from"]); err == nil {
		within.From = &from
	}
	if to, err := model.UnmarshalDateTime(fields["to"]); err == nil {
		within.To = &to
	}
	if last, err := model.UnmarshalDuration(fields["last"]); err == nil {
		within.Last = &last
	}
	return within
}

// written is an argument in a form that differs for different values.
func (a askedArguments) written(path string) string {
	text, err := json.Marshal(a.value(path))
	if err != nil {
		return ""
	}
	return string(text)
}

// size is how many items a list has at most, by its arguments.
func (c *fieldCost) size(arguments askedArguments) int {
	size, sliced := c.assumed, false
	for _, name := range c.slicing {
		value := arguments.value(name)
		if value == nil {
			continue
		}
		count, isNumber := literal.Int32(value)
		bound := int(count)
		if !isNumber {
			bound = len(literal.Items(value))
		}
		if !sliced || bound < size {
			size, sliced = bound, true
		}
	}
	return max(0, size)
}
