package estimate

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
)

// Arguments are the values of a field's arguments with variables put in and defaults filled in, checked before. One
// that is left out is missing.
type Arguments map[string]any

// Value is the value of an argument or, after a point, of a field of it; nil when it is left out or null.
func (a Arguments) Value(path string) any {
	if strings.IndexByte(path, '.') < 0 {
		return a[path] // as most are asked for
	}
	name, rest, nested := strings.Cut(path, ".")
	value := a[name]
	for nested && value != nil {
		fields, _ := value.(map[string]any)
		name, rest, nested = strings.Cut(rest, ".")
		value = fields[name]
	}
	return value
}

// Given reports whether an argument has a value.
func (a Arguments) Given(path string) bool { return a.Value(path) != nil }

// Text is a text, an id or an enum value; empty when it is not given.
func (a Arguments) Text(path string) string { return textOf(a.Value(path)) }

func textOf(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case json.Number:
		return string(value)
	default:
		return fmt.Sprint(value)
	}
}

// Number is a whole number; false when it is not given. A text of digits is no number: it may be a list of one id.
func (a Arguments) Number(path string) (int, bool) {
	value := a.Value(path)
	switch value := value.(type) {
	case nil, string:
		return 0, false
	case int64:
		if value == int64(int32(value)) {
			return int(value), true
		}
	}
	number, err := strconv.ParseInt(textOf(value), 10, 32)
	return int(number), err == nil
}

// Share is a number with a fraction; 0 when it is not given.
func (a Arguments) Share(path string) float64 {
	number, err := strconv.ParseFloat(textOf(a.Value(path)), 64)
	if err != nil {
		return 0
	}
	return number
}

// Texts are the items of a list; nil when it is not given. One item stands for a list of one.
func (a Arguments) Texts(path string) []string {
	value := a.Value(path)
	if value == nil {
		return nil
	}
	items := reflect.ValueOf(value)
	if items.Kind() != reflect.Slice {
		return []string{textOf(value)}
	}
	texts := make([]string, items.Len())
	for i := range texts {
		texts[i] = textOf(items.Index(i).Interface())
	}
	return texts
}

// NamesNone reports whether a list is given and has no items.
func (a Arguments) NamesNone(path string) bool { return a.Given(path) && len(a.Texts(path)) == 0 }

// Within is a range; nil when it is not given.
func (a Arguments) Within(path string) *model.TimeRange {
	fields, ok := a.Value(path).(map[string]any)
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

// Written is an argument in a form that differs for different values.
func (a Arguments) Written(path string) string {
	text, err := json.Marshal(a.Value(path))
	if err != nil {
		return ""
	}
	return string(text)
}
