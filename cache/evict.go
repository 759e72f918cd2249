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
	type candidate struct {
		slot *slot[S]
		used int64
	}
	candidates := make([]candidate, 0, len(m.slots))
	for _, sl := range m.slots {
		if sl == filled {
			continue
		}
		if _, _, alive := sl.look(now); !alive {
			m.remove(sl, now)
			continue
		}
		candidates = append(candidates, candidate{slot: sl, used: sl.used.Load()})
	}
	slices.SortFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.used, b.used) })
	for _, c := range candidates {
		if m.bytes <= m.maxBytes {
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
