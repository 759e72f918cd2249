package rest

import (
	"context"
	"time"
)

// answerMargin is how long before the end of a caller's patience the wait for a token ends, so that the refusal still
// reaches it in time; less when little time is left.
const answerMargin = 200 * time.Millisecond

type patienceKey struct{}

// WithPatience returns a context whose calls wait for their quota until the given time at most, however long the
// context lives: their caller waits no longer, and must learn in time that there is no token. A call that begins to
// wait later has no caller that waits, and uses [LaneBackground]. The bound does not count for a call in the
// background, nor after it was awaited ([WithBackground]). The zero time removes the bound.
func WithPatience(ctx context.Context, until time.Time) context.Context {
	return context.WithValue(ctx, patienceKey{}, until)
}

// patient returns the lane of a call, and a context to wait for its token with: it ends a little before the deadline of
// ctx and the caller's patience.
func patient(ctx context.Context) (waiting context.Context, stop context.CancelFunc, lane Lane) {
	lane = LaneFrom(ctx)
	end, bounded := ctx.Deadline()
	until, _ := ctx.Value(patienceKey{}).(time.Time)
	switch {
	case until.IsZero() || lane == LaneBackground || promoted(ctx):
	case time.Until(until) <= 0:
		lane = LaneBackground
	case !bounded || until.Before(end):
		end, bounded = until, true
	}
	if ctx.Value(unhurriedKey{}) != nil {
		lane = LaneBackground
	}
	if !bounded {
		return ctx, func() {}, lane
	}
	waiting, stop = before(ctx, end)
	return waiting, stop, lane
}

// before returns a context to wait with: it ends a little before the given time, so that a refusal still reaches the
// caller.
func before(ctx context.Context, end time.Time) (context.Context, context.CancelFunc) {
	return context.WithDeadline(ctx, end.Add(-min(answerMargin, max(0, time.Until(end)/5))))
}
