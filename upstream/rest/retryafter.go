package rest

import (
	"net/http"
	"strconv"
	"time"
)

const (
	retryAfterDefault = 10 * time.Second
	retryAfterCap     = 120 * time.Second
)

// retryAfter reads the header of a 429 or 503: seconds or a date. A value that is missing from a 429, or that tells no
// time to come, means 10 s; none means more than 120 s. A 503 without the header tells nothing and gives zero.
func retryAfter(status int, header http.Header, now time.Time) time.Duration {
	text := header.Get("Retry-After")
	switch {
	case status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable:
		return 0
	case text == "" && status == http.StatusServiceUnavailable:
		return 0
	}
	wait := retryAfterDefault
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		if seconds > 0 {
			wait = time.Duration(min(seconds, int64(retryAfterCap/time.Second))) * time.Second
		}
	} else if date, err := http.ParseTime(text); err == nil && date.After(now) {
		wait = date.Sub(now)
	}
	return min(wait, retryAfterCap)
}
