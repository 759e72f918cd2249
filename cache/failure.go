package cache

import (
	"errors"
	"time"
)

const (
	// Pauses after failures: doubling between these, and each up to half longer.
	firstPause = time.Second
	lastPause  = 20 * time.Second
	// maxRetryAfter bounds the wait that an upstream may ask for.
	maxRetryAfter = 2 * time.Minute
)

// failure remembers that refreshes failed: no other one begins during its pause.
type failure struct {
	pause
	at         time.Time
	err        error
	inRow      int
	unsent     bool // the call was refused before it was sent
	background bool // as unsent, in the background: the failure does not bind a waiting query
}

// after returns the failure that follows f (nil: the first). The pause grows from 1 s to 30 s, jittered, and lasts at
// least as long as the error asks for (RetryAfter). A call that was refused before it was sent (Unsent) says nothing
// new about the upstream: its pause is what it asks for, and in the background it does not bind a waiting query.
func (f *failure) after(err error, now time.Time, random func() float64, background bool) *failure {
	next := &failure{at: now, err: err, inRow: 1}
	if f != nil {
		next.inRow = f.inRow + 1
	}
	if wait, ok := unsent(err); ok {
		next.inRow--
		next.unsent, next.background = true, background
		next.pause = pause{until: now.Add(wait), why: restOf(err, background)}
		return next
	}
	wait := min(firstPause<<min(next.inRow-1, 10), lastPause)
	wait += scale(wait/2, random())
	var asks interface{ RetryAfter() time.Duration }
	if errors.As(err, &asks) {
		wait = max(wait, min(asks.RetryAfter(), maxRetryAfter))
	}
	next.pause = pause{until: now.Add(wait), why: restOf(err, false)}
	return next
}

// unsent returns how long a call that was refused before it was sent asks to wait.
func unsent(err error) (wait time.Duration, ok bool) {
	var refused interface {
		Unsent() bool
		RetryAfter() time.Duration
	}
	if !errors.As(err, &refused) || !refused.Unsent() || refused.RetryAfter() <= 0 {
		return 0, false
	}
	return min(refused.RetryAfter(), maxRetryAfter), true
}

func (f *failure) active(now time.Time) bool { return f != nil && now.Before(f.until) }

// binds reports whether the failure forbids a fetch: for a waiting query, or in the background.
func (f *failure) binds(now time.Time, waiting bool) bool {
	return f.active(now) && (!f.background || !waiting)
}

func (f *failure) reason() error {
	if f == nil {
		return nil
	}
	return f.err
}
