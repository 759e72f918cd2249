package loose

import "reflect"

// Text is a text that may come as a number or a boolean, whatever the document says (QUIRKS 22), and may read "null"
// for nothing (QUIRKS 20).
type Text struct{ scalar }

// NewText is the JSON text s, for records made by hand, in tests above all.
func NewText(s string) Text { return Text{scalarOf(s, formQuoted)} }

// UnmarshalJSON takes any JSON scalar and keeps it as sent.
func (t *Text) UnmarshalJSON(data []byte) error { return t.decode(data, reflect.TypeFor[Text]()) }

// Equal reports whether both were sent alike: the text "1" and the number 1 are not equal.
func (t Text) Equal(other Text) bool { return t.same(other.scalar) }

// String is the text as sent, blanks at its ends included; "" when absent.
func (t Text) String() string {
	if t.IsAbsent() {
		return ""
	}
	return t.sent.text
}

// Ptr is the text as sent, nil when absent. Equal texts of one reading may share what it leads to, which never changes.
func (t Text) Ptr() *string {
	if t.IsAbsent() {
		return nil
	}
	return &t.sent.text
}
