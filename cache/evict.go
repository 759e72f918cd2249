package cache

import (
	"cmp"
	"slices"
	"time"
)

// grow counts new bytes and makes room: first what is dead, then what was asked for longest ago,
// never the slot just filled.
func (m *memory[S]) grow(filled *slot[S], grown int64, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes += grown
	if grown > 0 && m.bytes > m.maxBytes {
		m.shrink(filled, now)
	}
}

// shrink is called with m.mu held.
func (m *memory[S]) shrink(filled *slot[S], now time.Time) {
	m.evict(m.alive(filled, now), now, func() bool { return m.bytes <= m.maxBytes })
}

const (
	// leastSlots is how many slots may be there before any is looked at for its own sake.
	leastSlots = 1024
	// mostSlots bounds the slots that have data: small ones, or none at all, weigh too little for the bytes to bound them.
	mostSlots = 16384
)

// sweep makes room for new keys: what is dead, or never had data, goes, and where there are many with data half of them. It is called
// with m.mu held.
func (m *memory[S]) sweep(now time.Time) {
	alive := m.alive(nil, now)
	if len(alive) >= mostSlots {
		m.evict(alive, now, func() bool { return len(m.slots) <= mostSlots/2 })
	}
	m.sweepAt = max(leastSlots, min(2*len(m.slots), mostSlots), len(m.slots)+leastSlots)
}

// candidate is a slot that may leave, and when it was last asked for.
type candidate[S any] struct {
	slot *slot[S]
	used int64
}

// alive removes what is dead and gives the rest but for one slot. It is called with m.mu held.
func (m *memory[S]) alive(but *slot[S], now time.Time) []candidate[S] {
	candidates := make([]candidate[S], 0, len(m.slots))
	for _, sl := range m.slots {
		if sl == but {
			continue
		}
		if _, _, alive := sl.look(now); alive {
			candidates = append(candidates, candidate[S]{sl, sl.used.Load()})
		} else {
			m.remove(sl, now)
		}
	}
	return candidates
}

// evict removes slots, those asked for longest ago first, until it is enough. It is called with m.mu held.
func (m *memory[S]) evict(candidates []candidate[S], now time.Time, enough func() bool) {
	slices.SortFunc(candidates, func(a, b candidate[S]) int { return cmp.Compare(a.used, b.used) })
	for _, c := range candidates {
		if enough() {
			return
		}
		if m.remove(c.slot, now) {
			m.events.emit(EventEvicted)
		}
	}
}

// remove takes a slot out unless a refresh or the memory of a failure still needs it; then only its
// data go. It is called with m.mu held, and tells whether there were data.
func (m *memory[S]) remove(sl *slot[S], now time.Time) bool {
	sl.mu.Lock()
	defer sl.mu.Unlock()
	old := sl.current.Swap(nil)
	if old != nil {
		m.bytes -= old.bytes
	}
	if sl.flight == nil && !sl.failed.Load().active(now) {
		sl.removed = true
		delete(m.slots, sl.key)
		sl.tell()
	}
	return old != nil
}
