package loaders

import (
	"context"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// memoryOf answers reads with one moment of fetching, and counts what memory was not asked for alone.
type memoryOf struct {
	fetchedAt time.Time
	batches   int
}

func (m *memoryOf) outcome() cache.Outcome[int] {
	return cache.Outcome[int]{Found: true, Held: cache.Held[int]{FetchedAt: m.fetchedAt}}
}

func (m *memoryOf) Peek(context.Context, string, string) (cache.Outcome[int], bool) {
	return m.outcome(), true
}

func (m *memoryOf) Get(_ context.Context, _ string, keys []string, _ time.Duration) map[string]cache.Outcome[int] {
	m.batches++
	return map[string]cache.Outcome[int]{keys[0]: m.outcome()}
}

func (m *memoryOf) Look(string, string) (value int, holding cache.Holding) { return 0, holding }

// TestAgesOfALoader: what no age makes too old is answered from memory also where the operation accepts no old data: it
// neither waits for others nor counts as missing.
func TestAgesOfALoader(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	set := New(t.Context(), nil, Options{Now: now, MaxAge: time.Minute})
	for maxAge, batches := range map[time.Duration]int{0: 0, time.Minute: 1} {
		memory := &memoryOf{fetchedAt: now.Add(-time.Hour)}
		loaderOf(set, memory, reads[string, int](memory), "test", maxAge).one(t.Context(), "key")
		if memory.batches != batches {
			t.Errorf("maxAge %v: %d batches, want %d", maxAge, memory.batches, batches)
		}
	}
}
