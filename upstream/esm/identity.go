package esm

import (
	"strings"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

// wired is any value of a record: what it was on the wire.
type wired interface {
	Raw() string
	IsAbsent() bool
}

// identity is the key by which a row that comes again is known (QUIRKS 60): the upstream promises no order, so pages
// may overlap. It is "", which is no key, when the row names no id: such rows are never taken for one another.
func identity(id loose.Text, rest ...wired) string {
	if id.IsAbsent() {
		return ""
	}
	return joined(append([]wired{id}, rest...)...)
}

// joined makes a key of values that only together tell rows apart.
func joined(values ...wired) string {
	var key strings.Builder
	for _, value := range values {
		if !value.IsAbsent() {
			key.WriteString(value.Raw())
		}
		key.WriteByte(0)
	}
	return key.String()
}
