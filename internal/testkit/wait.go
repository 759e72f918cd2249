package testkit

import (
	"testing"
	"time"
)

// Patience bounds the wait for what must come: no machine is so busy that it takes longer.
const Patience = 20 * time.Second

// Eventually waits until ready reports true, and ends the test after Patience. what says what is missing then.
func Eventually(tb testing.TB, what string, ready func() bool) {
	tb.Helper()
	Within(tb, Patience, what, ready)
}

// Within is Eventually for what may take another time, and returns how long it took.
func Within(tb testing.TB, limit time.Duration, what string, ready func() bool) time.Duration {
	tb.Helper()
	began := time.Now()
	for pause := time.Millisecond; !ready(); pause = min(2*pause, 20*time.Millisecond) {
		if time.Since(began) > limit {
			tb.Fatalf("not within %v: %s", limit, what)
		}
		<-time.After(pause)
	}
	return time.Since(began)
}
