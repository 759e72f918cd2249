package loose

import (
	"reflect"
	"strings"
)

// Flag is a yes or no sent as "0" and "1", 0 and 1, true and false or these words as text in any case (QUIRKS 38). The
// field decides which of the two is good.
type Flag struct{ scalar }

// UnmarshalJSON takes any JSON scalar and keeps it as sent.
func (f *Flag) UnmarshalJSON(data []byte) error { return f.decode(data, reflect.TypeFor[Flag]()) }

// Equal reports whether both were sent alike: the text "1" and the number 1 are not equal.
func (f Flag) Equal(other Flag) bool { return f.same(other.scalar) }

// Bool is the value; ok is false when it is absent or unreadable.
func (f Flag) Bool() (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(f.Raw())) {
	case "1", "true":
		return true, true
	case "0", "false":
		return false, true
	default:
		return false, false
	}
}

// Ptr is the value, nil when it is absent or unreadable.
func (f Flag) Ptr() *bool {
	value, ok := f.Bool()
	if !ok {
		return nil
	}
	return &value
}

// Unreadable reports whether something was sent that is neither yes nor no.
func (f Flag) Unreadable() bool {
	_, ok := f.Bool()
	return !ok && !f.IsAbsent()
}
