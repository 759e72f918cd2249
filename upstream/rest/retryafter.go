package rest

import (
	"net/http"
	"strconv"
	"time"
)

// RetryAfter is how long a refusal by the upstream makes calls wait.
type RetryAfter struct {
	// Default is the wait where a 429 names none, or either status one that tells no time to come; zero means 10 s.
	Default time.Duration
	// Longest is the longest wait that is believed; zero means 2 minutes.
	Longest time.Duration
}

func (r RetryAfter) withDefaults() RetryAfter {
	return RetryAfter{Default: orDefault(r.Default, 10*time.Second), Longest: orDefault(r.Longest, 2*time.Minute)}
}

// of reads the header of a 429 or 503: seconds or a date. A value that is missing from a 429, or that tells no time to
// come, means the default; none means more than the longest. A 503 without the header tells nothing and gives zero.
func (r RetryAfter) of(status int, header http.Header, now time.Time) time.Duration {
	text := header.Get("Retry-After")
	switch {
	case status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable:
		return 0
	case text == "" && status == http.StatusServiceUnavailable:
		return 0
	}
	wait := r.Default
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		if seconds > 0 {
			wait = time.Duration(min(seconds, int64(r.Longest/time.Second)+1)) * time.Second
		}
	} else if date, err := http.ParseTime(text); err == nil && date.After(now) {
		wait = date.Sub(now)
	}
	return min(wait, r.Longest)
}
