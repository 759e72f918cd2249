package live

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	// callersAPoll is how many callers' credentials a poll tries where the upstream refuses them: each try is a call.
	callersAPoll = 3
	// pollAfterRefusal is how soon a topic is polled again that none of its followers may read.
	pollAfterRefusal = 30 * time.Second
)

// errCallerRefused is the cause of the end of a poll whose caller's credentials the upstream refused.
var errCallerRefused = errors.New("the upstream refused the caller's credentials")

// caller is one follower, whose credentials a poll may use. now is its present context; false while its credentials are
// not accepted.
type caller struct {
	now func() (context.Context, bool)
}

// latest is the last caller whose credentials are accepted now, with its context; nil when no caller's are.
func (t *topic) latest() (*caller, context.Context) {
	t.mu.Lock()
	callers := slices.Clone(t.callers)
	t.mu.Unlock()
	for _, c := range slices.Backward(callers) {
		if ctx, ok := c.now(); ok {
			return c, ctx
		}
	}
	return nil, nil
}

// pollable reports whether a poll has credentials to go out with.
func (t *topic) pollable() bool {
	c, _ := t.latest()
	return c != nil
}

// setAside puts a caller after all others: its credentials are tried again when those of none of them are accepted.
func (t *topic) setAside(c *caller) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at := slices.Index(t.callers, c); at >= 0 {
		t.callers = slices.Insert(slices.Delete(t.callers, at, at+1), 0, c)
	}
}

// once polls with the credentials of the latest follower, in the lane that gives way to queries; where the upstream
// refuses them, with those of another.
func (p *polling) once(ctx context.Context, t *topic, read poll) pollResult {
	var tried []*caller
	for len(tried) < callersAPoll {
		c, present := t.latest()
		switch {
		case c == nil:
			return pollResult{noCaller: true}
		case slices.Contains(tried, c):
			return pollResult{wait: pollAfterRefusal}
		}
		result, refused := p.onceAs(ctx, present, read)
		if !refused {
			return result
		}
		p.logger.InfoContext(ctx, "poll for live data refused for its caller")
		t.setAside(c)
		tried = append(tried, c)
	}
	return pollResult{wait: pollAgain}
}

// onceAs polls with the credentials of a caller's context; refused reports that the upstream did not take them. Calls
// that it began may go on in the background.
func (p *polling) onceAs(ctx, present context.Context, read poll) (result pollResult, refused bool) {
	call, refuse := context.WithCancelCause(context.WithoutCancel(present))
	defer refuse(nil)
	call, cancel := context.WithTimeout(call, pollTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	call = rest.WithObserver(rest.WithLane(call, rest.LanePoll), refusals(refuse))
	wait, done, err := read(call)
	if errors.Is(context.Cause(call), errCallerRefused) && ctx.Err() == nil && !done {
		return pollResult{}, true
	}
	if err != nil {
		if ctx.Err() == nil {
			p.logger.LogAttrs(ctx, dataset.LevelOf(err), "poll for live data failed", slog.Any("error", err))
		}
		wait = max(wait, pollAgain)
	}
	return pollResult{wait: wait, done: done}, false
}

// refusals ends a poll when the upstream refuses the credentials of its caller; those of the gateway have no
// substitute.
type refusals context.CancelCauseFunc

// Attempt implements rest.Observer.
func (r refusals) Attempt(ctx context.Context, a rest.Attempt) {
	if (a.Kind == rest.Unauthenticated || a.Kind == rest.Forbidden) && rest.IdentityFrom(ctx).Token != "" {
		r(errCallerRefused)
	}
}
