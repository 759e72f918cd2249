package testkit

import (
	"testing"
	"time"
)

// Patience bounds the wait for a condition that must come true, also on a busy machine.
const Patience = 20 * time.Second

// Eventually waits until ready reports true, and ends the test after Patience. what names the condition in its message.
func Eventually(tb testing.TB, what string, ready func() bool) {
	tb.Helper()
	Within(tb, Patience, what, ready)
}

// Within is Eventually with another limit, and returns how long it took.
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
