package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

var (
	errEmptyBody = errors.New("body is empty")
	errNullBody  = errors.New("body is null")
)

// DecodeError is JSON that cannot be read. Its text has the place and the kinds of value, and nothing of the body.
type DecodeError struct {
	// Field is the path of the field as far as it is known; empty for an error of the text as a whole.
	Field string
	// Offset is the byte at which reading failed; 0 means unknown.
	Offset int64
	// Err is the decoder's own error. It may quote the body: never log it.
	Err error

	reason string
}

// Error returns the reason with field and offset.
func (e *DecodeError) Error() string {
	var b strings.Builder
	b.WriteString(e.reason)
	if e.Field != "" {
		b.WriteString(" in field " + e.Field)
	}
	if e.Offset != 0 {
		fmt.Fprintf(&b, " at byte %d", e.Offset)
	}
	return b.String()
}

// Unwrap returns the decoder's own error.
func (e *DecodeError) Unwrap() error { return e.Err }

const byteOrderMark = "\xef\xbb\xbf"

// decodeBody reads a whole body into v. Nothing, null, and anything after the value are errors.
func decodeBody(data []byte, v any) error {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	switch trimmed := bytes.TrimSpace(data); {
	case len(trimmed) == 0:
		return errEmptyBody
	case string(trimmed) == "null":
		return errNullBody
	}
	return decode(data, v)
}

func decode(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*DecodeError](err); ok {
		return known
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return &DecodeError{Offset: syntax.Offset, Err: err, reason: "not json"}
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		got, _, _ := strings.Cut(wrong.Value, " ") // "number 17" quotes the body
		return &DecodeError{
			Field: wrong.Field, Offset: wrong.Offset, Err: err,
			reason: got + " where " + typeName(wrong.Type) + " belongs",
		}
	}
	return &DecodeError{Err: err, reason: "value of the wrong kind"}
}

// typeName names a Go type shortly: our own types by their name, lists and structs by their kind.
func typeName(t reflect.Type) string {
	if t.Name() == "" || strings.Contains(t.Name(), "[") {
		return t.Kind().String()
	}
	return t.String()
}
