package quota

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"
)

// contact is the state of this replica's contact with Redis.
type contact struct {
	met      bool          // Redis has answered once
	away     bool          // it was lost since, and the loss reported
	awayAt   time.Duration // when it was found lost
	lostAt   time.Duration // the latest moment of its last answer
	next     time.Duration // of the next heartbeat or attempt to reach Redis
	share    int           // tokens a window while it is lost
	alive    int           // replicas at its last answer
	failures int           // since the last success
	joined   int           // how often this replica has joined the book
	last     reply
}

// ownFrom is when this replica may begin to spend its own share: the others have noticed its silence, and all tokens
// granted earlier have left the window. The lock is held.
func (g *group) ownFrom() time.Duration {
	return g.contact.lostAt + g.heartbeat + 2*g.timeout + g.spent.span
}

// ownShare is what this replica spends a window when Redis is lost.
func (g *group) ownShare() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.contact.share
}

// untilRetry is how long it takes at most until a lost Redis was tried again. The lock is held.
func (g *group) untilRetry(now time.Duration) time.Duration {
	return max(0, g.contact.next-now) + g.timeout
}

// inVain reports whether a caller would wait in vain for its token, which comes at that moment. Where a lost Redis is
// tried again before the deadline it may come earlier: late answers are no outage while the others count this replica
// as there; from then on callers are refused at once. The lock is held.
func (g *group) inVain(w *waiter, comes, now time.Duration) bool {
	mayReturn := g.mode == lost && g.contact.next < g.contact.awayAt+g.heartbeat && now+g.untilRetry(now) <= w.deadline
	return comes > w.deadline && !mayReturn
}

// keepContact joins, sends a heartbeat or tries to reach a lost Redis, each when it is due.
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
		g.reportSlow(ctx, pause)
	case current == shared && unused:
		g.restore(ctx)
	case current == shared && due:
		g.sendHeartbeat(ctx, waiting)
	}
}

// sendHeartbeat also learns whether there are tokens earlier than expected.
func (g *group) sendHeartbeat(ctx context.Context, waiting bool) {
	r, err := g.book.heartbeat(ctx, waiting)
	g.reopenIfLeft(ctx, r, err)
}

// reopenIfLeft notes an answer of Redis, and asks for tokens again when it has some.
func (g *group) reopenIfLeft(ctx context.Context, r reply, err error) {
	if g.noteAnswer(ctx, r, err) && r.left > 0 {
		g.mu.Lock()
		g.reopen()
		g.mu.Unlock()
	}
}

// join asks for the time, then records in Redis what was spent without it. A replica that spends its own share does so
// until Redis has answered the first call, and spends nothing during the second.
func (g *group) join(ctx context.Context, wasLost bool) {
	if err := g.book.clock(ctx); err != nil {
		g.lose(ctx, err, wasLost)
		return
	}
	g.mu.Lock()
	now := g.tick()
	g.spent.expire(now)
	g.mode = joining
	spent := slices.Clone(g.spent.current())
	had, alive := g.contact.met, g.contact.alive
	g.mu.Unlock()
	r, err := g.book.join(ctx, had, alive, now, spent)
	if err != nil {
		// Unless Redis refused, the others may believe that this replica is back, so Redis counts as lost from now.
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

// enterBook has this replica join another book, which knows nothing of it, before it is granted a token there. It waits
// for no member of the former one.
func (g *group) enterBook(open func()) {
	g.mu.Lock()
	open()
	g.contact.met = false
	if g.mode == shared {
		g.mode = joining
	}
	g.leases = [classes]lease{}
	g.unused = nil // they stay spent in the former book
	g.reopen()
	g.mu.Unlock()
	g.nudge()
}

// reportSlow tells Redis that the upstream refused.
func (g *group) reportSlow(ctx context.Context, pause time.Duration) {
	g.mu.Lock()
	g.owed = false
	g.mu.Unlock()
	if pause <= 0 {
		return
	}
	r, err := g.book.slow(ctx, pause)
	if !g.noteAnswer(ctx, r, err) {
		g.mu.Lock()
		g.owed = true
		g.mu.Unlock()
	}
}

// noteAnswer notes an answer of Redis, or its failure, and reports whether there was an answer.
func (g *group) noteAnswer(ctx context.Context, r reply, err error) bool {
	if err != nil {
		g.fail(ctx, err)
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.contact.failures = 0
	g.note(r)
	return true
}

// note keeps an answer. The lock is held.
func (g *group) note(r reply) {
	now := g.tick()
	g.contact.last, g.contact.share, g.contact.alive = r, r.share, r.alive
	g.contact.next = now + g.heartbeat/3
	g.bookPaused = now + r.paused
}

// fail answers a failure by joining again at once; after a few in a row, Redis counts as lost.
func (g *group) fail(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	g.mu.Lock()
	g.contact.failures++
	again := g.contact.failures > 2
	g.mode = joining
	g.leases = [classes]lease{}
	g.unused = nil // they stay spent in the book
	g.mu.Unlock()
	if errors.Is(err, errNoMember) {
		g.logger.WarnContext(ctx, "shared quota was forgotten", slog.String("quota_group", g.name))
		g.notice(Event{Group: g.name, Kind: EventForgotten})
	}
	if again {
		g.lose(ctx, err, false)
	}
}

// lose changes to the local share. sure means that Redis has recorded nothing since it was lost, so that the wait for
// the share goes on.
func (g *group) lose(ctx context.Context, err error, sure bool) {
	if ctx.Err() != nil {
		return
	}
	g.mu.Lock()
	now := g.tick()
	news := !g.contact.away
	g.mode = lost
	g.contact.away, g.contact.failures = true, 0
	if news {
		g.contact.awayAt = now
	}
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

// reopen forgets when the next tokens were expected. The lock is held.
func (g *group) reopen() {
	g.shut = [classes]time.Duration{}
	g.outlook = [classes][]time.Duration{}
}
