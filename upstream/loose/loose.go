// Package loose holds the JSON scalars of upstreams that do not keep to one form: numbers as text,
// the word "null" for nothing, times in eight formats, JSON inside a text. Each type takes whatever
// scalar the wire has, keeps it as sent, and reads it only when asked, so that one odd field never
// costs a row and what cannot be read is told apart from what is not there.
//
// The package must not know any upstream, must not guess a value (unknown never becomes zero) and
// imports none of our packages.
//
// What all types have in common: the zero value is absent; a missing key, null, "", a blank text and the word "null" in
// any case are absent (QUIRKS 20, 21); an object or an array where a scalar belongs is a *json.UnmarshalTypeError,
// which encoding/json completes with the path of the field (only Embedded takes them); decode(encode(x)) == x.
package loose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// form tells how a scalar stood on the wire.
type form uint8

const (
	formAbsent form = iota // missing, or null
	formQuoted             // a JSON text
	formBare               // a JSON number, true or false
	formNested             // a JSON object or array; only in Embedded
)

// scalar is one value as the wire had it. Its methods are those of every type of this package.
type scalar struct {
	text string
	form form
}

// Raw is the value as sent: of a text its content (also when that reads "null" or is blank), of a
// number, a boolean or nested JSON its notation; "" when the key was missing or null.
func (s scalar) Raw() string { return s.text }

// IsAbsent tells that the upstream said nothing: key missing, null, "null" in any case, "" or blanks.
func (s scalar) IsAbsent() bool {
	if s.form == formAbsent {
		return true
	}
	trimmed := strings.TrimSpace(s.text)
	return trimmed == "" || strings.EqualFold(trimmed, "null")
}

// MarshalJSON gives back what the wire had: a text stays a text, a number a number, absent is null.
func (s scalar) MarshalJSON() ([]byte, error) {
	switch s.form {
	case formAbsent:
		return []byte("null"), nil
	case formQuoted:
		quoted, err := json.Marshal(s.text)
		if err != nil {
			return nil, fmt.Errorf("quote scalar: %w", err)
		}
		return quoted, nil
	case formBare, formNested:
		return []byte(s.text), nil
	default:
		return nil, fmt.Errorf("scalar of unknown form %d", s.form)
	}
}

// decodeScalar reads one JSON scalar. target names the type in the error for an object or an array.
func decodeScalar(data []byte, target reflect.Type) (scalar, error) {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 {
		return scalar{}, fmt.Errorf("%s: no JSON value", target.Name())
	}
	switch trimmed[0] {
	case '"':
		return decodeQuoted(trimmed, target)
	case '{':
		return scalar{}, &json.UnmarshalTypeError{Value: "object", Type: target}
	case '[':
		return scalar{}, &json.UnmarshalTypeError{Value: "array", Type: target}
	}
	if string(trimmed) == "null" {
		return scalar{}, nil
	}
	if !json.Valid(trimmed) {
		return scalar{}, fmt.Errorf("%s: not a JSON value", target.Name())
	}
	return scalar{text: string(trimmed), form: formBare}, nil
}

func decodeQuoted(data []byte, target reflect.Type) (scalar, error) {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return scalar{}, fmt.Errorf("%s: %w", target.Name(), err)
	}
	return scalar{text: text, form: formQuoted}, nil
}

// Fold makes words comparable that the upstream spells in several ways: case and the characters
// '-', '_' and space do not count, so ECS_VM, ecs-vm and "Ecs VM" are one (QUIRKS 33, 34, 110).
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '-', '_', ' ':
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
