package quota

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// contact is what this replica knows of its standing with Redis.
type contact struct {
	met      bool          // Redis was there once
	away     bool          // it has been lost since, and its loss told
	lostAt   time.Duration // when it was last heard of, at the latest
	next     time.Duration // when to give the next sign of life or to look for Redis again
	share    int           // tokens a window while it is lost
	alive    int           // replicas when it was last heard of
	stumbles int           // failures since the last success
	joined   int           // how often this replica has joined the book
	last     reply
}

// ownFrom is when this replica may begin to spend its own share: the others have noticed its
// silence, and all that was granted before has left the window. The lock is held.
func (g *group) ownFrom() time.Duration {
	return g.contact.lostAt + g.heartbeat + 2*g.timeout + g.spent.span
}

// keepContact joins, gives a sign of life or looks for a lost Redis, each when it is due.
func (g *group) keepContact(ctx context.Context) {
	g.mu.Lock()
	now := g.tick()
	current, due := g.mode, now >= g.contact.next
	owed, pause := g.owed, g.pace.paused-now
	unused := len(g.unused) > 0
	waiting := !g.queue.empty()
	g.mu.Unlock()
	switch {
	case current == joining:
		g.join(ctx, false)
	case current == lost && due:
		g.join(ctx, true)
	case current == shared && owed:
		g.tell(ctx, pause)
	case current == shared && unused:
		g.restore(ctx)
	case current == shared && due:
		g.beat(ctx, waiting)
	}
}

// beat gives a sign of life, and sees whether there are tokens again before they were due.
func (g *group) beat(ctx context.Context, waiting bool) {
	r, err := g.book.beat(ctx, waiting)
	if g.heard(ctx, r, err) && r.left > 0 {
		g.mu.Lock()
		g.reopen()
		g.mu.Unlock()
	}
}

// join asks for the time, then tells Redis what was spent without it. A replica that spends its own
// share goes on doing so until Redis has answered the first, and spends nothing during the second.
func (g *group) join(ctx context.Context, wasLost bool) {
	if err := g.book.clock(ctx); err != nil {
		g.lose(ctx, err, wasLost)
		return
	}
	g.mu.Lock()
	now := g.tick()
	g.spent.expire(now)
	g.mode = joining
	spent := append([]spending(nil), g.spent.current()...)
	had, alive := g.contact.met, g.contact.alive
	g.mu.Unlock()
	r, err := g.book.join(ctx, had, alive, now, spent)
	if err != nil {
		// Unless Redis said no, the others may believe that this replica is back: as good as lost just now.
		g.lose(ctx, err, wasLost && answered(err))
		return
	}
	g.mu.Lock()
	back := g.contact.away
	g.mode = shared
	g.contact.met, g.contact.away = true, false
	g.contact.joined++
	g.spent.seal()
	g.reopen()
	g.note(r)
	g.mu.Unlock()
	if back {
		g.logger.InfoContext(ctx, "quota is shared again", slog.String("quota_group", g.name))
		g.notice(Event{Group: g.name, Kind: EventRegained})
	}
}

// tell passes on that the upstream refused.
func (g *group) tell(ctx context.Context, pause time.Duration) {
	g.mu.Lock()
	g.owed = false
	g.mu.Unlock()
	if pause <= 0 {
		return
	}
	r, err := g.book.slow(ctx, pause)
	if !g.heard(ctx, r, err) {
		g.mu.Lock()
		g.owed = true
		g.mu.Unlock()
	}
}

// heard notes an answer of Redis, or that there was none, and reports whether there was.
func (g *group) heard(ctx context.Context, r reply, err error) bool {
	if err == nil {
		g.mu.Lock()
		g.contact.stumbles = 0
		g.note(r)
		g.mu.Unlock()
		return true
	}
	g.stumble(ctx, err)
	return false
}

// note remembers what an answer tells. The lock is held.
func (g *group) note(r reply) {
	g.contact.last, g.contact.share, g.contact.alive = r, r.share, r.alive
	g.contact.next = g.tick() + g.heartbeat/3
}

// stumble is the first failure: one new attempt at once, by joining again, before Redis is taken for lost.
func (g *group) stumble(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	g.mu.Lock()
	g.contact.stumbles++
	again := g.contact.stumbles > 2
	g.mode = joining
	g.leases = [classes]lease{}
	g.unused = nil // they stay spent in the book
	g.mu.Unlock()
	if errors.Is(err, errStranger) {
		g.logger.WarnContext(ctx, "shared quota was forgotten", slog.String("quota_group", g.name))
		g.notice(Event{Group: g.name, Kind: EventForgotten})
	}
	if again {
		g.lose(ctx, err, false)
	}
}

// lose goes over to the local share. Sure tells that nothing was said to Redis since it was lost,
// so that the wait for the share goes on where it was.
func (g *group) lose(ctx context.Context, err error, sure bool) {
	if ctx.Err() != nil {
		return
	}
	g.mu.Lock()
	now := g.tick()
	news := !g.contact.away
	g.mode = lost
	g.contact.away, g.contact.stumbles = true, 0
	g.contact.next = now + g.heartbeat/3
	if !sure {
		g.contact.lostAt = now
	}
	share, from := g.contact.share, g.ownFrom()-now
	g.reopen()
	g.mu.Unlock()
	if news {
		g.logger.WarnContext(ctx, "quota is not shared, local share only",
			slog.String("quota_group", g.name), slog.Int("calls_per_window", share),
			slog.Duration("from", max(0, from)), slog.Any("error", err))
		g.notice(Event{Group: g.name, Kind: EventLost, Err: err})
	}
}

// reopen forgets what was known of coming tokens. The lock is held.
func (g *group) reopen() {
	g.shut = [classes]time.Duration{}
	g.outlook = [classes][]time.Duration{}
}
