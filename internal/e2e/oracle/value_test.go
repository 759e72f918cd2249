package oracle

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// thing is an object of the schema with its fields. A field is a value, or lazy where it has arguments or costs a call.
type thing struct {
	kind   string
	fields map[string]any
}

// lazy works out a field by its arguments.
type lazy func(args arguments) any

// arguments are those of a field, variables and defaults put in.
type arguments map[string]any

// Kinds of values that are not compared as they are.
type (
	// unknown is a value that no document decides, or that the oracle does not know.
	unknown struct{}
	// opaque is an id or a cursor: nothing is known of it but what it stands for.
	opaque struct{ kind, key string }
	// about is a sum of floats, whose last digits depend on the order of summing.
	about float64
	// unordered is a list whose order no document states.
	unordered []any
	// verbatim is JSON passed through.
	verbatim struct{ value any }
)

// maybe is a thing or nil, never a nil pointer in an interface.
func maybe(t *thing) any {
	if t == nil {
		return nil
	}
	return t
}

func anyList(things []*thing) []any {
	list := make([]any, len(things))
	for i, t := range things {
		list[i] = t
	}
	return list
}

func (a arguments) object(name string) arguments {
	switch v := a[name].(type) {
	case map[string]any:
		return v
	case arguments:
		return v
	default:
		return nil
	}
}

func (a arguments) text(name string) string {
	s, _ := a[name].(string)
	return s
}

func (a arguments) count(name string) (int, bool) {
	switch n := a[name].(type) {
	case int64:
		return int(n), true
	case int:
		return n, true
	case float64: // of a variable
		return int(n), true
	case json.Number:
		whole, err := n.Int64()
		return int(whole), err == nil
	default:
		return 0, false
	}
}

// texts is a list of texts or enum values; false where it is left out or null.
func (a arguments) texts(name string) ([]string, bool) {
	switch list := a[name].(type) {
	case []any:
		texts := make([]string, 0, len(list))
		for _, item := range list {
			s, _ := item.(string)
			texts = append(texts, s)
		}
		return texts, true
	case []string:
		return list, true
	case string: // a list of one may be written without brackets
		return []string{list}, true
	default:
		return nil, false
	}
}

// allows is whether a value is one of those that a filter lists, or the filter lists none; nil is no text of a list.
func (a arguments) allows(name string, value any) bool {
	wanted, given := a.texts(name)
	s, ok := value.(string)
	return !given || ok && slices.Contains(wanted, s)
}

// allowsFolded is allows in any case.
func (a arguments) allowsFolded(name string, value any) bool {
	wanted, given := a.texts(name)
	s, ok := value.(string)
	return !given || ok && slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, s) })
}

// contains is whether one of the values holds the text of a filter, in any case.
func (a arguments) contains(name string, values ...any) bool {
	wanted, given := a[name].(string)
	return !given || slices.ContainsFunc(values, func(value any) bool {
		s, ok := value.(string)
		return ok && strings.Contains(strings.ToLower(s), strings.ToLower(wanted))
	})
}

// span is a TimeRange: its start included, its end excluded and now where it is left out. ago is the length where there
// is no range at all.
func (a arguments) span(name string, now time.Time, ago time.Duration) (from, to time.Time) {
	asked := a.object(name)
	switch {
	case asked == nil:
		return now.Add(-ago), now
	case asked["last"] != nil:
		return now.Add(-isoDuration(asked.text("last"))), now
	}
	to = now
	if at, err := time.Parse(time.RFC3339Nano, asked.text("from")); err == nil {
		from = at
	}
	if at, err := time.Parse(time.RFC3339Nano, asked.text("to")); err == nil {
		to = at
	}
	return from, to
}

// isoDuration reads days, hours, minutes and seconds.
func isoDuration(s string) time.Duration {
	var sum time.Duration
	days, rest, timed := strings.Cut(strings.TrimPrefix(s, "P"), "T")
	if n, ok := strings.CutSuffix(days, "D"); ok {
		d, err := time.ParseDuration(n + "h")
		if err != nil {
			panic(err) // made by this package
		}
		sum = 24 * d
	}
	if timed {
		d, err := time.ParseDuration(strings.ToLower(rest))
		if err != nil {
			panic(err) // made by this package
		}
		sum += d
	}
	return sum
}

func within(at any, from, to time.Time) bool {
	t, ok := at.(time.Time)
	return ok && !t.Before(from) && t.Before(to)
}

// order compares two values of a field: those without a value come last, whatever the direction. Texts go by the
// alphabet, in any case (OrderDirection).
func order(a, b any, descending bool) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	c := 0
	switch a := a.(type) {
	case string:
		c = strings.Compare(strings.ToLower(a), strings.ToLower(b.(string)))
	case float64:
		c = cmp.Compare(a, b.(float64))
	case int:
		c = cmp.Compare(a, b.(int))
	case time.Time:
		c = a.Compare(b.(time.Time))
	}
	if descending {
		return -c
	}
	return c
}
