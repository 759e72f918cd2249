package config

import (
	"fmt"
	"log/slog"
	"strings"
)

// redacted is what is printed in the place of a secret.
const redacted = "[redacted]"

// Secret is a text that no print, log, error or file may show. The empty Secret prints as empty, so that it can be
// seen that none is set.
type Secret string

// Reveal returns the text itself: only for the one place that sends it.
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

// URL is an address whose credentials, if it has any, no print shows.
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
	// A password may hold any sign, also ones that should have been escaped: the last @ is the safe end.
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
	name = strings.ToLower(name)
	for _, word := range []string{"pass", "secret", "token", "key"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
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

// write prints to what package fmt hands in; that writer keeps its own error.
func write(state fmt.State, text string) { _, _ = state.Write([]byte(text)) }
