package quota

import (
	"context"
	"time"
)

// State is where a group stands.
type State struct {
	// Limit is what the upstream allows in a Window.
	Limit int
	// Left is how many tokens can be had at once.
	Left int
	// Window is the upstream's window.
	Window time.Duration
	// Effective is how many tokens a window has now: less than Limit after a refusal by the
	// upstream, while the share of a replica that fell silent is kept free, and on the local share.
	Effective float64
	// ResetAfter is the time until the oldest spent token is back and no pause holds; 0 when nothing is spent.
	ResetAfter time.Duration
	// Waiting is how many callers of this replica wait.
	Waiting int
	// Coordinated tells that Redis counts for all replicas. It is false without Redis, and while it is lost.
	Coordinated bool
	// Replicas is how many replicas share the count, this one too; 0 where it is not coordinated.
	Replicas int
}

func (g *group) state(ctx context.Context) State {
	g.mu.Lock()
	current, r, waiting := g.mode, g.contact.last, !g.queue.empty()
	g.mu.Unlock()
	coordinated := current == shared
	seen := r.moment
	if coordinated {
		now, err := g.book.beat(ctx, waiting)
		if err == nil {
			r = now
		}
		coordinated = err == nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if coordinated && g.mode == shared {
		g.learn(r, seen)
	}
	s := State{
		Limit: g.limit, Window: g.length, Coordinated: coordinated,
		Left: r.left, Effective: r.effective, ResetAfter: r.back,
		Waiting: g.queue.length(foreground) + g.queue.length(background),
	}
	if coordinated {
		s.Replicas = max(1, r.alive)
	}
	if current == alone || current == lost {
		g.own(&s)
	}
	return s
}

// learn notes what the sign of life has changed in the book: the share that is promised to this replica above all,
// since the others go by the book. Who asks is not the dispatcher, so that an answer may come over after a newer one:
// where another has come since the one that was seen, it can only lower the share. The lock is held.
func (g *group) learn(r reply, seen int64) {
	if g.contact.last.moment != seen {
		g.contact.share = min(g.contact.share, r.share)
		return
	}
	g.contact.last, g.contact.share, g.contact.alive = r, r.share, r.alive
}

// own fills in what this replica may spend on its own. The lock is held.
func (g *group) own(s *State) {
	now := g.tick()
	limit, _, from := g.allowance(now)
	g.spent.expire(now)
	s.Effective, s.Left, s.ResetAfter = float64(limit), max(0, limit-g.spent.used()), 0
	if g.mode == alone {
		s.Effective = g.pace.tokens(now)
	}
	if log := g.spent.current(); len(log) > 0 {
		s.ResetAfter = log[0].at + g.spent.span - now
	}
	if now < from {
		s.Left = 0
		s.ResetAfter = max(s.ResetAfter, from-now)
	}
}
