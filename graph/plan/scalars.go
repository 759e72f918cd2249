package plan

import (
	"fmt"
	"math"
	"strconv"
)

// Null writes null, and reports false: it is what writers of leaves return for it.
func (w *Writer) Null() bool {
	w.buf = append(w.buf, "null"...)
	return false
}

// Optional writes a value that may be missing.
func Optional[T any](w *Writer, value *T, write func(*Writer, T) bool) bool {
	if value == nil {
		return w.Null()
	}
	return write(w, *value)
}

// List writes a list of leaves whose elements may be null.
func List[T any](w *Writer, list []T, write func(*Writer, T) bool) bool {
	if list == nil {
		return w.Null()
	}
	w.buf = append(w.buf, '[')
	for i, value := range list {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		write(w, value)
	}
	w.buf = append(w.buf, ']')
	return true
}

// ListOfNonNull writes a list of leaves none of which may be null: one that is makes the whole list null.
func ListOfNonNull[T any](w *Writer, list []T, write func(*Writer, T) bool) bool {
	if list == nil {
		return w.Null()
	}
	start, ok := len(w.buf), true
	w.buf = append(w.buf, '[')
	for i, value := range list {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		if !write(w, value) {
			w.nullElement(i)
			ok = false
		}
	}
	if !ok {
		w.buf = w.buf[:start]
		return w.Null()
	}
	w.buf = append(w.buf, ']')
	return true
}

// Present makes a list that is null an empty one: a resolver of a list that is never null may return nil for empty.
func Present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Text writes a string.
func Text[T ~string](w *Writer, value T) bool {
	w.buf = appendString(w.buf, string(value))
	return true
}

// appendString quotes as gqlgen does, so that both executors give the same bytes.
func appendString(to []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	to = append(to, '"')
	start := 0
	for i := plainWords(text); i < len(text); i++ {
		c := text[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		to = append(to, text[start:i]...)
		start = i + 1
		switch c {
		case '\t':
			to = append(to, `\t`...)
		case '\r':
			to = append(to, `\r`...)
		case '\n':
			to = append(to, `\n`...)
		case '\\':
			to = append(to, `\\`...)
		case '"':
			to = append(to, `\"`...)
		default:
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}
	to = append(to, text[start:]...)
	return append(to, '"')
}

// plainWords is the length of the beginning of a text that needs no escape, looked at in words of eight bytes: of a
// plain text of eight bytes or more it is the whole. The high bit of (x - n) &^ x is set for a byte x that is less than
// n, and for none where there is no such byte.
func plainWords(text string) (length int) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	const size, space, quote, backslash = 8, ' ' * ones, '"' * ones, '\\' * ones
	for length < len(text) && len(text) >= size {
		from := min(length, len(text)-size) // the last word overlaps the one before
		eight := text[from : from+size]
		word := uint64(eight[0]) | uint64(eight[1])<<8 | uint64(eight[2])<<16 | uint64(eight[3])<<24 |
			uint64(eight[4])<<32 | uint64(eight[5])<<40 | uint64(eight[6])<<48 | uint64(eight[7])<<56
		quoted, escaped := word^quote, word^backslash
		if ((word-space)&^word|(quoted-ones)&^quoted|(escaped-ones)&^escaped)&highs != 0 {
			return length
		}
		length = from + size
	}
	return length
}

// Word writes a value of an enum.
func Word[T ~string](w *Writer, value T) bool {
	w.buf = appendString(w.buf, string(value))
	return true
}

// Bool writes a Boolean.
func Bool[T ~bool](w *Writer, value T) bool {
	w.buf = strconv.AppendBool(w.buf, bool(value))
	return true
}

// Int writes an Int.
func Int[T ~int | ~int8 | ~int16 | ~int32 | ~int64](w *Writer, value T) bool {
	w.buf = strconv.AppendInt(w.buf, int64(value), 10)
	return true
}

// wholeFloat is the bound below which %g, as gqlgen writes a Float, has no exponent.
const wholeFloat = 1e6

// Float writes a Float. JSON has no word for infinity: the field is null then, with an error.
func Float[T ~float64](w *Writer, value T) bool {
	number := float64(value)
	switch {
	case math.IsInf(number, 0) || math.IsNaN(number):
		w.failLeaf(fmt.Errorf("%v is not a number that JSON can write", number))
		return w.Null()
	case number == math.Trunc(number) && math.Abs(number) < wholeFloat && (number != 0 || !math.Signbit(number)):
		w.buf = strconv.AppendInt(w.buf, int64(number), 10)
	default:
		w.buf = strconv.AppendFloat(w.buf, number, 'g', -1, 64)
	}
	return true
}

// Appended writes a scalar that package model appends.
func Appended[T any](w *Writer, value T, add func([]byte, T) []byte) bool {
	w.buf = add(w.buf, value)
	return true
}

// Raw writes a value that is JSON already, null for none.
func Raw[T ~[]byte](w *Writer, value T) bool {
	if value == nil {
		return w.Null()
	}
	w.buf = append(w.buf, value...)
	return true
}
