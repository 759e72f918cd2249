package cache

import (
	"sync/atomic"
	"time"

	"github.com/opsgraph/opsgraph/cache/record"
)

// entryOverhead is roughly the memory of an entry that Build does not count.
const entryOverhead = 384

// generation is one complete answer for a key. It never changes: a query that holds it may go on using it.
type generation struct {
	value    any   // as Build made it
	kept     *kept // the record, for Complete; nil: it is not needed
	found    bool  // the upstream has it
	number   uint64
	purge    uint64 // as in [tier.Stamp]
	life     life
	rows     int // -1: unknown
	bytes    int64
	from     string
	standing *Standing // nil in tests alone
}

// kept is the record of a generation: as it was fetched until it is turned into bytes, which no caller waits for.
type kept struct{ now atomic.Pointer[keptForm] }

type keptForm struct {
	record any // nil: body
	body   record.Body
}

func keep(form keptForm) *kept {
	k := &kept{}
	k.now.Store(&form)
	return k
}

// entry is the place of one key. Readers use the atomic fields; the other fields, and every change, need the store's
// lock.
type entry struct {
	key     Key
	of      any // the key as the dataset has it, of its last flight
	current atomic.Pointer[generation]
	failed  atomic.Pointer[failure]
	flight  atomic.Pointer[flight] // the refresh under way
	pause   atomic.Pointer[pause]  // no refresh begins in the background meanwhile
	used    atomic.Int64           // Unix nanoseconds of the last answer
	forced  atomic.Int64           // Unix nanoseconds at which a caller last forced a refresh
	wanting atomic.Pointer[wanting]

	sharing *flight       // the last flight that ended, while it is written to Redis
	changed chan struct{} // returned by Changed; nil before its first call
	emptied bool          // the last answer was empty and distrusted
	floor   uint64        // the highest known generation, dropped ones included
	at      int           // index in memory.order
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

// answer returns a generation as a caller gets it.
func (e *entry) answer(gen *generation, state State, source string) answer {
	return answer{gen: gen, state: state, source: source, reason: e.failed.Load().reason()}
}

// use notes an answer, to the millisecond: more would only make processors wait for each other.
func (e *entry) use(now time.Time) {
	t := now.UnixNano()
	if ago := t - e.used.Load(); ago >= int64(time.Millisecond) || ago < 0 {
		e.used.Store(t)
	}
}

// mayForce takes the right to force a refresh, which is granted once in that time. A moment to come is that of a clock
// which was set back since.
func (e *entry) mayForce(now time.Time, every time.Duration) bool {
	last := e.forced.Load()
	if ago := now.UnixNano() - last; last != 0 && ago >= 0 && ago < int64(every) {
		return false
	}
	return e.forced.CompareAndSwap(last, now.UnixNano())
}

// idle reports whether the entry can go once its data are gone.
func (e *entry) idle(now time.Time) bool {
	return e.flight.Load() == nil && e.sharing == nil && !e.failed.Load().active(now)
}

// announce closes the channel of Changed.
func (e *entry) announce() {
	if e.changed != nil {
		close(e.changed)
		e.changed = nil
	}
}

// refreshed forgets failures after a success.
func (e *entry) refreshed() {
	e.failed.Store(nil)
	e.pause.Store(nil)
}
