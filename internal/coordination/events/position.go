package events

import (
	"encoding/base64"
	"strconv"
	"strings"
)

const (
	// mostPositionText bounds the text that a client sent.
	mostPositionText = 128
	// mostReached bounds Position.Reached.
	mostReached = 40
)

// Position is a place between two events of a stream. The zero value is the beginning of the present stream.
type Position struct {
	// Stream is the id of the stream, which changes when the stream is lost.
	Stream string
	// Sequence is the number of the event before the place; zero is the beginning.
	Sequence uint64
	// Reached is what its follower had at the place beyond the events, in letters, digits, dots and dashes; usually empty.
	// It travels with the place and means nothing to this package.
	Reached string
}

// String returns the position as clients see it: opaque and safe in URLs and headers.
func (p Position) String() string {
	text := p.Stream + ":" + strconv.FormatUint(p.Sequence, 10)
	if p.Reached != "" {
		text += ":" + p.Reached
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// ParsePosition reads what String wrote; anything else is [ErrInvalidPosition]. The stream may no longer hold the
// position.
func ParsePosition(text string) (Position, error) {
	if len(text) > mostPositionText {
		return Position{}, ErrInvalidPosition
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	stream, place, _ := strings.Cut(string(raw), ":")
	number, reached, _ := strings.Cut(place, ":")
	sequence, malformed := strconv.ParseUint(number, 10, 64)
	p := Position{Stream: stream, Sequence: sequence, Reached: reached}
	if err != nil || malformed != nil || stream == "" && sequence != 0 || p.String() != text || !plain(reached) {
		return Position{}, ErrInvalidPosition
	}
	return p, nil
}

// plain reports whether a text may be Position.Reached.
func plain(text string) bool {
	return len(text) <= mostReached && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	})
}
