package cache

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

// L-13: ten thousand tenants, each with its own key in any state: memory is bounded, and the last used keys stay.
func TestTenThousandTenants_L13(t *testing.T) {
	const tenants, maxBytes = 10_000, 200 * 1000
	failed := errors.New("no answer")
	tests := []struct {
		name string
		rows int
		err  error
		left int // entries, at most
	}{
		{"with data", 10, nil, maxBytes/1000 + leastEntries},
		{"with empty answers", 0, nil, maxBytes/entryOverhead + leastEntries},
		{"that fail", 0, failed, 2 * leastEntries},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var passed atomic.Int64
			began := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
			s, err := New(Dataset[string, int, int]{
				Operation: "test", Ages: Ages{Fresh: time.Hour, Stale: time.Hour, Dead: 2 * time.Hour}, MaxBytes: maxBytes,
				Key: func(part string) string { return part }, Alone: true, Rows: func(rows int) int { return rows },
				Fetch: func(context.Context, string, []string) map[string]Result[int] {
					return map[string]Result[int]{"": {Record: test.rows, Err: test.err}}
				},
				Build: func(_, _ string, rows int) (int, int64) { return rows, int64(rows) * 100 },
			}, Tiers{Now: func() time.Time { return began.Add(time.Duration(passed.Load())) }})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for i := range tenants {
				if o := s.One(t.Context(), fmt.Sprint("tenant ", i), "", 0); !errors.Is(o.Err, test.err) {
					t.Fatal(o.Err)
				}
				passed.Add(int64(10 * time.Millisecond)) // a failure is forgotten after some seconds
			}
			memory := s.(*set[string, int]).memory
			if left := len(memory.entries); left > test.left || memory.bytes > maxBytes || left != len(memory.order) {
				t.Errorf("%d entries of %d bytes are held, %d in order", left, memory.bytes, len(memory.order))
			}
			if _, held := s.Peek(t.Context(), fmt.Sprint("tenant ", tenants-1), ""); held != (test.err == nil) {
				t.Errorf("the last one is held: %t", held)
			}
		})
	}
}

// Many small entries: the used ones stay, although more come than there is room for.
func TestWhatIsAskedForStays(t *testing.T) {
	const room = 2000
	now := time.Now()
	m := newMemory(room*entryOverhead, func() {})
	put := func(i int) {
		now = now.Add(time.Millisecond)
		gen := &generation{number: 1, bytes: entryOverhead}
		gen.life = Ages{Fresh: time.Hour, Stale: time.Hour, Dead: time.Hour}.from(now, 0, 0)
		m.set(m.entry(Key{Part: fmt.Sprint(i)}, now), gen, now)
	}
	for i := range 10 * room {
		put(i)
		for asked := range min(i, 100) {
			if e := m.find(Key{Part: fmt.Sprint(asked)}); e != nil {
				e.use(now)
			}
		}
	}
	if m.bytes > m.maxBytes || len(m.entries) != room || len(m.order) != room {
		t.Errorf("%d bytes, %d entries, %d in order", m.bytes, len(m.entries), len(m.order))
	}
	kept := 0
	for asked := range 100 {
		if m.find(Key{Part: fmt.Sprint(asked)}) != nil {
			kept++
		}
	}
	if kept < 99 {
		t.Errorf("%d of 100 that are asked for all the time are held", kept)
	}
}

// Dead entries leave while others come, although only a few are checked at once.
func TestTheDeadLeave(t *testing.T) {
	now := time.Now()
	m := newMemory(1<<40, func() {})
	for i := range 20 * leastEntries {
		now = now.Add(time.Second)
		gen := &generation{number: 1, bytes: entryOverhead}
		gen.life = Ages{Fresh: time.Minute, Stale: time.Minute, Dead: time.Minute}.from(now, 0, 0)
		m.set(m.entry(Key{Part: fmt.Sprint(i)}, now), gen, now)
	}
	if n := len(m.entries); n > 2*leastEntries || m.bytes != int64(n)*entryOverhead {
		t.Errorf("%d entries of %d bytes are held", n, m.bytes)
	}
}

// TestUseAfterTheClockWasSetBack: uses count from then on, or what is asked for all the time would leave before what
// was used by the later clock.
func TestUseAfterTheClockWasSetBack(t *testing.T) {
	var e entry
	now := time.Unix(1_000_000, 0)
	e.use(now)
	before := now.Add(-time.Hour)
	e.use(before)
	if got := e.used.Load(); got != before.UnixNano() {
		t.Errorf("used at %v, want %v", time.Unix(0, got), before)
	}
}
