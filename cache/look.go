package cache

import "time"

// Holding describes what memory has of a key. A look has no effect: it refreshes nothing, counts nothing and keeps
// nothing longer.
type Holding struct {
	// Held is false when memory has nothing that could be answered.
	Held bool
	// State and FetchedAt are those of what is held; of what is wanting it is Expired.
	State     State
	FetchedAt time.Time
	// Rows is how many rows the last fetch returned, also when they can no longer be answered; -1 when that is not known.
	Rows int
	// Due is set when a peek now is answered and may begin a refresh in the background.
	Due bool
	// Rests is why no refresh begins in the background now, and RestsUntil until when; "" when one may begin.
	Rests      Rest
	RestsUntil time.Time
}

// look returns what memory has of a key.
func (s *store) look(key Key) (value any, holding Holding) {
	holding.Rows = -1
	e := s.memory.find(key)
	if e == nil {
		return nil, holding
	}
	now := s.tiers.Now()
	rest := e.resting(now)
	holding.Rests, holding.RestsUntil = rest.why, rest.until
	gen := e.current.Load()
	if gen == nil {
		return nil, holding
	}
	holding.Rows = gen.rows
	if holding.State, holding.Held = gen.life.state(now); !holding.Held {
		return nil, holding
	}
	holding.FetchedAt, holding.Due = gen.life.fetchedAt, gen.life.due(now)
	if e.wanting.Load().covers(gen) {
		holding.State, holding.Due = Expired, false
	}
	return gen.value, holding
}

// due reports whether a peek at that moment may begin a refresh in the background.
func (l *life) due(now time.Time) bool {
	state, alive := l.state(now)
	return alive && state != Expired && !now.Before(l.earlyAt)
}
