package cache

import "time"

// Sight is what memory has of a key, told without any effect on it: nothing is refreshed, counted or kept longer because of a look.
type Sight struct {
	// Held is false when memory has nothing that could be answered.
	Held bool
	// State and FetchedAt are those of what is held.
	State     State
	FetchedAt time.Time
	// Rows is how many records the last fetch brought, also when they can no longer be answered; -1 when that is not known.
	Rows int
	// Due tells that a question now is answered from memory and may begin a refresh behind.
	Due bool
}

// Look tells what memory has of a key. The value is what queries read, the zero value when nothing is held. It never waits.
func (s *Snapshot[R, S]) Look(key Key) (S, Sight) {
	var nothing S
	sl := s.memory.find(key)
	if sl == nil {
		return nothing, Sight{Rows: -1}
	}
	gen := sl.current.Load()
	if gen == nil {
		return nothing, Sight{Rows: -1}
	}
	now := s.tiers.Now()
	sight := Sight{Rows: gen.rows}
	if sight.State, sight.Held = gen.life.state(now); !sight.Held {
		return nothing, sight
	}
	sight.FetchedAt, sight.Due = gen.life.fetchedAt, gen.life.due(now)
	return gen.held.Value, sight
}

// Look tells what memory has of a record. Knowledge that there is no such record is held, with a zero value. It never waits.
func (m *Many[K, R, M]) Look(scope string, key K) (M, Sight) {
	var nothing M
	entry, ok := m.memory.GetEntryQuietly(place[K]{scope, key})
	if !ok || entry.Value.held.Generation == 0 { // a record without a generation remembers a failure alone
		return nothing, Sight{Rows: -1}
	}
	now := m.tiers.Now()
	sight := Sight{Rows: -1}
	if sight.State, sight.Held = entry.Value.life.state(now); !sight.Held {
		return nothing, sight
	}
	sight.FetchedAt, sight.Due = entry.Value.life.fetchedAt, entry.Value.life.due(now)
	return entry.Value.held.Value, sight
}

// due tells whether a question at that moment may begin a refresh behind.
func (l *life) due(now time.Time) bool {
	state, alive := l.state(now)
	return alive && state != Expired && !now.Before(l.earlyAt)
}
