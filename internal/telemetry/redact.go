package telemetry

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// redacted stands where a secret was.
const redacted = "[redacted]"

var (
	// credentials matches what stands between the scheme of an address and its host.
	credentials = regexp.MustCompile(`(://)[^/\s"'@]*(?:/[^\s"'@]*)?@`)
	// bearer matches a credential of the header Authorization.
	bearer = regexp.MustCompile(`(?i)\b(bearer|basic|digest)[ \t]+[A-Za-z0-9._~+/=:-]{6,}`)
	// assignment matches name=value and "name":"value" for secret names, in queries, JSON and dumped headers.
	assignment = regexp.MustCompile(`(?i)((?:[a-z0-9_-]*(?:secret|password|token|appcode)[a-z0-9_-]*` +
		`|authorization|proxy-authorization|cookie|set-cookie|x-api-key|\bak|\bsk)"?\\?"?[ \t]*[=:][ \t]*)` +
		`(?:\[?\\?"(?:[^"\\]|\\.)*"?\]?|[^\s&,;"'})\]]+)`)
)

// redact hides what is secret in an attribute: the value of a secret name, and credentials within any text.
func redact(_ []string, attr slog.Attr) slog.Attr {
	if secretName(attr.Key) {
		return slog.String(attr.Key, redacted)
	}
	switch attr.Value.Kind() {
	case slog.KindString:
		attr.Value = slog.StringValue(scrub(attr.Value.String()))
	case slog.KindAny:
		attr.Value = redactAny(attr.Value.Any())
	default: // Numbers, times and truths hold no secret, and what a group holds comes here by itself.
	}
	return attr
}

func redactAny(value any) slog.Value {
	switch v := value.(type) {
	case error:
		// Errors of net/http hold whole addresses.
		return slog.StringValue(scrub(v.Error()))
	case http.Header:
		return slog.AnyValue(redactMap(v))
	case url.Values:
		return slog.AnyValue(redactMap(v))
	case map[string][]string:
		return slog.AnyValue(redactMap(v))
	}
	text, err := json.Marshal(value)
	if err != nil {
		// What has no JSON form (a channel, a function) would be printed by its address: nothing to hide there.
		return slog.AnyValue(value)
	}
	if scrubbed := scrub(string(text)); scrubbed != string(text) {
		return slog.StringValue(scrubbed)
	}
	return slog.AnyValue(value)
}

func redactMap(values map[string][]string) map[string][]string {
	hidden := make(map[string][]string, len(values))
	for name, list := range values {
		if secretName(name) {
			hidden[name] = []string{redacted}
			continue
		}
		for _, text := range list {
			hidden[name] = append(hidden[name], scrub(text))
		}
	}
	return hidden
}

// secretName tells whether a name's value is secret wherever it stands.
func secretName(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "authorization", "proxy-authorization", "x-api-key", "cookie", "set-cookie", "ak", "sk":
		return true
	}
	for _, word := range []string{"secret", "password", "token", "appcode"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// scrub hides credentials within a text: those of addresses, of the header Authorization, and name=value pairs.
func scrub(text string) string {
	if strings.Contains(text, "://") {
		text = credentials.ReplaceAllString(text, "${1}"+redacted+"@")
	}
	if !strings.ContainsAny(text, "=: ") {
		return text
	}
	text = bearer.ReplaceAllString(text, "${1} "+redacted)
	return assignment.ReplaceAllString(text, "${1}"+redacted)
}
