package events

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// mostPositionText bounds the text that a client sent.
const mostPositionText = 128

// Position is a place between two events of a stream. The zero value is the beginning of the present stream.
type Position struct {
	// Stream is the id of the stream, which changes when the stream is lost.
	Stream string
	// Sequence is the number of the event before the place; zero is the beginning.
	Sequence uint64
}

// String returns the position as clients see it: opaque and safe in URLs and headers.
func (p Position) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.Stream + ":" + strconv.FormatUint(p.Sequence, 10)))
}

// ParsePosition reads what String wrote; anything else is [ErrInvalidPosition]. The stream may no longer hold the
// position.
func ParsePosition(text string) (Position, error) {
	if len(text) > mostPositionText {
		return Position{}, ErrInvalidPosition
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	stream, number, _ := strings.Cut(string(raw), ":")
	sequence, malformed := strconv.ParseUint(number, 10, 64)
	p := Position{Stream: stream, Sequence: sequence}
	if err != nil || malformed != nil || stream == "" && sequence != 0 || p.String() != text {
		return Position{}, ErrInvalidPosition
	}
	return p, nil
}
