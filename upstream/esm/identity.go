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

// identity is the key by which a repeated row is recognised (QUIRKS 60): the upstream promises no order, so pages may
// overlap. A row without an id has the key "" and never counts as repeated.
func identity(id loose.Text, rest ...value) string {
	if id.IsAbsent() {
		return ""
	}
	return joined(append([]value{id}, rest...)...)
}

// joined makes a key of values that only together identify a row.
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
