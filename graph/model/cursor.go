package model

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// ErrInvalidCursor is the error of a text that is no cursor of this gateway, or one of another order.
var ErrInvalidCursor = errors.New("not a cursor that this gateway gave out for this order")

// SortKey orders an item: by a number, by a text, or last in either direction (Null).
type SortKey struct {
	Null   bool    `json:"z,omitempty"`
	Number float64 `json:"n,omitempty"`
	Text   string  `json:"t,omitempty"`
}

// Cursor is a place in an order, not an item: seeking past it works after that item is gone.
type Cursor struct {
	// Order is the short name of the order and direction that the cursor belongs to.
	Order string `json:"o"`
	// Key is the item's sort key.
	Key SortKey `json:"k"`
	// ID is the item's own key, which settles ties.
	ID string `json:"i"`
}

// String encodes the cursor; opaque to clients.
func (c Cursor) String() string {
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // not reachable: the fields are a text and a finite number
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// ParseCursor decodes a cursor. It fails with ErrInvalidCursor on anything that String does not write.
func ParseCursor(text string) (Cursor, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return Cursor{}, ErrInvalidCursor
	}
	if c, ok := plainCursor(string(raw)); ok && len(text) == base64.RawURLEncoding.EncodedLen(len(raw)) {
		return c, nil
	}
	var c Cursor
	if err := json.Unmarshal(raw, &c); err != nil || c.Order == "" || c.ID == "" || c.String() != text {
		return Cursor{}, ErrInvalidCursor
	}
	return c, nil
}

// plainCursor reads a cursor as String writes it, of a text that needs no escape or of nothing: nearly every one. A
// page reads its cursor twice, and a decoder that knows no shape takes many times as long.
func plainCursor(raw string) (c Cursor, ok bool) {
	raw, begins := strings.CutPrefix(raw, `{"o":"`)
	raw, ends := strings.CutSuffix(raw, `"}`)
	order, raw, hasKey := strings.Cut(raw, `","k":{`)
	key, id, hasID := strings.Cut(raw, `},"i":"`)
	if !begins || !ends || !hasKey || !hasID || order == "" || id == "" || !isPlain(order) || !isPlain(id) {
		return c, false
	}
	c.Order, c.ID = order, id
	if key == `"z":true` {
		c.Key.Null = true
		return c, true
	}
	if key == "" {
		return c, true
	}
	key, begins = strings.CutPrefix(key, `"t":"`)
	c.Key.Text, ends = strings.CutSuffix(key, `"`)
	return c, begins && ends && c.Key.Text != "" && isPlain(c.Key.Text)
}

// isPlain reports whether a text stands in JSON as it is.
func isPlain(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}
