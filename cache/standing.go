package cache

import (
	"context"
	"slices"
	"sync/atomic"
	"time"
)

// Standing is how one generation of a key stands: whether a read would still give it. It holds none of the generation's
// data, so that what was made of them, such as an answer that is kept, can ask without a look-up and keeps no old list
// in memory. Safe for concurrent use.
type Standing struct {
	store *store
	entry *entry
	key   any // as the dataset has it
	renewal

	ended atomic.Uint32 // how it has ended, as bits
}

// How a generation ends for what was made of it.
const (
	// passed: memory has a newer generation or none, or a newer one is known of.
	passed = 1 << iota
	// troubled: a refresh has failed since, which an answer says.
	troubled
)

// standingOf makes the standing of a generation of a flight's key.
func (s *store) standingOf(f *flight, l *life) *Standing {
	return &Standing{store: s, entry: f.entry, key: f.key, renewal: l.renewal}
}

// Newest reports whether no newer generation is in memory or known of, and this one has not left memory.
func (t *Standing) Newest() bool { return t.ended.Load()&passed == 0 }

// Unchanged reports whether a read would give the generation as it did, as long as it is fresh: it is the newest, and
// no refresh of it has failed since.
func (t *Standing) Unchanged() bool { return t.ended.Load() == 0 }

// EarlyAt is the moment from which a read may begin a refresh in the background.
func (t *Standing) EarlyAt() time.Time { return t.earlyAt }

// Tally is how many generations of one operation's data an answer used.
type Tally struct {
	store *store
	count int
}

// TallyOf sums up standings by their operations.
func TallyOf(standings []*Standing) (tallies []Tally) {
	for _, t := range standings {
		i := slices.IndexFunc(tallies, func(tally Tally) bool { return tally.store == t.store })
		if i < 0 {
			i, tallies = len(tallies), append(tallies, Tally{store: t.store})
		}
		tallies[i].count++
	}
	return tallies
}

// Hit counts as so many answers from memory.
func (t Tally) Hit() { t.store.count(t.store.work.ctx, EventHit, t.count) }

// Use counts as a read of fresh data that were not read again: the entry stays in memory as if they had been, and a
// refresh in the background begins as early as for a read, with the values of ctx.
func (t *Standing) Use(ctx context.Context, now time.Time) {
	s, e := t.store, t.entry
	e.use(now)
	if !t.early(now, s.tiers.Rand) || e.flight.Load() != nil || !t.Newest() {
		return
	}
	if p := e.resting(now); p.why != "" {
		s.rested(ctx, e, p)
		return
	}
	s.refreshDue(ctx, []*want{{at: e.key, key: t.key}})
}

// end notes how a generation has ended.
func (g *generation) end(how uint32) {
	if g != nil && g.standing != nil {
		g.standing.ended.Or(how)
	}
}

// troubled notes a failure of a refresh, which answers tell of from now on. The store's lock is held.
func (e *entry) troubled(f *failure) {
	e.current.Load().end(troubled)
	e.failed.Store(f)
}
