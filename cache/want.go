package cache

import "time"

// wanting is what is known of newer data of a key: generations that it covers are answered only when no newer one can
// be had. Nil covers none.
type wanting struct {
	generation uint64    // older ones lack a change that this process has reported
	since      time.Time // those that were stale by then may lack one that it will not report; zero: none
}

// covers reports whether a generation is wanting.
func (w *wanting) covers(gen *generation) bool {
	return w != nil && (gen.number < w.generation || !gen.life.staleAt.After(w.since))
}

// usable returns what an entry has that is neither dead nor wanting.
func (e *entry) usable(now time.Time) (*generation, State, bool) {
	gen, state, ok := e.look(now)
	if ok && e.wanting.Load().covers(gen) {
		return nil, 0, false
	}
	return gen, state, ok
}

// highest is the highest generation that is known of the key. The store's lock is held.
func (e *entry) highest() uint64 {
	if w := e.wanting.Load(); w != nil {
		return max(e.floor, w.generation)
	}
	return e.floor
}

// want marks data of a key as wanting: those before a generation, and those that are stale now if fresh is set.
func (s *store) want(at Key, generation uint64, fresh bool) {
	now := s.tiers.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.memory.entry(at, now)
	var next wanting
	if known := e.wanting.Load(); known != nil {
		next = *known
	}
	next.generation = max(next.generation, generation)
	if fresh && next.since.Before(now) {
		next.since = now
	}
	e.wanting.Store(&next)
	if gen := e.current.Load(); gen != nil && next.covers(gen) {
		gen.end(passed)
	}
}

func (s *set[K, V]) Want(scope string, key K, generation uint64) {
	s.want(s.at(scope, key), generation, false)
}

func (s *set[K, V]) WantFresh(scope string, key K) {
	s.want(s.at(scope, key), 0, true)
}
