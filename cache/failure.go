package cache

import (
	"errors"
	"time"
)

const (
	// Pauses after failures: doubling between these, and each up to half longer.
	firstPause = time.Second
	lastPause  = 20 * time.Second
	// maxRetryAfter bounds what an upstream may ask for.
	maxRetryAfter = 2 * time.Minute
)

// failure is the memory of refreshes that failed: until then nobody tries again.
type failure struct {
	pause
	err   error
	inRow int
	// background: a fetch that nobody waited for was refused before it was sent. One that somebody waits for may be let
	// through all the same.
	background bool
}

// after is the failure that follows f (nil: the first). The pause grows from 1 s to 30 s, jittered, and is not shorter
// than what the error itself asks for (RetryAfter). A call that was refused before it was sent (Unsent) says nothing
// new of the upstream: it waits for what it asks for and no longer, and in the background it binds nobody who waits.
func (f *failure) after(err error, now time.Time, random func() float64, background bool) *failure {
	next := &failure{err: err, inRow: 1}
	if f != nil {
		next.inRow = f.inRow + 1
	}
	if wait, ok := unsent(err); ok {
		next.inRow--
		next.background = background
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

// binds reports whether the failure keeps from asking: for a query that waits, or in the background.
func (f *failure) binds(now time.Time, waiting bool) bool {
	return f.active(now) && (!f.background || !waiting)
}

func (f *failure) reason() error {
	if f == nil {
		return nil
	}
	return f.err
}
