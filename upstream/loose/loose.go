// Package loose holds the JSON scalars of upstreams that do not keep to one form: numbers as text, the word "null" for
// nothing, times in eight formats, JSON inside a text. Each type keeps any scalar as sent and reads it only when asked:
// one odd field never costs a row, and unreadable differs from absent.
//
// The package knows no upstream, imports none of our packages but scan, and never guesses a value: unknown never
// becomes zero.
//
// All types have in common: the zero value is absent; a missing key, null, "", a blank text and the word "null" in
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
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/opsgraph/opsgraph/upstream/scan"
)

// form is how a scalar stood on the wire.
type form uint8

const (
	formAbsent form = iota // missing, or null
	formQuoted             // a JSON text
	formBare               // a JSON number, true or false
	formNested             // a JSON object or array; only in Embedded
)

// notation is how one value stood on the wire. It never changes, so that equal values may share one.
type notation struct {
	text string
	form form
}

// scalar is one value as the wire had it; nil is absent. Its methods are those of every type of this package.
type scalar struct{ sent *notation }

func scalarOf(text string, f form) scalar { return scalar{&notation{text: text, form: f}} }

// notation is the notation of the value, also of an absent one.
func (s scalar) notation() notation {
	if s.sent == nil {
		return notation{}
	}
	return *s.sent
}

// put makes the value one that may be shared.
func (s *scalar) put(sent *notation) { s.sent = sent }

// same reports whether both were sent alike.
func (s scalar) same(other scalar) bool {
	return s.sent == other.sent || s.notation() == other.notation()
}

// Raw is the value as sent: the content of a text, also "null" or blanks; the notation of a number, a boolean or nested
// JSON; "" when the key was missing or null.
func (s scalar) Raw() string { return s.notation().text }

// IsAbsent reports whether the upstream sent nothing: key missing, null, "null" in any case, "" or blanks.
func (s scalar) IsAbsent() bool {
	if s.sent == nil {
		return true
	}
	trimmed := strings.TrimSpace(s.sent.text)
	return trimmed == "" || strings.EqualFold(trimmed, "null")
}

// MarshalJSON returns the scalar as sent: a text stays a text, a number a number, absent is null.
func (s scalar) MarshalJSON() ([]byte, error) {
	switch sent := s.notation(); sent.form {
	case formAbsent:
		return []byte("null"), nil
	case formQuoted:
		quoted, err := json.Marshal(sent.text)
		if err != nil {
			return nil, fmt.Errorf("quote scalar: %w", err)
		}
		return quoted, nil
	case formBare, formNested:
		return []byte(sent.text), nil
	default:
		return nil, fmt.Errorf("scalar of unknown form %d", sent.form)
	}
}

// decode reads one JSON scalar. target names the type in the error for an object or an array.
func (s *scalar) decode(data []byte, target reflect.Type) error {
	trimmed := bytes.TrimSpace(data)
	switch {
	case len(trimmed) == 0:
		return fmt.Errorf("%s: no JSON value", target.Name())
	case trimmed[0] == '{':
		return &json.UnmarshalTypeError{Value: "object", Type: target}
	case trimmed[0] == '[':
		return &json.UnmarshalTypeError{Value: "array", Type: target}
	case trimmed[0] == '"':
		text, err := unquote(trimmed)
		if err != nil {
			return fmt.Errorf("%s: %w", target.Name(), err)
		}
		*s = scalarOf(text, formQuoted)
	case string(trimmed) == "null":
		*s = scalar{}
	case !json.Valid(trimmed):
		return fmt.Errorf("%s: not a JSON value", target.Name())
	default:
		*s = scalarOf(string(trimmed), formBare)
	}
	return nil
}

// unquote is the content of a JSON text. Most have no escapes and are UTF-8: then it is their bytes.
func unquote(quoted []byte) (text string, err error) {
	if end, plain, ok := scan.String(quoted, 0); ok && plain && end == len(quoted) && utf8.Valid(quoted) {
		return string(quoted[1 : end-1]), nil
	}
	err = json.Unmarshal(quoted, &text)
	return text, err
}

// Fold makes words comparable that the upstream spells in several ways: case, '-', '_', blanks and the width of letters
// do not count, so ECS_VM, ecs-vm, "Ecs VM" and ＥＣＳ＿ＶＭ are one (QUIRKS 33, 34, 110).
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, narrow(s))
}

// Narrow is a word without blanks at its ends, its letters in the width of ASCII where they have one.
func Narrow(s string) string { return strings.TrimSpace(narrow(s)) }

func narrow(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return s
	}
	return width.Fold.String(s)
}
