package rest

import (
	"fmt"
	"log/slog"

	"github.com/opsgraph/opsgraph/upstream/rest/words"
)

const redacted = words.Redacted

// Secret is a text that must never be printed: a token, a password, an AppCode. Every way of printing or encoding it
// gives "[redacted]"; only [Secret.Reveal] returns the text.
type Secret string

// Reveal returns the text itself, for the wire.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]".
func (s Secret) String() string { return redacted }

// GoString returns "[redacted]".
func (s Secret) GoString() string { return redacted }

// Format writes "[redacted]" for every verb, so that %x and %q reveal no more than %s.
func (s Secret) Format(f fmt.State, _ rune) {
	//nolint:errcheck // fmt.State writes into fmt's own buffer and cannot fail.
	f.Write([]byte(redacted))
}

// MarshalJSON returns "[redacted]" in quotes.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText returns "[redacted]".
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns "[redacted]".
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
