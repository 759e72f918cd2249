package refusal

import (
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// New makes the error of a request that is refused whole. The message is a plain sentence for the client.
func New(code, format string, args ...any) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    fmt.Sprintf(format, args...),
		Extensions: map[string]any{"code": code},
	}
}

// OverLimit makes the error of a limit that is exceeded. subject names what was counted, such as "aliases in the
// operation"; actual at MaxCount means "more than can be counted".
func OverLimit(code, subject string, limit, actual int) *gqlerror.Error {
	count := strconv.Itoa(actual)
	if actual >= MaxCount {
		count = "more than " + strconv.Itoa(MaxCount)
	}
	err := New(code, "Too many %s: %s, where %d is the limit.", subject, count, limit)
	err.Extensions["limit"] = limit
	err.Extensions["actual"] = actual
	return err
}

// Bundle packs several errors into one, for the hooks of gqlgen that return a single error; Unbundle takes them apart.
// A client that sees the bundle as it is gets the first of them.
func Bundle(list gqlerror.List) *gqlerror.Error {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	first := *list[0]
	first.Err = list
	return &first
}

// Unbundle puts the errors that Bundle packed in the place of the packed one.
func Unbundle(list gqlerror.List) gqlerror.List {
	if len(list) != 1 {
		return list
	}
	if packed, ok := errors.AsType[gqlerror.List](list[0].Err); ok && len(packed) > 0 {
		return packed
	}
	return list
}

// Clip shortens text to at most limit characters, the last of which shows that something is missing.
func Clip(text string, limit int) string {
	if len(text) <= limit || utf8.RuneCountInString(text) <= limit {
		return text
	}
	kept := 0
	for i := range text {
		kept++
		if kept == limit {
			return text[:i] + "…"
		}
	}
	return text
}

// Quoted renders a text of the client within a message, shortened and with its control characters escaped.
func Quoted(text string) string {
	const most = 60
	return strconv.Quote(Clip(text, most))
}

// Unauthenticated refuses a caller whose credentials are missing or not accepted.
func Unauthenticated(message string) *gqlerror.Error {
	refused := New(CodeUnauthenticated, "%s", message)
	refused.Extensions["retryable"] = false
	return refused
}

// Later refuses a request that may be sent again after a while; zero is not known.
func Later(code, message string, wait time.Duration) *gqlerror.Error {
	refused := New(code, "%s", message)
	refused.Extensions["retryable"] = true
	if wait > 0 {
		refused.Extensions["retryAfterMs"] = (wait + time.Millisecond - 1).Milliseconds()
	}
	return refused
}

// RateLimited refuses a caller with too many requests, or too many at once.
func RateLimited(message string, wait time.Duration) *gqlerror.Error {
	return Later(CodeRateLimited, message, wait)
}

// Internal is the error that a client gets for a fault of the gateway itself.
func Internal() *gqlerror.Error {
	return New(CodeInternal, "The gateway has met an error of its own.")
}
