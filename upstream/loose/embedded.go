package loose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Embedded is a JSON document inside a text, or the same document sent as plain JSON (QUIRKS 68 to 70, 74). A text that
// does not parse costs the value, never the row. Inner values are text as often as not, so T should use these types
// too.
type Embedded[T any] struct{ scalar }

// NewEmbedded is the JSON document in text, which need not parse.
func NewEmbedded[T any](text string) Embedded[T] {
	return Embedded[T]{scalarOf(text, formQuoted)}
}

// UnmarshalJSON takes any JSON value and keeps it as sent (nested JSON without its blanks).
func (e *Embedded[T]) UnmarshalJSON(data []byte) error {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return e.decode(data, reflect.TypeFor[Embedded[T]]())
	}
	var compact, escaped bytes.Buffer
	if err := json.Compact(&compact, trimmed); err != nil {
		return fmt.Errorf("embedded: %w", err)
	}
	// Escaped as json.Marshal will do it anyway, so that storing and reading again changes nothing.
	json.HTMLEscape(&escaped, compact.Bytes())
	e.scalar = scalarOf(escaped.String(), formNested)
	return nil
}

// Equal reports whether both were sent alike.
func (e Embedded[T]) Equal(other Embedded[T]) bool { return e.same(other.scalar) }

// Value decodes the inner document. When it is absent or does not parse, value is the zero T and ok is false.
func (e Embedded[T]) Value() (value T, ok bool) {
	if e.IsAbsent() || json.Unmarshal([]byte(e.sent.text), &value) != nil {
		return *new(T), false
	}
	return value, true
}

// Unreadable reports whether something was sent that does not parse as a T.
func (e Embedded[T]) Unreadable() bool {
	_, ok := e.Value()
	return !ok && !e.IsAbsent()
}
