// Package words reads what the upstream says of its errors.
package words

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// Redacted stands in place of a secret.
const Redacted = "[redacted]"

const (
	maxMessage = 200
	minSecret  = 6 // a shorter one is part of ordinary words
)

var plainWord = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

// Success reports whether a code says success in any of the usual notations: none at all, zeros (with a prefix or not,
// as CBC.0000), a status of class 2xx, or the word itself.
func Success(code string) bool {
	number := code[strings.LastIndexByte(code, '.')+1:]
	switch strings.ToLower(code) {
	case "200", "201", "202", "204", "ok", "success", "succeeded", "true":
		return true
	default:
		return strings.Trim(number, "0") == ""
	}
}

// Error is the upstream's description of its error, in any of its forms (QUIRKS 84).
type Error struct{ Code, Message, RequestID string }

// OfBody reads the three forms: {"error_code","error_msg"}, the same with request_id, and IAM's
// {"error":{"code","message","title"}}. Any other body, such as a proxy's HTML, gives no words.
func OfBody(data []byte) Error {
	var body struct {
		Code      json.RawMessage `json:"error_code"`
		Message   json.RawMessage `json:"error_msg"`
		RequestID json.RawMessage `json:"request_id"`
		Error     json.RawMessage `json:"error"`
	}
	if json.Unmarshal(data, &body) != nil {
		return Error{}
	}
	found := Error{Code: Plain(Text(body.Code)), Message: Text(body.Message), RequestID: Plain(Text(body.RequestID))}
	var inner struct {
		Code    json.RawMessage `json:"code"`
		Message json.RawMessage `json:"message"`
		Title   json.RawMessage `json:"title"`
	}
	if json.Unmarshal(body.Error, &inner) != nil {
		return found
	}
	found.Code = cmp.Or(found.Code, Plain(Text(inner.Code)))
	found.Message = cmp.Or(found.Message, Text(inner.Message), Text(inner.Title))
	return found
}

// TokenEnded reports whether a token has ended early, which not every service answers with 401 (QUIRKS 91).
func (w Error) TokenEnded() bool {
	return strings.Contains(strings.ToLower(w.Message), "token must be updated")
}

// Text returns a JSON text or number as text; null, "null" and anything else are empty.
func Text(raw json.RawMessage) string {
	var value string
	if json.Unmarshal(raw, &value) != nil {
		var number json.Number
		if json.Unmarshal(raw, &number) != nil {
			return ""
		}
		value = number.String()
	}
	if strings.EqualFold(value, "null") {
		return ""
	}
	return value
}

// Plain returns text when it is one plain word, as codes and ids are, else nothing.
func Plain(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return ""
}

// Clean makes a message fit for a log: no secrets of the request, no control or format characters, at most 200
// characters.
func Clean(message string, secrets []string) string {
	for _, secret := range secrets {
		if len(secret) >= minSecret {
			message = strings.ReplaceAll(message, secret, Redacted)
		}
	}
	message = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		default:
			return r
		}
	}, message)
	if runes := []rune(message); len(runes) > maxMessage {
		message = string(runes[:maxMessage])
	}
	return message
}
