package quota

import (
	"errors"
	"fmt"
	"time"
)

// ErrUnknownGroup means that New got no group of that name.
var ErrUnknownGroup = errors.New("unknown group")

// ErrClosed means that the Quota was closed.
var ErrClosed = errors.New("quota closed")

// RefusedError means that a token would come too late for the caller.
type RefusedError struct {
	// Group is the quota that is spent.
	Group string
	// After is the estimated time until a token would have come.
	After time.Duration
	// Upstream means that the upstream refused a call of the group a moment ago, and no token is given until that is over.
	Upstream bool
	// Err is context.DeadlineExceeded when the caller waited until then, nil when it was refused earlier.
	Err error
}

// Error returns the group and the time, nothing of the caller.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("quota %s: no token for %v", e.Group, e.After.Round(time.Millisecond))
}

// Unwrap returns Err.
func (e *RefusedError) Unwrap() error { return e.Err }

// Paused returns Upstream.
func (e *RefusedError) Paused() bool { return e.Upstream }

// RetryAfter returns After: an earlier attempt would fail too.
func (e *RefusedError) RetryAfter() time.Duration { return e.After }
