package loose

import "reflect"

// Text is a text that may come as a number or a boolean, whatever the document says (QUIRKS 22), and may read "null"
// for nothing (QUIRKS 20).
type Text struct{ scalar }

// NewText is the JSON text s, for records made by hand, in tests above all.
func NewText(s string) Text { return Text{scalar{text: s, form: formQuoted}} }

// UnmarshalJSON takes any JSON scalar and keeps it as sent.
func (t *Text) UnmarshalJSON(data []byte) error { return t.decode(data, reflect.TypeFor[Text]()) }

// Equal reports whether both were sent alike: the text "1" and the number 1 are not equal.
func (t Text) Equal(other Text) bool { return t == other }

// String is the text as sent, blanks at its ends included; "" when absent.
func (t Text) String() string {
	if t.IsAbsent() {
		return ""
	}
	return t.text
}

// Ptr is the text as sent, nil when absent.
func (t Text) Ptr() *string {
	if t.IsAbsent() {
		return nil
	}
	text := t.text
	return &text
}
