package cache

import (
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// candidates is how many entries are compared to find the one that leaves.
	candidates = 64
	// leastEntries is how many entries there may be before sweep removes dead ones.
	leastEntries = 1024
	// sweptAtOnce is how many entries are checked for each that changes, so that dead ones leave without a long pause.
	sweptAtOnce = 4
)

// memory is the memory tier, bounded by bytes, for few large lists and many small records alike. The least recently
// used entry leaves first; a new generation is never refused.
type memory struct {
	maxBytes int64
	evicted  func()

	mu      sync.RWMutex // orders find against changes of the map; all else is under the store's lock
	entries map[Key]*entry

	order []*entry // all entries, so that some can be picked at random
	hand  int      // the place of sweep in order
	bytes int64
}

func newMemory(maxBytes int64, evicted func()) *memory {
	return &memory{maxBytes: maxBytes, evicted: evicted, entries: make(map[Key]*entry)}
}

// find returns the entry of the key, or nil. It is the only method that does not need the store's lock.
func (m *memory) find(key Key) *entry {
	m.mu.RLock()
	e := m.entries[key]
	m.mu.RUnlock()
	return e
}

// entry returns the entry of the key, a new one if need be.
func (m *memory) entry(key Key, now time.Time) *entry {
	if e := m.entries[key]; e != nil {
		return e
	}
	m.sweep(now)
	e := &entry{key: key, at: len(m.order)}
	m.order = append(m.order, e)
	m.mu.Lock()
	m.entries[key] = e
	m.mu.Unlock()
	return e
}

// set puts a generation in place and makes room for it.
func (m *memory) set(e *entry, gen *generation, now time.Time) {
	e.current.Load().end(passed) // before any read sees the newer one
	if e.wanting.Load().covers(gen) {
		gen.end(passed)
	}
	if old := e.current.Swap(gen); old != nil {
		m.bytes -= old.bytes
	}
	m.bytes += gen.bytes
	e.used.Store(now.UnixNano())
	e.floor = max(e.floor, gen.number)
	e.announce()
	m.sweep(now)
	for m.bytes > m.maxBytes {
		victim := m.oldest(e, now)
		if victim == nil {
			return
		}
		if _, _, alive := victim.look(now); alive {
			m.evicted()
		}
		m.remove(victim, now)
	}
}

// oldest returns the entry with data that should leave first, other than the given one: a dead one, else the least
// recently used of all, or of a sample when there are many. Nil: no other entry has data.
func (m *memory) oldest(but *entry, now time.Time) *entry {
	n := len(m.order)
	start, step := rand.IntN(n), max(n/candidates, 1)
	var best *entry
	for i := range n {
		if i == candidates {
			step = 1 // the sample may have no data: then take the first entry that has some
		}
		if i >= candidates && best != nil {
			break
		}
		e := m.order[(start+i*step)%n]
		if e == but || e.current.Load() == nil {
			continue
		}
		if _, _, alive := e.look(now); !alive {
			return e
		}
		if best == nil || e.used.Load() < best.used.Load() {
			best = e
		}
	}
	return best
}

// sweep checks the next few entries and removes those that are dead or never had data.
func (m *memory) sweep(now time.Time) {
	for range sweptAtOnce {
		if len(m.order) <= leastEntries {
			return
		}
		m.hand = (m.hand + 1) % len(m.order)
		if _, _, alive := m.order[m.hand].look(now); !alive {
			m.remove(m.order[m.hand], now)
		}
	}
}

// remove removes the data of an entry, and the entry unless it is still needed.
func (m *memory) remove(e *entry, now time.Time) {
	m.clear(e)
	if !e.idle(now) {
		return
	}
	last := m.order[len(m.order)-1]
	m.order[e.at], last.at = last, e.at
	m.order[len(m.order)-1] = nil
	m.order = m.order[:len(m.order)-1]
	m.mu.Lock()
	delete(m.entries, e.key)
	m.mu.Unlock()
	e.announce()
}

// clear removes the data of an entry.
func (m *memory) clear(e *entry) {
	e.current.Load().end(passed)
	if old := e.current.Swap(nil); old != nil {
		m.bytes -= old.bytes
	}
}
