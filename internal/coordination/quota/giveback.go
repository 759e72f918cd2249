package quota

import (
	"context"
	"time"
)

// grant is a token of a caller and its place in the logs, so that it can be removed from them. The lock of its group
// guards changes.
type grant struct {
	class    class
	number   int           // of its entry in the log of this replica; 0: it is part of a lease
	lease    time.Duration // the end of that lease
	moment   int64         // of its entry in the book, in microseconds of Redis; 0: this replica granted it on its own
	joined   int           // contact.joined at that time: a later book has another entry of it, or none
	returned bool
}

// giveBack removes the token of a call that was never sent from the log, so that the next call can have it. It removes
// the token's own entry and never gives a credit: a token that has left the window, or has no such entry in the book
// any more, stays spent. It does not wait: Redis learns of it in the background, once.
func (g *group) giveBack(t *grant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.returned || g.closed {
		return
	}
	t.returned = true
	now := g.tick()
	if t.number == 0 {
		if l := &g.leases[t.class]; g.mode == shared && l.until == t.lease && now < l.until {
			l.balance++
			l.used--
		}
		return
	}
	g.spent.expire(now)
	if !g.spent.remove(t.number) {
		return
	}
	switch {
	case t.moment == 0:
		g.reopen()
	case g.mode == shared && t.joined == g.contact.joined:
		g.unused = append(g.unused, t)
	default:
		return // the book is away or another one
	}
	g.nudge()
}

// restore removes tokens that were given back from the book, in one trip.
func (g *group) restore(ctx context.Context) {
	g.mu.Lock()
	unused := g.unused
	g.unused = nil
	g.mu.Unlock()
	r, err := g.book.giveBack(ctx, unused)
	g.reopenIfLeft(ctx, r, err)
}
