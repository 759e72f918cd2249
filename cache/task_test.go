package cache_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// tasks notes the refreshes that a cache tells of, and gives each a context of its own.
type tasks struct {
	mu    sync.Mutex
	begun []cache.Task
	ended int
}

type taskKey struct{}

func (k *tasks) on(ctx context.Context, task cache.Task) (context.Context, func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.begun = append(k.begun, task)
	return context.WithValue(ctx, taskKey{}, len(k.begun)), func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.ended++
	}
}

func (k *tasks) all() ([]cache.Task, int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.begun), k.ended
}

// TestTasks: a refresh is told of when it begins and ends, by whether anybody waits for it, and runs with the context
// that it was given; so do its events.
func TestTasks(t *testing.T) {
	u, c, seen := newUpstream(), newClock(), &tasks{}
	var mu sync.Mutex
	within := map[cache.EventKind]any{}
	s := newRows(t, u, cache.Tiers{Now: c.Now, OnTask: seen.on, OnEvent: func(ctx context.Context, e cache.Event) {
		mu.Lock()
		defer mu.Unlock()
		within[e.Kind] = ctx.Value(taskKey{})
	}})
	get(t, s, all)
	eventually(t, func() bool { _, ended := seen.all(); return ended == 1 })
	operation := s.Operation()
	if begun, _ := seen.all(); !slices.Equal(begun, []cache.Task{{Operation: operation, Keys: 1, Awaited: true}}) {
		t.Errorf("a query that waits begins %v", begun)
	}
	mu.Lock()
	if within[cache.EventMiss] != nil || within[cache.EventRefresh] != 1 {
		t.Errorf("events come with the contexts of %v", within)
	}
	mu.Unlock()

	c.Advance(11 * time.Second)
	want(t, get(t, s, all), 1, cache.Stale, cache.SourceMemory)
	// Once for the refresh, and again for its fetch, for which nobody waits either.
	eventually(t, func() bool { _, ended := seen.all(); return ended == 3 })
	begun, _ := seen.all()
	behind := cache.Task{Operation: operation, Keys: 1}
	if !slices.Equal(begun[1:], []cache.Task{behind, behind}) {
		t.Errorf("a stale answer begins %v", begun[1:])
	}
	mu.Lock()
	defer mu.Unlock()
	if within[cache.EventRefresh] != 3 {
		t.Errorf("the fetch ran with the context of %v", within[cache.EventRefresh])
	}
}
