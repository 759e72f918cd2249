package events

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// mostPositionText bounds what is decoded of a text that a client sent.
const mostPositionText = 128

// Position is a place between two events of a stream. The zero value is the beginning of whichever stream is there.
type Position struct {
	// Stream tells one life of a stream from the next: it changes when the stream was lost.
	Stream string
	// Sequence is the number of the event before the place; zero is the beginning.
	Sequence uint64
}

// String is the position as clients see it: opaque and safe in URLs and headers.
func (p Position) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.Stream + ":" + strconv.FormatUint(p.Sequence, 10)))
}

// ParsePosition reads what String wrote; anything else is [ErrInvalidPosition]. That a position can be read does not
// mean that its stream still holds it.
func ParsePosition(text string) (Position, error) {
	if len(text) > mostPositionText {
		return Position{}, ErrInvalidPosition
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return Position{}, ErrInvalidPosition
	}
	stream, number, found := strings.Cut(string(raw), ":")
	sequence, err := strconv.ParseUint(number, 10, 64)
	if !found || err != nil || stream == "" && sequence != 0 {
		return Position{}, ErrInvalidPosition
	}
	p := Position{Stream: stream, Sequence: sequence}
	if p.String() != text {
		return Position{}, ErrInvalidPosition
	}
	return p, nil
}
