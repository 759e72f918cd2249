package rest

import (
	"cmp"
	"net/http"
	"strconv"
	"time"
)

// RetryAfter is how long a refusal by the upstream makes calls wait.
type RetryAfter struct {
	// Default is the wait when a 429 names none, or either status names no future time; zero means 10 s.
	Default time.Duration
	// Longest is the longest wait that is accepted; zero means 2 minutes.
	Longest time.Duration
}

func (r RetryAfter) withDefaults() RetryAfter {
	return RetryAfter{Default: cmp.Or(r.Default, 10*time.Second), Longest: cmp.Or(r.Longest, 2*time.Minute)}
}

// of reads the header of a 429 or 503: seconds or a date, at most the longest wait. A date counts from that of the
// answer itself, since both are by the upstream's clock; from our own where the answer has none. A header that a 429
// lacks, or that names no future time, means the default; one that a 503 lacks means zero.
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
	} else if date, err := http.ParseTime(text); err == nil {
		if answered, err := http.ParseTime(header.Get("Date")); err == nil {
			now = answered
		}
		if date.After(now) {
			wait = date.Sub(now)
		}
	}
	return min(wait, r.Longest)
}
