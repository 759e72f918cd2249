package listen_test

import (
	"math"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/listen"
)

// TestMemoryGuard_F68 lets the held memory go up and down: new work is refused from nine tenths on, readings are rare
// however many requests come, and freed memory is found without the runtime's help.
func TestMemoryGuard_F68(t *testing.T) {
	t.Parallel()
	const most = 1000
	for _, test := range []struct {
		name    string
		most    int64
		held    []uint64 // at each look, the last one for ever
		freed   uint64   // by a collection
		after   time.Duration
		refused bool
		looks   int
		collect int
	}{
		{name: "no bound", most: -1, held: []uint64{1 << 60}},
		{name: "little", most: most, held: []uint64{100}, looks: 1},
		{name: "just below", most: most, held: []uint64{899}, looks: 1},
		{name: "nine tenths", most: most, held: []uint64{900}, refused: true, looks: 2, collect: 1},
		{name: "beyond", most: most, held: []uint64{5000}, refused: true, looks: 2, collect: 1},
		{name: "garbage", most: most, held: []uint64{950}, freed: 100, looks: 2, collect: 1},
		{name: "still not known", most: most, held: []uint64{100, 950}, after: 99 * time.Millisecond, looks: 1},
		{
			name: "known then", most: most, held: []uint64{100, 950}, after: 100 * time.Millisecond, refused: true, looks: 3,
			collect: 1,
		},
		{
			name: "collected a moment ago", most: most, held: []uint64{950}, after: 900 * time.Millisecond, refused: true,
			looks: 3, collect: 1,
		},
		{
			name: "collected long ago", most: most, held: []uint64{950}, after: time.Second, refused: true, looks: 4,
			collect: 2,
		},
		{name: "free again", most: most, held: []uint64{950, 950, 100}, after: 100 * time.Millisecond, looks: 3, collect: 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			now, looks, collections := time.Unix(1000, 0), 0, 0
			guard := listen.NewTestMemoryGuard(test.most, func() uint64 {
				held := test.held[min(looks, len(test.held)-1)]
				looks++
				return held - test.freed*uint64(min(collections, 1))
			}, func() { collections++ }, func() time.Time { return now })
			ask := func() (refused string) {
				for range 50 {
					refused = guard()
				}
				return refused
			}
			got := ask()
			if test.after > 0 {
				now = now.Add(test.after)
				got = ask()
			}
			if want := map[bool]string{true: "OVERLOADED"}[test.refused]; got != want {
				t.Errorf("refused with %q, want %q", got, want)
			}
			if looks != test.looks || collections != test.collect {
				t.Errorf("%d looks, %d collections, want %d and %d", looks, collections, test.looks, test.collect)
			}
		})
	}
}

// What is only good to have is given up before anything is refused, and only then.
func TestMemoryGuard_relief(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		held, freed uint64
		relieved    bool
		refused     bool
	}{
		{held: 899, freed: 500},
		{held: 950, freed: 500, relieved: true},
		{held: 950, freed: 10, relieved: true, refused: true},
	} {
		held, relieved := test.held, false
		refused := listen.IsTight(1000, func() uint64 { return held }, func() { held, relieved = held-test.freed, true },
			func() time.Time { return time.Unix(1000, 0) })
		if relieved != test.relieved || refused != test.refused {
			t.Errorf("%+v: relieved %v, refused %v", test, relieved, refused)
		}
	}
}

// TestSpare: what operations may hold is what the rest of the process leaves of nine tenths, and the rest is the least
// that was held of late, or what operations do not explain.
func TestSpare(t *testing.T) {
	t.Parallel()
	now, held := time.Unix(1000, 0), uint64(300)
	spare := listen.NewTestSpare(1000, func() uint64 { return held }, func() time.Time { return now })
	for _, step := range []struct {
		name       string
		after      time.Duration
		held       uint64
		operations int64
		want       int64
	}{
		{"nothing runs", 0, 300, 0, 600},
		{"what began is not seen yet", 0, 300, 500, 600},
		{"it is seen", time.Second, 800, 500, 600},
		{"they hold more than they were taken to", time.Second, 800, 400, 500},
		{"less runs, and its garbage is not collected", time.Second, 800, 100, 200},
		{"it is", time.Second, 400, 100, 600},
		{"the rest grows while much runs", time.Second, 850, 500, 550},
		{"for some seconds the least is known", 4 * time.Second, 850, 600, 600},
		{"then it is forgotten", 5 * time.Second, 850, 600, 50},
		{"more is held than may be", time.Second, 950, 0, -50},
	} {
		now, held = now.Add(step.after), step.held
		if got := spare(step.operations); got != step.want {
			t.Errorf("%s: %d, want %d", step.name, got, step.want)
		}
	}
	unbounded := listen.NewTestSpare(-1, func() uint64 { return 1 << 50 }, func() time.Time { return now })
	if got := unbounded(1 << 40); got != math.MaxInt64 {
		t.Errorf("without a bound %d", got)
	}
}

// TestHeldMemory reads the process's own: some, and more once there is more.
func TestHeldMemory(t *testing.T) {
	before := listen.HeldMemory()
	if before < 1<<20 || before > 1<<36 {
		t.Errorf("%d bytes are held", before)
	}
}
