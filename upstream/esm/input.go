package esm

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// InputError is an argument that the documents forbid or that ESM would misread. Nothing was sent.
type InputError struct {
	// Field is the argument, in the words of this package's methods.
	Field string
	// Message is what is wrong with it, a plain phrase that follows the field's name.
	Message string
}

// Error is the field and what is wrong with it; it never quotes the value.
func (e *InputError) Error() string { return "esm: input " + e.Field + " " + e.Message }

// Input is the field and the message, for callers that treat the input errors of all systems alike.
func (e *InputError) Input() (field, message string) { return e.Field, e.Message }

// The documents' own patterns have no end and allow nothing at all; these hold for the whole value and
// want at least one character (QUIRKS 112).
var (
	idPattern     = regexp.MustCompile(`^[-_0-9a-zA-Z]{1,36}$`)
	regionPattern = regexp.MustCompile(`^[-_0-9a-zA-Z]{1,255}$`)
	markerPattern = regexp.MustCompile(`^[-_+/=0-9a-zA-Z]{1,200}$`)
	sharePattern  = regexp.MustCompile(`^[A-Za-z0-9_.:=+-]{1,255}$`)
)

func checkPattern(field, value string, pattern *regexp.Regexp, form string) error {
	if !pattern.MatchString(value) {
		return &InputError{Field: field, Message: "must be " + form}
	}
	return nil
}

func checkID(field, value string) error {
	return checkPattern(field, value, idPattern, "1 to 36 letters, digits, - or _")
}

// checkOneOf refuses a word outside a documented list: the upstream gives no promise about it.
func checkOneOf(field, value string, words []string) error {
	if !slices.Contains(words, value) {
		return &InputError{Field: field, Message: "must be one of " + strings.Join(words, ", ")}
	}
	return nil
}

// maxFilterLength is far above any id, serial number or address.
const maxFilterLength = 255

// checkFilter accepts any short printable text: ids are opaque (QUIRKS 32, 99).
func checkFilter(field, value string) error {
	switch {
	case value == "":
		return &InputError{Field: field, Message: "must not be empty"}
	case len(value) > maxFilterLength:
		return &InputError{Field: field, Message: "must not have more than 255 bytes"}
	case strings.ContainsFunc(value, unicode.IsControl):
		return &InputError{Field: field, Message: "must not have control characters"}
	}
	return nil
}
