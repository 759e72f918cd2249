package literal

import (
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// Items returns the items of a list. One value stands for a list of one, which the executor makes a typed slice.
func Items(value any) []any {
	if items, ok := value.([]any); ok {
		return items
	}
	typed := reflect.ValueOf(value)
	if typed.Kind() != reflect.Slice {
		return []any{value}
	}
	items := make([]any, typed.Len())
	for i := range items {
		items[i] = typed.Index(i).Interface()
	}
	return items
}

// Of returns the value of an argument with its variables put in; ok is false when its variable is not given. Numbers
// stay as they are written: the library's own conversion fails on large ones.
func Of(value *ast.Value, variables map[string]any) (result any, ok bool) {
	switch value.Kind {
	case ast.Variable:
		result, ok = variables[value.Raw]
		return result, ok
	case ast.IntValue, ast.FloatValue:
		return json.Number(value.Raw), true
	case ast.BooleanValue:
		return value.Raw == "true", true
	case ast.NullValue:
		return nil, true
	case ast.ListValue:
		items := make([]any, 0, len(value.Children))
		for _, child := range value.Children {
			item, _ := Of(child.Value, variables) // one left out in a list is null
			items = append(items, item)
		}
		return items, true
	case ast.ObjectValue:
		object := make(map[string]any, len(value.Children))
		for _, child := range value.Children {
			if item, ok := Of(child.Value, variables); ok {
				object[child.Name] = item
			}
		}
		return object, true
	default: // text and enum values
		return value.Raw, true
	}
}

// Int32 reads an Int. A fraction or an exponent is refused, even 1.0 and 1e2: the executor can't read them.
func Int32(value any) (int32, bool) {
	switch value := value.(type) {
	case json.Number:
		number, err := strconv.ParseInt(string(value), 10, 32)
		return int32(number), err == nil
	case int64:
		return int32(value), value == int64(int32(value))
	}
	return 0, false
}

// Float reads a Float, which is any finite number.
func Float(value any) (float64, bool) {
	switch value := value.(type) {
	case json.Number:
		number, err := strconv.ParseFloat(string(value), 64)
		return number, err == nil
	case float64:
		return value, true
	case int64:
		return float64(value), true
	}
	return 0, false
}

// ID reads an ID as the text that it stands for.
func ID(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case int64:
		return strconv.FormatInt(value, 10), true
	case json.Number:
		for i, digit := range string(value) {
			if (digit < '0' || digit > '9') && (i > 0 || digit != '-') {
				return "", false
			}
		}
		return string(value), true
	}
	return "", false
}
