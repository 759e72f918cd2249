package cache

import (
	"sync/atomic"
	"time"
)

// entryOverhead is about what an entry costs in memory beside what Build counts.
const entryOverhead = 384

// generation is one complete set of data of a key. It never changes: a query that holds it keeps it, whatever happens
// to the entry.
type generation struct {
	value  any  // as Build made it
	found  bool // the upstream has it
	number uint64
	life   life
	rows   int // -1: unknown
	bytes  int64
	from   string
}

// entry is the place of one key. What readers need is atomic; the rest, and every change, is under the store's lock.
type entry struct {
	key     Key
	current atomic.Pointer[generation]
	failed  atomic.Pointer[failure]
	flight  atomic.Pointer[flight] // the refresh under way
	pause   atomic.Pointer[pause]  // no refresh begins in the background meanwhile
	used    atomic.Int64           // Unix nanoseconds of the last answer
	forced  atomic.Int64           // Unix nanoseconds at which a caller last forced a refresh

	sharing *flight       // the last flight that ended, while it is written to Redis
	news    chan struct{} // of Changed; nil: nobody asked
	emptied bool          // the last answer was empty and distrusted
	floor   uint64        // the highest generation known of, also dropped ones
	at      int           // in the order of memory
}

// look returns the generation and its state; false when there is none or it is dead.
func (e *entry) look(now time.Time) (*generation, State, bool) {
	gen := e.current.Load()
	if gen == nil {
		return nil, 0, false
	}
	state, ok := gen.life.state(now)
	return gen, state, ok
}

// answer is what a caller gets of a generation.
func (e *entry) answer(gen *generation, state State, source string) answer {
	return answer{gen: gen, state: state, source: source, reason: e.failed.Load().reason()}
}

// use notes an answer, to the millisecond: more would only make processors wait for each other.
func (e *entry) use(now time.Time) {
	if t := now.UnixNano(); t-e.used.Load() >= int64(time.Millisecond) {
		e.used.Store(t)
	}
}

// mayForce takes the right to force a refresh, once in that time.
func (e *entry) mayForce(now time.Time, every time.Duration) bool {
	last := e.forced.Load()
	if last != 0 && now.UnixNano()-last < int64(every) {
		return false
	}
	return e.forced.CompareAndSwap(last, now.UnixNano())
}

// idle reports whether nothing needs the entry but its data.
func (e *entry) idle(now time.Time) bool {
	return e.flight.Load() == nil && e.sharing == nil && !e.failed.Load().active(now)
}

// announce closes the channel of Changed.
func (e *entry) announce() {
	if e.news != nil {
		close(e.news)
		e.news = nil
	}
}

// refreshed forgets failures after a success.
func (e *entry) refreshed() {
	e.failed.Store(nil)
	e.pause.Store(nil)
}
