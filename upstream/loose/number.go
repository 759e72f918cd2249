package loose

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Bounds of a number: far beyond any quantity, and small enough that no arithmetic
// on it can be made to run for long ("1e-999999999" has 12 characters and a billion digits).
const (
	maxNumberLength   = 128
	maxNumberExponent = 400
)

// Number is a quantity sent as text, as a JSON number or not at all (QUIRKS 18 to 23). Any other scalar is unreadable;
// an object or an array is an error.
type Number struct{ scalar }

// NewNumber is the JSON number f, for records made by hand, in tests above all. NaN and infinities, which JSON lacks,
// give an unreadable text.
func NewNumber(f float64) Number {
	n := Number{scalarOf(strconv.FormatFloat(f, 'g', -1, 64), formBare)}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		n.sent.form = formQuoted
	}
	return n
}

// UnmarshalJSON takes any JSON scalar and keeps it as sent.
func (n *Number) UnmarshalJSON(data []byte) error { return n.decode(data, reflect.TypeFor[Number]()) }

// Equal reports whether both were sent alike: the text "1" and the number 1 are not equal.
func (n Number) Equal(other Number) bool { return n.same(other.scalar) }

// Decimal is the exact value; false when absent or unreadable.
func (n Number) Decimal() (decimal.Decimal, bool) {
	d, _, ok := n.read()
	return d, ok
}

// Float is the nearest float64, always finite; false when absent or unreadable.
func (n Number) Float() (float64, bool) {
	if whole, ok := digits(n.Raw()); ok {
		return float64(whole), true
	}
	_, f, ok := n.read()
	return f, ok
}

// digits is the value of a text of one to 18 digits, which most numbers are; false for any other.
func digits(text string) (int64, bool) {
	if text == "" || len(text) > 18 {
		return 0, false
	}
	var whole int64
	for i := range len(text) {
		c := text[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		whole = whole*10 + int64(c-'0')
	}
	return whole, true
}

// Int is the value when it is a whole number that fits ("12.0" is 12); false for fractions too.
func (n Number) Int() (int64, bool) {
	if whole, ok := digits(n.Raw()); ok {
		return whole, true
	}
	d, _, ok := n.read()
	if !ok || !d.IsInteger() {
		return 0, false
	}
	whole := d.BigInt()
	return whole.Int64(), whole.IsInt64()
}

// Unreadable reports whether something was sent that is no finite number: "NaN", "1e999", true, "abc".
func (n Number) Unreadable() bool {
	_, _, ok := n.read()
	return !ok && !n.IsAbsent()
}

func (n Number) read() (decimal.Decimal, float64, bool) {
	if n.IsAbsent() {
		return decimal.Decimal{}, 0, false
	}
	text := strings.TrimSpace(n.sent.text)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !plainNumber(text) {
		return decimal.Decimal{}, 0, false
	}
	d, err := decimal.NewFromString(text)
	if err != nil || f == 0 && !d.IsZero() {
		return decimal.Decimal{}, 0, false // too small for a float64: not the same as zero
	}
	return d, f, true
}

// plainNumber accepts decimal notation of bounded size and nothing that only Go reads as a number: hexadecimal,
// underscores, "inf".
func plainNumber(text string) bool {
	if len(text) > maxNumberLength || strings.Trim(text, "0123456789+-.eE") != "" {
		return false
	}
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return true
	}
	exponent, err := strconv.Atoi(text[at+1:])
	return err == nil && exponent >= -maxNumberExponent && exponent <= maxNumberExponent
}
