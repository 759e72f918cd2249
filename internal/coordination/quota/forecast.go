package quota

import "time"

// forecast has the moments of coming tokens, as far as this replica can know: others may take them first.
type forecast struct {
	slots [classes][]time.Duration
	sure  bool // no slots means no tokens; else it means that they are not known
	span  time.Duration
	limit int
}

// moment is when a caller with so many others before it (of all, of its class) may expect a token; 0 is not known.
func (f forecast) moment(c class, before, beforeOfClass int) time.Duration {
	comes := f.slot(f.slots[foreground], before)
	if c == background {
		comes = max(comes, f.slot(f.slots[background], beforeOfClass))
	}
	return comes
}

func (f forecast) slot(slots []time.Duration, n int) time.Duration {
	switch {
	case n < len(slots):
		return slots[n]
	case len(slots) > 0:
		// Further tokens come back at the pace at which they are spent now.
		spans := float64(n/len(slots)) * float64(len(slots)) / float64(f.limit)
		return slots[n%len(slots)] + time.Duration(spans*float64(f.span))
	case f.sure:
		return never
	default:
		return 0
	}
}

// forecast looks ahead for so many callers. The lock is held.
func (g *group) forecast(callers int) forecast {
	f := forecast{span: g.spent.span, limit: max(1, g.limit), slots: g.outlook}
	if g.mode == shared || g.mode == joining {
		return f
	}
	now := g.tick()
	own := g.allowance(now)
	g.spent.expire(now)
	f.sure, f.limit = true, max(1, own.limit)
	for c := range class(classes) {
		f.slots[c] = nil
		if own.limit > 0 {
			f.slots[c] = g.spent.slots(c, own.limit, own.background, min(callers, depth), max(now, own.from))
		}
	}
	return f
}

// expected is when a new or waiting caller may expect its token. The lock is held.
func (g *group) expected(w *waiter) time.Duration {
	c := classOf(w.lane)
	before := g.queue.ahead(w.place, every)
	return g.forecast(before+1).moment(c, before, g.queue.ahead(w.place, just(c)))
}

// sweep refuses the callers whose deadline is before their token. The lock is held.
func (g *group) sweep(now time.Duration) {
	waiting := g.queue.inOrder()
	f := g.forecast(len(waiting))
	before, beforeOf := 0, [classes]int{}
	for _, w := range waiting {
		c := classOf(w.lane)
		if comes := f.moment(c, before, beforeOf[c]); g.inVain(w, comes, now) {
			g.endWait(w, result{err: g.refusal(comes, now)})
			continue
		}
		before++
		beforeOf[c]++
	}
}

// endWait ends the wait of a caller. The lock is held.
func (g *group) endWait(w *waiter, r result) {
	if g.queue.remove(w) {
		w.result <- r
	}
}
