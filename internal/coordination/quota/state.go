package quota

import (
	"context"
	"time"
)

// State is the state of a group.
type State struct {
	// Limit is what the upstream allows in a Window.
	Limit int
	// Left is how many tokens can be had at once.
	Left int
	// Window is the upstream's window.
	Window time.Duration
	// Effective is how many tokens a window has now: less than Limit after a refusal by the upstream, while the share of a
	// silent replica is kept free, and on the local share.
	Effective float64
	// ResetAfter is the time until the oldest spent token is back and no pause holds; 0 when nothing is spent.
	ResetAfter time.Duration
	// Waiting is how many callers of this replica wait.
	Waiting int
	// Coordinated reports whether Redis counts for all replicas. It is false without Redis, and while it is lost.
	Coordinated bool
	// Replicas is how many replicas share the count, this one included; 0 when it is not coordinated.
	Replicas int
	// Retry is how soon a lost Redis will have been tried again; 0 unless it is lost.
	Retry time.Duration
}

func (g *group) state(ctx context.Context) State {
	g.mu.Lock()
	current, r, waiting := g.mode, g.contact.last, !g.queue.empty()
	g.mu.Unlock()
	coordinated := current == shared
	seen := r.moment
	if coordinated {
		now, err := g.book.heartbeat(ctx, waiting)
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
	return g.stateBy(r, current, coordinated)
}

// known is the state by the last answer of Redis, which heartbeats keep young.
func (g *group) known() State {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stateBy(g.contact.last, g.mode, g.mode == shared)
}

// stateBy is the state by an answer of Redis, in a mode. The lock is held.
func (g *group) stateBy(r reply, current mode, coordinated bool) State {
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
	if g.mode == lost {
		s.Retry = g.untilRetry(g.tick())
	}
	return s
}

// learn keeps the answer to a heartbeat, above all the share that the book promises to this replica. The heartbeat is
// not the dispatcher's, so its answer may come after a newer one than seen: then it can only lower the share. The lock
// is held.
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
	own := g.allowance(now)
	g.spent.expire(now)
	s.Effective, s.Left, s.ResetAfter = float64(own.limit), max(0, own.limit-g.spent.used()), 0
	if g.mode == alone {
		s.Effective = g.pace.tokens(now)
	}
	if log := g.spent.current(); len(log) > 0 {
		s.ResetAfter = log[0].at + g.spent.span - now
	}
	if now < own.from {
		s.Left = 0
		s.ResetAfter = max(s.ResetAfter, own.from-now)
	}
}
