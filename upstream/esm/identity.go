package esm

import (
	"strings"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

// value is any value of a record as sent.
type value interface {
	Raw() string
	IsAbsent() bool
}

// missing is the name of a field when a row lacks it, else empty: see [rest.Keyed].
func missing(key loose.Text, field string) string {
	if key.IsAbsent() {
		return field
	}
	return ""
}

// joined is the key by which a repeated row is recognised (QUIRKS 60), of all values that together identify it: the
// upstream promises no order, so pages may overlap.
func joined(values ...value) string {
	var key strings.Builder
	for _, v := range values {
		if !v.IsAbsent() {
			key.WriteString(v.Raw())
		}
		key.WriteByte(0)
	}
	return key.String()
}
