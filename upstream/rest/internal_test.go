package rest

import (
	"net/http"
	"testing"
	"time"
)

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{
		"", "0", "-1", "abc", "99999999", "99999999999999999999",
		"Sat, 21 Nov 2026 10:00:30 GMT", "1.5", "+3", " 3",
	} {
		f.Add(seed)
	}
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		wait := RetryAfter{}.withDefaults().of(http.StatusTooManyRequests, http.Header{"Retry-After": {text}}, now)
		if wait <= 0 || wait > 2*time.Minute {
			t.Errorf("%q: wait = %v", text, wait)
		}
	})
}
