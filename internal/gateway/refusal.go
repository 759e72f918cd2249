package gateway

import (
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// refuse makes the error of a request that is refused whole. The message is a plain sentence for the client.
func refuse(code, format string, args ...any) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    fmt.Sprintf(format, args...),
		Extensions: map[string]any{"code": code},
	}
}

// overLimit makes the error of a limit that is exceeded. subject says what was counted, such as "aliases in the operation";
// actual at saturated means "more than can be counted".
func overLimit(code, subject string, limit, actual int) *gqlerror.Error {
	count := strconv.Itoa(actual)
	if actual >= saturated {
		count = "more than " + strconv.Itoa(saturated)
	}
	err := refuse(code, "Too many %s: %s, where %d is the limit.", subject, count, limit)
	err.Extensions["limit"] = limit
	err.Extensions["actual"] = actual
	return err
}

// bundle packs several errors into one, for the hooks of gqlgen that return a single error; unbundle takes them apart. A
// client that sees the bundle as it is gets the first of them.
func bundle(list gqlerror.List) *gqlerror.Error {
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

// unbundle puts the errors that bundle packed in the place of the packed one.
func unbundle(list gqlerror.List) gqlerror.List {
	if len(list) != 1 {
		return list
	}
	if packed, ok := errors.AsType[gqlerror.List](list[0].Err); ok && len(packed) > 0 {
		return packed
	}
	return list
}

// clip shortens text to at most limit characters, the last of which tells that something is missing.
func clip(text string, limit int) string {
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

// quoted renders a text of the client within a message, shortened and with its control characters escaped.
func quoted(text string) string {
	const most = 60
	return strconv.Quote(clip(text, most))
}

// unauthenticated refuses a caller whose credentials are missing or not accepted.
func unauthenticated(message string) *gqlerror.Error {
	refusal := refuse(CodeUnauthenticated, "%s", message)
	refusal.Extensions["retryable"] = false
	return refusal
}

// later refuses a request that may be sent again after a while; zero is not known.
func later(code, message string, wait time.Duration) *gqlerror.Error {
	refusal := refuse(code, "%s", message)
	refusal.Extensions["retryable"] = true
	if wait > 0 {
		refusal.Extensions["retryAfterMs"] = (wait + time.Millisecond - 1).Milliseconds()
	}
	return refusal
}

func rateLimited(message string, wait time.Duration) *gqlerror.Error {
	return later(CodeRateLimited, message, wait)
}

// internalError is what a client learns of a fault of the gateway itself.
func internalError() *gqlerror.Error {
	return refuse(CodeInternal, "The gateway has met an error of its own.")
}
