package command

import (
	"math"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

// TestPercentFor works the percentage out for heaps beside the room that they have.
func TestPercentFor(t *testing.T) {
	const mb = 1 << 20
	for name, one := range map[string]struct{ live, room, want uint64 }{
		"nothing lives":        {0, 128 * mb, 100},
		"tiny":                 {1 * mb, 128 * mb, 800},
		"small":                {32 * mb, 128 * mb, 300},
		"half of the room":     {64 * mb, 128 * mb, 100},
		"more than the room":   {200 * mb, 128 * mb, 100},
		"nearly the room":      {100 * mb, 128 * mb, 100},
		"a small limit":        {16 * mb, 32 * mb, 100},
		"a limit below it all": {16 * mb, 1 * mb, 100},
	} {
		if got := percentFor(one.live, one.room); got != int(one.want) { //nolint:gosec // small
			t.Errorf("%s: %d, want %d", name, got, one.want)
		}
	}
}

// TestRoomIn leaves a small process most of its memory for answers, and a large one no more garbage than is worth it.
func TestRoomIn(t *testing.T) {
	const mb = 1 << 20
	for limit, want := range map[int64]uint64{
		0: 0, 64 * mb: 24 * mb, 256 * mb: 96 * mb, 1024 * mb: roomyHeap, math.MaxInt64: roomyHeap,
	} {
		if got := roomIn(limit); got != want {
			t.Errorf("limit of %d MB: %d MB, want %d", limit/mb, got/mb, want/mb)
		}
	}
}

// TestPaceCollector has a small heap get room after a collection, lose it when more lives, and the collector be as it
// was in the end.
func TestPaceCollector(t *testing.T) {
	before := percent()
	paceCollector(math.MaxInt64, []string{"HOME=/", "GOGC=100"})()
	if got := percent(); got != before {
		t.Errorf("GOGC is %d where the environment says it", got)
	}
	stop := paceCollector(math.MaxInt64, nil)
	await(t, "room for a small heap", func(now uint64) bool { return now > usualPercent })
	held := make([]byte, 2*roomyHeap)
	await(t, "no more room beside a large heap", func(now uint64) bool { return now == usualPercent })
	runtime.KeepAlive(held)
	await(t, "room again", func(now uint64) bool { return now > usualPercent })
	stop()
	runtime.GC()
	if got := percent(); got != before {
		t.Errorf("GOGC is %d in the end", got)
	}
}

func percent() uint64 {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// await collects until the percentage is as it should be: it is set a little after a collection.
func await(t *testing.T, what string, ready func(uint64) bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for !ready(percent()) {
		runtime.GC()
		select {
		case <-deadline:
			t.Fatalf("%s: GOGC stays at %d", what, percent())
		default:
			runtime.Gosched()
		}
	}
}
