package cache

import (
	"sync"
	"sync/atomic"
	"time"
)

// memory is the memory tier of a snapshot: few keys, each with one immutable generation that is
// swapped whole. A query that holds a generation keeps it, whatever happens here.
type memory[S any] struct {
	maxBytes int64
	events   emitter
	now      func() time.Time

	mu      sync.RWMutex
	slots   map[Key]*slot[S]
	bytes   int64
	sweepAt int // as many slots make room for more
}

// generation is one complete set of data.
type generation[S any] struct {
	held  Held[S] // without State, Reason, Source
	life  life
	rows  int
	bytes int64
	from  string
}

// slot is the place of one key.
type slot[S any] struct {
	key     Key
	current atomic.Pointer[generation[S]]
	failed  atomic.Pointer[failure]
	used    atomic.Int64 // unix nanoseconds of the last answer
	rests   atomic.Int64 // unix nanoseconds until which no refresh begins behind

	mu       sync.Mutex
	flight   *flight[S]    // the refresh under way
	sharing  *flight[S]    // the last one, while Redis is told of it
	news     chan struct{} // of Changed; nil: nobody asked
	removed  bool          // out of the map: look the key up again
	forcedAt time.Time     // when a caller last forced a refresh
	emptied  bool          // the last answer was empty and distrusted
	floor    uint64        // the highest generation known of, also dropped ones
}

func newMemory[S any](maxBytes int64, events emitter, now func() time.Time) *memory[S] {
	return &memory[S]{maxBytes: maxBytes, events: events, now: now, slots: make(map[Key]*slot[S]), sweepAt: leastSlots}
}

// find gives the slot of the key, or nil.
func (m *memory[S]) find(key Key) *slot[S] {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.slots[key]
}

// slot gives the slot of the key, a new one if need be.
func (m *memory[S]) slot(key Key) *slot[S] {
	if sl := m.find(key); sl != nil {
		return sl
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	sl := m.slots[key]
	if sl == nil {
		if len(m.slots) >= m.sweepAt {
			m.sweep(m.now())
		}
		sl = &slot[S]{key: key}
		m.slots[key] = sl
	}
	return sl
}

// look gives the generation and its state; false when there is none or it is dead.
func (sl *slot[S]) look(now time.Time) (*generation[S], State, bool) {
	gen := sl.current.Load()
	if gen == nil {
		return nil, 0, false
	}
	state, ok := gen.life.state(now)
	return gen, state, ok
}

// known is the highest generation known of.
func (sl *slot[S]) known() uint64 {
	sl.mu.Lock()
	defer sl.mu.Unlock()
	return sl.floor
}

// answer is what a caller gets of a generation.
func (sl *slot[S]) answer(gen *generation[S], state State, source string) Held[S] {
	held := gen.held
	held.State, held.Source, held.Reason = state, source, sl.failed.Load().reason()
	return held
}

// resting tells whether refreshes behind should wait: after a failure, or while another replica is
// at it.
func (sl *slot[S]) resting(now time.Time) bool {
	return now.UnixNano() < sl.rests.Load() || sl.failed.Load().active(now)
}

// mayForce takes the right to force a refresh, once in that time.
func (sl *slot[S]) mayForce(now time.Time, every time.Duration) bool {
	sl.mu.Lock()
	defer sl.mu.Unlock()
	if !sl.forcedAt.IsZero() && now.Sub(sl.forcedAt) < every {
		return false
	}
	sl.forcedAt = now
	return true
}

// swap puts a newer generation in place and makes room for it. A flight that was dropped, or that
// brings an older one, changes nothing.
func (m *memory[S]) swap(sl *slot[S], f *flight[S], gen *generation[S], now time.Time) bool {
	sl.mu.Lock()
	old := sl.current.Load()
	if f.dropped.Load() || sl.removed || old != nil && old.held.Generation >= gen.held.Generation {
		sl.mu.Unlock()
		return false
	}
	sl.current.Store(gen)
	sl.used.Store(now.UnixNano())
	sl.floor = max(sl.floor, gen.held.Generation)
	sl.tell()
	grown := gen.bytes
	if old != nil {
		grown -= old.bytes
	}
	sl.mu.Unlock()
	m.grow(sl, grown, now)
	return true
}

// tell closes the channel of Changed. sl.mu is held.
func (sl *slot[S]) tell() {
	if sl.news != nil {
		close(sl.news)
		sl.news = nil
	}
}

func (m *memory[S]) changed(key Key) <-chan struct{} {
	for {
		sl := m.slot(key)
		sl.mu.Lock()
		if sl.removed {
			sl.mu.Unlock()
			continue
		}
		if sl.news == nil {
			sl.news = make(chan struct{})
		}
		news := sl.news
		sl.mu.Unlock()
		return news
	}
}

func (m *memory[S]) keys() []Key {
	m.mu.RLock()
	defer m.mu.RUnlock()
	keys := make([]Key, 0, len(m.slots))
	for key, sl := range m.slots {
		if sl.current.Load() != nil {
			keys = append(keys, key)
		}
	}
	return keys
}

// drop forgets the key's data and whatever a refresh under way would bring. It gives the highest
// generation known of the key.
func (m *memory[S]) drop(key Key) uint64 {
	sl := m.find(key)
	if sl == nil {
		return 0
	}
	sl.mu.Lock()
	for _, f := range []*flight[S]{sl.flight, sl.sharing} {
		if f != nil {
			f.dropped.Store(true)
		}
	}
	sl.flight = nil
	old := sl.current.Swap(nil)
	sl.failed.Store(nil)
	sl.rests.Store(0)
	sl.emptied = false
	sl.floor++ // what was dropped does not come back from Redis either
	sl.tell()
	floor := sl.floor
	sl.mu.Unlock()
	if old != nil {
		m.mu.Lock()
		m.bytes -= old.bytes
		m.mu.Unlock()
	}
	return floor
}
