package esm

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// The documents' own patterns have no end and allow the empty text; these match the whole value and at least one
// character (QUIRKS 112).
var (
	idPattern     = regexp.MustCompile(`^[-_0-9a-zA-Z]{1,36}$`)
	regionPattern = regexp.MustCompile(`^[-_0-9a-zA-Z]{1,255}$`)
	markerPattern = regexp.MustCompile(`^[-_+/=0-9a-zA-Z]{1,200}$`)
	sharePattern  = regexp.MustCompile(`^[A-Za-z0-9_.:=+-]{1,255}$`)
)

func checkPattern(field, value string, pattern *regexp.Regexp, form string) error {
	if !pattern.MatchString(value) {
		return refuse(field, "must be "+form)
	}
	return nil
}

func checkID(field, value string) error {
	return checkPattern(field, value, idPattern, "1 to 36 letters, digits, - or _")
}

// checkOneOf refuses a word outside a documented list: the upstream gives no promise about it.
func checkOneOf(field, value string, words []string) error {
	if !slices.Contains(words, value) {
		return refuse(field, "must be one of "+strings.Join(words, ", "))
	}
	return nil
}

// maxFilterLength is far above any id, serial number or address.
const maxFilterLength = 255

// checkFilter accepts any short printable text: ids are opaque (QUIRKS 32, 99).
func checkFilter(field, value string) error {
	switch {
	case value == "":
		return refuse(field, "must not be empty")
	case len(value) > maxFilterLength:
		return refuse(field, "must not have more than 255 bytes")
	case strings.ContainsFunc(value, unicode.IsControl):
		return refuse(field, "must not have control characters")
	}
	return nil
}

// refuse is the error of an argument, by the caller's name for it; the message is a phrase that follows the name.
func refuse(field, message string) error {
	return &rest.InputError{System: "esm", Field: field, Message: message}
}
