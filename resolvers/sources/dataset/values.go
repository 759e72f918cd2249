package dataset

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

// WholeNumber is the value of a tolerant number that is whole and fits a GraphQL Int; nil otherwise.
func WholeNumber(n loose.Number) *int {
	whole, ok := n.Int()
	if !ok || whole > 1<<31-1 || whole < -1<<31 {
		return nil
	}
	number := int(whole)
	return &number
}

// WholeOf is a number without its fraction; nil where that is more than a GraphQL Int holds.
func WholeOf(number float64) *int {
	if !(math.Abs(number) < 1<<31) {
		return nil
	}
	whole := int(number)
	return &whole
}

// Number is the value of a tolerant number; nil when it is absent or unreadable, which is counted.
func (cfg Config) Number(n loose.Number, operation, field string) *float64 {
	value, ok := n.Float()
	if !ok {
		if n.Unreadable() {
			cfg.Unreadable(operation, field)
		}
		return nil
	}
	return &value
}

// Instant is the value of a tolerant time whose zone, where the text has none, is given; nil when absent or unreadable.
func (cfg Config) Instant(t loose.Time, zone *time.Location, operation, field string) *time.Time {
	at, ok := t.Instant(zone)
	if !ok {
		if t.Unreadable(zone) {
			cfg.Unreadable(operation, field)
		}
		return nil
	}
	return &at
}

// CanonicalAddress is the one notation of a network address; empty for any other text, such as a masked one (quirk 32).
func CanonicalAddress(text string) string {
	address, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil {
		return ""
	}
	return address.String()
}

// Text is the text that a pointer leads to; empty for nil.
func Text(value *string) string { return ValueOr(value, "") }

// ValueOr is the value that a pointer leads to, or another one for nil.
func ValueOr[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

// SomeOrNil is nil for the empty text.
func SomeOrNil[T ~string](value T) *T {
	if value == "" {
		return nil
	}
	return &value
}

// Grouped is a number for a sentence, with its thousands apart.
func Grouped(number int) string {
	digits := strconv.Itoa(number)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
