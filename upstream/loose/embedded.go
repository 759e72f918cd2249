package loose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Embedded is a JSON document inside a text, or the same document sent as plain JSON (QUIRKS 68 to
// 70, 74). What does not parse is kept: it costs the value, never the row. T should itself be made of
// the types of this package, since inner values are text as often as not.
type Embedded[T any] struct{ scalar }

// NewEmbedded is the JSON document that stands in text, which need not parse.
func NewEmbedded[T any](text string) Embedded[T] {
	return Embedded[T]{scalar{text: text, form: formQuoted}}
}

// UnmarshalJSON takes any JSON value and keeps it as sent (nested JSON without its blanks).
func (e *Embedded[T]) UnmarshalJSON(data []byte) error {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		s, err := decodeScalar(data, reflect.TypeFor[Embedded[T]]())
		if err != nil {
			return err
		}
		e.scalar = s
		return nil
	}
	var compact, escaped bytes.Buffer
	if err := json.Compact(&compact, trimmed); err != nil {
		return fmt.Errorf("embedded: %w", err)
	}
	// Escaped as json.Marshal will do it anyway, so that storing and reading again changes nothing.
	json.HTMLEscape(&escaped, compact.Bytes())
	e.scalar = scalar{text: escaped.String(), form: formNested}
	return nil
}

// Equal tells whether both were sent alike.
func (e Embedded[T]) Equal(other Embedded[T]) bool { return e.scalar == other.scalar }

// Value is the inner document. It is decoded anew by each call; ok is false when it is absent or does
// not parse, and then value is the zero T.
func (e Embedded[T]) Value() (value T, ok bool) {
	if e.IsAbsent() {
		return value, false
	}
	if err := json.Unmarshal([]byte(e.text), &value); err != nil {
		var zero T
		return zero, false
	}
	return value, true
}

// Unreadable tells that something was sent that does not parse as a T.
func (e Embedded[T]) Unreadable() bool {
	_, ok := e.Value()
	return !ok && !e.IsAbsent()
}
