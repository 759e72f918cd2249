package quota

import (
	"context"
	"time"
)

// grant is a token that a caller had, and where it stands in the logs, so that it can be taken out of them again. It is
// changed under the lock of its group.
type grant struct {
	class    class
	number   int           // of its entry in the log of this replica; 0: it is part of a lease
	lease    time.Duration // the end of that lease
	moment   int64         // of its entry in the book, in microseconds of Redis; 0: this replica granted it on its own
	joined   int           // which joining of the book that was: another book has another entry of it, or none
	returned bool
}

// giveBack takes the token of a call that was never sent out of the log, so that the next call has it: the very entry,
// never a credit. One that has left the window, or that the book does not hold under the same entry any more, is as
// good as spent. It does not wait: Redis is told behind, once, and what it is not told stays spent there.
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

// restore takes tokens that were given back out of the book, in one trip.
func (g *group) restore(ctx context.Context) {
	g.mu.Lock()
	unused := g.unused
	g.unused = nil
	g.mu.Unlock()
	r, err := g.book.giveBack(ctx, unused)
	if g.heard(ctx, r, err) && r.left > 0 {
		g.mu.Lock()
		g.reopen()
		g.mu.Unlock()
	}
}
