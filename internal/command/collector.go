package command

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"sync/atomic"
)

const (
	// roomyHeap is the heap below which collecting costs more than the memory is worth, in bytes.
	roomyHeap = 128 << 20
	// usualPercent is Go's own: the heap may double between two collections.
	usualPercent = 100
	// mostPercent bounds how much garbage a small heap may gather.
	mostPercent = 800
)

// paceCollector lets the heap grow to roomyHeap between collections, or to three eighths of limit where that is less,
// and to twice what lives where that is more. Small answers leave much garbage beside a small live heap: collecting it
// each time that the heap doubles took a fifth of a busy processor. limit is that of the process, in bytes. It ends
// when stop is called, with the collector as it was.
func paceCollector(limit int64, environ []string) (stop func()) {
	if slices.ContainsFunc(environ, func(line string) bool { return strings.HasPrefix(line, "GOGC=") }) {
		return func() {} // whoever set it knows better
	}
	p := &pacer{room: roomIn(limit)}
	p.before = debug.SetGCPercent(usualPercent)
	p.percent = usualPercent
	p.collected(struct{}{})
	return func() {
		p.ended.Store(true)
		debug.SetGCPercent(p.before)
	}
}

// pacer sets the collector's percentage after each collection.
type pacer struct {
	room    uint64
	before  int
	percent int // as it is set now
	ended   atomic.Bool
}

// marker is an object that nobody holds: the next collection frees it.
type marker struct{ _ *int }

// collected sets the percentage by what the last collection left alive, and has itself called after the next one.
func (p *pacer) collected(struct{}) {
	if p.ended.Load() {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	// A change stops all goroutines for a moment: small ones are not worth it.
	if wanted := percentFor(live[0].Value.Uint64(), p.room); math.Abs(float64(wanted-p.percent)) > float64(p.percent)/10 {
		p.percent = wanted
		debug.SetGCPercent(wanted)
	}
	runtime.AddCleanup(new(marker), p.collected, struct{}{})
}

// roomIn is how far a small heap may grow in a process with that limit, in bytes.
func roomIn(limit int64) uint64 {
	return uint64(min(roomyHeap, max(0, limit/8*3))) //nolint:gosec // not negative
}

// percentFor is the percentage at which a heap with so many live bytes grows to room, or doubles.
func percentFor(live, room uint64) int {
	if live == 0 {
		return usualPercent
	}
	return int(min(max(usualPercent, (max(room, live)-live)*100/live), mostPercent)) //nolint:gosec // at most mostPercent
}
