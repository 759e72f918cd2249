package quota

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// idle is how long the dispatcher sleeps when nothing is due.
const idle = time.Hour

// dispatch serves the waiting callers until ctx ends.
func (g *group) dispatch(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			g.close(context.WithoutCancel(ctx))
			return
		case <-g.wake:
		case <-timer.C:
		}
		for ctx.Err() == nil {
			g.keepContact(ctx)
			if g.serve(ctx) {
				break
			}
		}
		timer.Reset(g.untilDue())
	}
}

// close refuses all waiting callers and leaves the book.
func (g *group) close(ctx context.Context) {
	g.mu.Lock()
	g.closed = true
	for _, w := range g.queue.inOrder() {
		g.endWait(w, result{err: fmt.Errorf("quota %s: %w", g.name, ErrClosed)})
	}
	member := g.mode == shared
	g.mu.Unlock()
	if !member {
		return
	}
	if err := g.book.leave(ctx); err != nil {
		g.logger.DebugContext(ctx, "no leave taken of the shared quota",
			slog.String("quota_group", g.name), slog.Any("error", err))
	}
}

// untilDue returns how long the dispatcher has nothing to do.
func (g *group) untilDue() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.tick()
	due := now + idle
	if g.book != nil {
		due = min(due, g.contact.next)
	}
	for c := range class(classes) {
		if g.queue.length(c) > 0 {
			due = min(due, g.shut[c])
		}
	}
	return max(0, due-now)
}
