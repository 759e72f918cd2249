package quota

import (
	"context"
	"time"
)

// serve gives tokens to waiting callers until there are none left. It returns false when the contact with Redis needs
// work first.
func (g *group) serve(ctx context.Context) bool {
	for ctx.Err() == nil {
		g.mu.Lock()
		now := g.tick()
		next := g.queue.first(func(c class) bool { return now >= g.shut[c] })
		switch {
		case g.mode == joining, g.mode == shared && (g.owed || len(g.unused) > 0):
			g.mu.Unlock()
			return false
		case next == nil:
			g.mu.Unlock()
			return true
		case g.mode == shared:
			c := classOf(next.lane)
			want := g.want(now, c)
			waiting := g.queue.length(foreground) + g.queue.length(background) - want
			g.mu.Unlock()
			if want > 0 && !g.ask(ctx, c, want, waiting) {
				return false
			}
		default:
			g.serveOwn(now, next)
			g.mu.Unlock()
		}
	}
	return true
}

// serveOwn serves a caller with a token that this replica may spend on its own, or finds out when the next one comes.
// The lock is held.
func (g *group) serveOwn(now time.Duration, w *waiter) {
	c := classOf(w.lane)
	if t := g.spendOwn(now, c); t != nil {
		g.endWait(w, result{token: t})
		return
	}
	until := never
	if slots := g.forecast(1).slots[c]; len(slots) > 0 {
		until = slots[0]
	}
	g.shutUntil(now, c, until)
}

// shutUntil stops asking for tokens of a class until then, and refuses callers that can't wait so long. The background
// is shut with the foreground. The lock is held.
func (g *group) shutUntil(now time.Duration, c class, until time.Duration) {
	until = max(until, now+time.Microsecond)
	g.shut[c] = until
	if c == foreground {
		g.shut[background] = max(g.shut[background], until)
	}
	g.sweep(now)
}

// want returns how many tokens to ask Redis for; 0 when it has none now. The lock is held.
func (g *group) want(now time.Duration, c class) int {
	g.spent.expire(now)
	own := g.limit - g.spent.used()
	if own <= 0 || now < g.pace.paused {
		// Whatever Redis says: no token during a pause, and never more than the limit for this replica alone.
		slots := g.spent.slots(foreground, g.limit, g.limit, depth, max(now, g.pace.paused))
		g.outlook[foreground] = slots
		g.shutUntil(now, foreground, slots[0])
		return 0
	}
	if g.leaseTime == 0 {
		return 1
	}
	return min(own, g.leases[c].next(g.queue.length(c), g.block))
}

// ask makes one trip for tokens and serves the waiting callers; it reports whether Redis answered.
func (g *group) ask(ctx context.Context, c class, want, waiting int) bool {
	asked := g.elapsed()
	r, err := g.book.take(ctx, c, want, max(0, waiting))
	if !g.noteAnswer(ctx, r, err) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.tick()
	if r.granted == 0 {
		g.denied(now, c, r)
		return true
	}
	number := g.spent.add(now, r.granted, c, true)
	lease := asked + g.leaseTime
	token := func() *grant {
		if g.leaseTime > 0 {
			return &grant{class: c, lease: lease}
		}
		return &grant{class: c, number: number, moment: r.moment, joined: g.contact.joined}
	}
	// The last forecast is out of date: a token came, perhaps early because others did not take theirs.
	g.outlook[foreground], g.outlook[c] = nil, nil
	g.shut[foreground] = 0
	rest := r.granted
	for w := g.queue.first(just(c)); w != nil && rest > 0; w = g.queue.first(just(c)) {
		g.endWait(w, result{token: token()})
		rest--
	}
	switch {
	case g.leaseTime > 0:
		g.leases[c].fill(r.granted, rest, lease)
	case rest > 0 && g.spent.remove(number):
		// Its caller has left meanwhile. If it were kept for the next one, it would be used later than its entry says.
		g.unused = append(g.unused, token())
	}
	return true
}

// denied notes when the next tokens come. The lock is held.
func (g *group) denied(now time.Duration, c class, r reply) {
	slots := make([]time.Duration, len(r.waits))
	for i, wait := range r.waits {
		slots[i] = now + wait
	}
	g.outlook[c] = slots
	until := now + g.heartbeat
	if len(slots) > 0 {
		until = slots[0]
	}
	// From time to time see whether others did not take their tokens; a little apart, so that replicas with the same
	// moment do not ask at once.
	again := max(g.length/10, 10*time.Millisecond)
	apart := time.Duration(g.random() * float64(min(again/100, 2*time.Millisecond)))
	g.shutUntil(now, c, min(until, now+again)+apart)
}
