// Package rows splits the answer of a list into its rows, and knows those that come again.
package rows

import (
	"bytes"

	"github.com/opsgraph/opsgraph/upstream/scan"
)

// Reader reads rows in one pass, to the result of encoding/json.
type Reader[R any] interface {
	// Read reads the object that begins at an offset of a text into a zero row, and returns the offset after it. ok is
	// false for what it leaves to encoding/json.
	Read(data []byte, at int, row *R) (end int, ok bool)
}

// Split calls row with the offset of each element of "list" in the object that a text is, and returns "total" as it
// stands, nil where it is missing. listed: there is a list. ok is false where the answer is anything else, where a key
// is repeated or spelt otherwise, and where row does not accept an element: encoding/json decides then.
func Split(data []byte, row func(at int) (end int, ok bool)) (total []byte, listed, ok bool) {
	end, ok := scan.Object(data, scan.Blanks(data, 0), func(key []byte, at int) (int, bool) {
		switch {
		case string(key) == "list" && !listed:
			listed = true
			return scan.Array(data, at, row)
		case string(key) == "total" && total == nil:
			end, ok := scan.Value(data, at)
			total = data[at:end]
			return end, ok
		case bytes.EqualFold(key, []byte("list")) || bytes.EqualFold(key, []byte("total")):
			return at, false
		default:
			return scan.Value(data, at)
		}
	})
	return total, listed, ok && scan.Blanks(data, end) == len(data)
}
