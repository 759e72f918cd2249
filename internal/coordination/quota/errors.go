package quota

import (
	"errors"
	"fmt"
	"time"
)

// ErrUnknownGroup tells that no group of that name was given to New.
var ErrUnknownGroup = errors.New("unknown group")

// ErrClosed tells that the Quota was closed.
var ErrClosed = errors.New("quota closed")

// RefusedError tells that a token would come too late for the caller.
type RefusedError struct {
	// Group is the quota that is spent.
	Group string
	// After is the estimated time until a token would have come.
	After time.Duration
	// Err is context.DeadlineExceeded where the caller waited in vain, nil where it was refused without waiting so long.
	Err error
}

// Error names the group and the time, nothing of the caller.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("quota %s: no token for %v", e.Group, e.After.Round(time.Millisecond))
}

// Unwrap returns Err.
func (e *RefusedError) Unwrap() error { return e.Err }

// RetryAfter returns After: asking earlier is in vain.
func (e *RefusedError) RetryAfter() time.Duration { return e.After }
