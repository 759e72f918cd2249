package listen

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

const (
	// memoryEvery is the time between two readings of the memory, however many requests come.
	memoryEvery = 100 * time.Millisecond
	// collectEvery is the time between two collections that the guard starts while memory is tight: without new work the
	// runtime would free memory only after minutes.
	collectEvery = time.Second
	// leastFor is how long the least that was held counts: that long, up to twice.
	leastFor = 5 * time.Second
)

// MemoryGuard refuses new work while the process is near its bound of memory. Safe for concurrent use.
type MemoryGuard struct {
	most    uint64        // in bytes; 0 for no bound
	held    func() uint64 // what the process holds and cannot give back, in bytes
	collect func()
	relieve func() // nil: nothing can be given up
	now     func() time.Time

	tight  atomic.Bool
	lookAt atomic.Int64 // nanoseconds: when to look again
	last   atomic.Int64 // bytes that were held at the last look
	least  atomic.Int64 // the least bytes that were held of late

	mu          sync.Mutex // held while the memory is read
	collectedAt time.Time
	// The least that was held in the present time and in the one before it, in bytes, and when the present one began.
	present, before int64
	since           time.Time
}

// NewMemoryGuard bounds the process to most bytes, or where that is 0 to GOMEMLIMIT, if that is set.
func NewMemoryGuard(most int64, now func() time.Time) *MemoryGuard {
	if most == 0 {
		most = debug.SetMemoryLimit(-1) // a negative limit is only read
	}
	if most == math.MaxInt64 {
		most = 0
	}
	return &MemoryGuard{
		most: uint64(max(most, 0)), held: heldMemory, collect: runtime.GC, now: now,
		present: math.MaxInt64, before: math.MaxInt64,
	}
}

// heldMemory is what a collection would leave of the process's memory, by the last one: all that counts for GOMEMLIMIT
// but free memory and garbage.
func heldMemory() uint64 {
	samples := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
	}
	metrics.Read(samples)
	live, rest := samples[0].Value.Uint64(), samples[1].Value.Uint64()
	for _, sample := range samples[2:] {
		rest -= min(rest, sample.Value.Uint64())
	}
	return live + rest
}

// Refusal is the error of work that would begin now; nil where there is memory for it.
func (m *MemoryGuard) Refusal() *gqlerror.Error {
	if m.most == 0 {
		return nil
	}
	if now := m.now(); now.UnixNano() >= m.lookAt.Load() && m.mu.TryLock() {
		m.look(now)
		m.mu.Unlock()
	}
	if !m.tight.Load() {
		return nil
	}
	return refusal.Later(refusal.CodeOverloaded, "The gateway has no memory for more operations.", time.Second)
}

// Spare is how many bytes operations under way may hold together, where they are taken to hold so many now. What else
// the process holds is not known apart: it is at most the least that was held of late, and more where operations don't
// explain what is held now.
func (m *MemoryGuard) Spare(operations int64) int64 {
	if m.most == 0 {
		return math.MaxInt64
	}
	return m.refuseFrom() - max(m.least.Load(), m.last.Load()-operations)
}

// State is how many bytes the process holds, without garbage, and how many it may hold; 0 for no bound.
func (m *MemoryGuard) State() (held, most int64) { return int64(m.held()), int64(m.most) }

// Relieve has the guard call a function, before it collects, that gives up memory which is only good to have. It is set
// before the first request.
func (m *MemoryGuard) Relieve(relieve func()) { m.relieve = relieve }

// refuseFrom is how much may be held until new work is refused: nine tenths.
func (m *MemoryGuard) refuseFrom() int64 { return int64(m.most / 10 * 9) }

// look reads the memory.
func (m *MemoryGuard) look(now time.Time) {
	tight := m.isTight(now)
	if tight && m.relieve != nil {
		m.relieve()
	}
	if tight && now.Sub(m.collectedAt) >= collectEvery {
		m.collect()
		m.collectedAt = now
		tight = m.isTight(now)
	}
	m.tight.Store(tight)
	m.lookAt.Store(now.Add(memoryEvery).UnixNano())
}

// isTight reads the memory, and reports whether new work must be refused.
func (m *MemoryGuard) isTight(now time.Time) bool {
	held := int64(m.held())
	m.last.Store(held)
	if now.Sub(m.since) >= leastFor {
		m.since, m.before, m.present = now, m.present, held
	}
	m.present = min(m.present, held)
	m.least.Store(min(m.before, m.present))
	return held >= m.refuseFrom()
}
