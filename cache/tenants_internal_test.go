package cache

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

// L-13: ten thousand tenants, each with a key of its own, whatever became of it: memory is bounded, and what stays is what was asked for last.
func TestTenThousandTenants_L13(t *testing.T) {
	const tenants = 10_000
	failed := errors.New("no answer")
	tests := []struct {
		name  string
		rows  int
		err   error
		slots int // that may be left
	}{
		{"with data", 10, nil, 200 + leastSlots},
		{"with empty answers", 0, nil, tenants},
		{"that fail", 0, failed, 4 * leastSlots},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var passed atomic.Int64
			began := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
			s, err := NewSnapshot(SnapshotConfig[int, int]{
				Operation: "test", Ages: Ages{Fresh: time.Hour, Stale: time.Hour, Dead: 2 * time.Hour}, MaxBytes: 200 * 1000,
				Fetch: func(context.Context, Key) (Fetched[int], error) {
					return Fetched[int]{Records: make([]int, test.rows)}, test.err
				},
				Build: func(_ Key, f Fetched[int]) (int, int64) { return len(f.Records), int64(len(f.Records)) * 100 },
				Tiers: Tiers{Now: func() time.Time { return began.Add(time.Duration(passed.Load())) }},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for i := range tenants {
				if _, err := s.Get(t.Context(), Key{Scope: fmt.Sprint("tenant ", i)}, 0); !errors.Is(err, test.err) {
					t.Fatal(err)
				}
				passed.Add(int64(10 * time.Millisecond)) // a failure is forgotten after some seconds
			}
			s.memory.mu.Lock()
			slots, bytes := len(s.memory.slots), s.memory.bytes
			s.memory.mu.Unlock()
			if slots > test.slots || bytes > 200*1000 {
				t.Errorf("%d slots of %d bytes are held", slots, bytes)
			}
			if _, held := s.Peek(t.Context(), Key{Scope: fmt.Sprint("tenant ", tenants-1)}); held != (test.err == nil) {
				t.Errorf("the last one is held: %t", held)
			}
		})
	}
}

// More tenants with empty answers than may be held: the latest half stays.
func TestMostSlots(t *testing.T) {
	m := newMemory[int](1000, emitter{on: func(Event) {}}, time.Now)
	now := time.Now()
	for i := range 2*mostSlots + 1 {
		sl := m.slot(Key{Scope: fmt.Sprint(i)})
		gen := &generation[int]{held: Held[int]{Generation: 1}}
		gen.life.staleAt, gen.life.expiredAt, gen.life.deadAt = now.Add(time.Hour), now.Add(time.Hour), now.Add(time.Hour)
		sl.current.Store(gen)
		sl.used.Store(int64(i))
	}
	if len(m.slots) > mostSlots || len(m.slots) < mostSlots/2 {
		t.Errorf("%d slots are held", len(m.slots))
	}
	if m.find(Key{Scope: fmt.Sprint(2 * mostSlots)}) == nil || m.find(Key{Scope: "0"}) != nil {
		t.Error("not those asked for last are held")
	}
}
