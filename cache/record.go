package cache

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

// recordOverhead is about what a record costs in memory beside what Build counts.
const recordOverhead = 256

// record is what memory has of one key. Only the memory of failures and of forcing changes in it.
type record[M any] struct {
	held  Held[M] // without State, Reason, Source
	found bool
	life  life
	bytes uint32
	from  string

	failed   atomic.Pointer[failure] // why the last refresh failed
	forcedAt atomic.Int64            // Unix nanoseconds of the last forced refresh
	rests    atomic.Int64            // Unix nanoseconds until which no refresh begins behind
}

func newRecord[M any](value M, found bool, bytes int64, ages Ages, at stamp, from string) *record[M] {
	l := ages.from(at.fetchedAt, at.cost, at.jitter)
	return &record[M]{
		held: Held[M]{
			Value: value, Generation: at.generation, FetchedAt: l.fetchedAt, StaleAt: l.staleAt,
		},
		found: found,
		life:  l,
		bytes: uint32(min(max(bytes, 0), math.MaxUint32-recordOverhead)) + recordOverhead,
		from:  from,
	}
}

// newFailedRecord remembers a failed fetch of a key that memory has no record of: it is dead from
// the start, and leaves when the failure is forgotten.
func newFailedRecord[M any](f *failure) *record[M] {
	rec := &record[M]{bytes: recordOverhead}
	rec.life.deadAt = f.until
	rec.failed.Store(f)
	return rec
}

// look gives the record and its state; false when there is none, or it is dead. A dead one may still
// remember a failure.
func (m *Many[K, R, M]) look(at place[K], now time.Time) (*record[M], State, bool) {
	rec, ok := m.memory.GetIfPresent(at)
	if !ok {
		return nil, 0, false
	}
	if rec.held.Generation == 0 {
		return rec, 0, false
	}
	state, alive := rec.life.state(now)
	return rec, state, alive
}

func (rec *record[M]) outcome(state State, source string) Outcome[M] {
	held := rec.held
	held.State, held.Source, held.Reason = state, source, rec.failed.Load().reason()
	return Outcome[M]{Held: held, Found: rec.found}
}

// due tells whether a record that can be answered should be refreshed behind.
func (m *Many[K, R, M]) due(rec *record[M], state State, now time.Time) bool {
	return (state == Stale || rec.life.early(now, m.tiers.Rand)) &&
		!rec.failed.Load().active(now) && now.UnixNano() >= rec.rests.Load()
}

// mayForce takes the right to force a refresh of the record, once in that time.
func (rec *record[M]) mayForce(now time.Time, every time.Duration) bool {
	last := rec.forcedAt.Load()
	if last != 0 && now.UnixNano()-last < int64(every) {
		return false
	}
	return rec.forcedAt.CompareAndSwap(last, now.UnixNano())
}

// newRecords makes the memory tier: bounded by bytes, each record until it is dead.
func newRecords[K comparable, M any](
	maxBytes int64, now func() time.Time, events emitter,
) (*otter.Cache[place[K], *record[M]], error) {
	cache, err := otter.New(&otter.Options[place[K], *record[M]]{
		MaximumWeight: uint64(max(maxBytes, 1)),
		Weigher:       func(_ place[K], rec *record[M]) uint32 { return rec.bytes },
		ExpiryCalculator: otter.ExpiryWritingFunc(
			func(e otter.Entry[place[K], *record[M]]) time.Duration {
				return max(e.Value.life.deadAt.Sub(now()), 1)
			}),
		OnDeletion: func(e otter.DeletionEvent[place[K], *record[M]]) {
			if e.Cause == otter.CauseOverflow {
				events.emit(EventEvicted)
			}
		},
		Clock:  recordClock(now),
		Logger: &otter.NoopLogger{}, // it would tell of loaders, which are not used
	})
	if err != nil {
		return nil, fmt.Errorf("make memory tier: %w", err)
	}
	return cache, nil
}

// recordClock lets the memory tier count by the clock of the cache.
type recordClock func() time.Time

// NowNano is the time.
func (c recordClock) NowNano() int64 { return c().UnixNano() }

// Tick drives the clearing away of dead records, whatever clock their ages are counted by.
func (c recordClock) Tick(d time.Duration) <-chan time.Time { return time.Tick(d) }
