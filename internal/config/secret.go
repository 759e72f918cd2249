package config

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// redacted replaces a secret.
const redacted = "[redacted]"

// Secret is a text that no print, log, error or file shows. The empty Secret prints as empty, to show that none is set.
type Secret string

// Reveal returns the text itself, only for sending it.
func (s Secret) Reveal() string { return string(s) }

// String implements fmt.Stringer: [redacted].
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format implements fmt.Formatter, so that no verb shows the text.
func (s Secret) Format(state fmt.State, _ rune) { write(state, s.String()) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements encoding.TextMarshaler: JSON and YAML show [redacted].
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = Secret(text)
	return nil
}

// URL is an address. No print shows its credentials.
type URL string

// Reveal returns the address with its credentials.
func (u URL) Reveal() string { return string(u) }

// String implements fmt.Stringer: the address with [redacted] for its credentials, those of its query too.
func (u URL) String() string {
	text := string(u)
	start := strings.Index(text, "://") + len("://")
	if start < len("://") {
		start = 0
	}
	// A password may have any character, also an unescaped @: it ends at the last one.
	if end := strings.LastIndexByte(text, '@'); end >= start {
		text = text[:start] + redacted + text[end:]
	}
	address, query, found := strings.Cut(text, "?")
	if !found {
		return text
	}
	settings := strings.Split(query, "&")
	for i, setting := range settings {
		if name, _, ok := strings.Cut(setting, "="); ok && secretName(name) {
			settings[i] = name + "=" + redacted
		}
	}
	return address + "?" + strings.Join(settings, "&")
}

func secretName(name string) bool {
	return slices.ContainsFunc([]string{"pass", "secret", "token", "key"}, func(word string) bool {
		return strings.Contains(strings.ToLower(name), word)
	})
}

// Format implements fmt.Formatter, so that no verb shows the credentials.
func (u URL) Format(state fmt.State, _ rune) { write(state, u.String()) }

// LogValue implements slog.LogValuer.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// MarshalText implements encoding.TextMarshaler: JSON and YAML show the address without its credentials.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (u *URL) UnmarshalText(text []byte) error {
	*u = URL(text)
	return nil
}

// write writes to the state of package fmt, which keeps its own error.
func write(state fmt.State, text string) { _, _ = state.Write([]byte(text)) }
