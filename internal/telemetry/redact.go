package telemetry

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// redacted replaces a secret.
const redacted = "[redacted]"

var (
	// credentials matches the text between the scheme of an address and its host.
	credentials = regexp.MustCompile(`(://)[^/\s"'@]*(?:/[^\s"'@]*)?@`)
	// bearer matches a credential of the header Authorization.
	bearer = regexp.MustCompile(`(?i)\b(bearer|basic|digest)[ \t]+[A-Za-z0-9._~+/=:-]{6,}`)
	// assignment matches name=value and "name":"value" for secret names, in queries, JSON and dumped headers.
	assignment = regexp.MustCompile(`(?i)((?:[a-z0-9_-]*(?:secret|password|token|appcode)[a-z0-9_-]*` +
		`|authorization|proxy-authorization|cookie|set-cookie|x-api-key|\bak|\bsk)"?\\?"?[ \t]*[=:][ \t]*)` +
		`(?:\[?\\?"(?:[^"\\]|\\.)*"?\]?|[^\s&,;"'})\]]+)`)
)

// operation matches an operation in front of its error: a verb and a thing in one word, then a colon and a space.
var operation = regexp.MustCompile(`^(?:create|renew|read|get|list|check|revoke)[A-Z][A-Za-z]*: $`)

// redact hides secrets in an attribute: the value of a secret name, and credentials within any text.
func redact(_ []string, attr slog.Attr) slog.Attr {
	if secretName(attr.Key) {
		return slog.String(attr.Key, redacted)
	}
	switch attr.Value.Kind() {
	case slog.KindString:
		attr.Value = slog.StringValue(scrub(attr.Value.String()))
	case slog.KindAny:
		attr.Value = redactAny(attr.Value.Any())
	default: // Numbers, times and booleans hold no secret, and redact is called for each attribute of a group.
	}
	return attr
}

func redactAny(value any) slog.Value {
	switch v := value.(type) {
	case error:
		// Errors of net/http have whole addresses.
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
		// A value without JSON form (a channel, a function) is printed as its address: there is nothing to hide.
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

// secretName reports whether values of that name are always secret.
func secretName(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "authorization", "proxy-authorization", "x-api-key", "cookie", "set-cookie", "ak", "sk":
		return true
	}
	return slices.ContainsFunc([]string{"secret", "password", "token", "appcode"}, func(word string) bool {
		return strings.Contains(name, word)
	})
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
	return scrubAssignments(text)
}

// scrubAssignments hides the values of secret names. An operation such as createToken before its error is no name of a
// value: "createToken: rejected".
func scrubAssignments(text string) string {
	var scrubbed strings.Builder
	for {
		at := assignment.FindStringSubmatchIndex(text)
		if at == nil {
			return scrubbed.String() + text
		}
		name, end := text[at[2]:at[3]], at[1]
		scrubbed.WriteString(text[:at[3]])
		if operation.MatchString(name) {
			end = at[3] // what follows is an error, which may hold a value in turn
		} else {
			scrubbed.WriteString(redacted)
		}
		text = text[end:]
	}
}
