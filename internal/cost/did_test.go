package cost_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// What was given is counted by tier and state, and warm is what memory had all of.
func TestDidNotesWhatWasGiven(t *testing.T) {
	t.Parallel()
	_, did := cost.WithDid(t.Context())
	held := func(second int64, source string, state cache.State) cache.Held[struct{}] {
		return cache.Held[struct{}]{FetchedAt: time.Unix(second, 0), Source: source, State: state}
	}
	did.Note("a", held(9, cache.SourceMemory, cache.Fresh), nil)
	did.Note("b", held(5, cache.SourceRedis, cache.Fresh), nil)
	did.Note("a", held(7, cache.SourceMemory, cache.Stale), nil)
	did.Note("a", held(8, cache.SourceMemory, cache.Stale), nil)
	did.Note("b", held(6, cache.SourceUpstream, cache.Expired), nil)
	did.Note("c", cache.Held[struct{}]{}, errors.New("dead"))
	got := map[string]int{}
	warm, oldest, failed := map[string]bool{}, map[string]int64{}, map[string]int{}
	for _, given := range did.Take() {
		given.Each(func(tier string, state cache.State, keys int) {
			got[given.Operation+" "+tier+" "+state.String()] = keys
		})
		warm[given.Operation], failed[given.Operation] = given.Warm(), given.Failed
		oldest[given.Operation] = given.Oldest.Unix()
	}
	want := map[string]int{"a memory fresh": 1, "a memory stale": 2, "b redis fresh": 1, "b upstream expired": 1}
	for name, keys := range want {
		if got[name] != keys {
			t.Errorf("%s: %d, want %d", name, got[name], keys)
		}
	}
	if len(got) != len(want) || !warm["a"] || warm["b"] || warm["c"] || failed["c"] != 1 || failed["a"] != 0 {
		t.Errorf("given %v, warm %v, failed %v", got, warm, failed)
	}
	if oldest["a"] != 7 || oldest["b"] != 5 {
		t.Errorf("the oldest are of %v", oldest)
	}
	if again := did.Take(); again != nil {
		t.Errorf("taken twice: %v", again)
	}
}

// Calls are those that were sent for the operation, and no others.
func TestDidCountsCalls(t *testing.T) {
	t.Parallel()
	ctx, did := cost.WithDid(t.Context())
	background, stop := context.WithCancel(ctx)
	defer stop()
	attempt := func(ctx context.Context, system string, sent bool) {
		cost.CallObserver{}.Attempt(ctx, rest.Attempt{System: system, Sent: sent, Wait: time.Second})
	}
	attempt(ctx, "esm", true)
	attempt(ctx, "esm", true)
	attempt(ctx, "esm", false)
	attempt(ctx, "iam", true)
	attempt(rest.WithBackground(background, nil), "esm", true)
	attempt(rest.WithBackground(background, nil), "esm", false)
	attempt(t.Context(), "esm", true)
	if got, want := did.Spent(), (cost.Spent{Calls: 2, Background: 1, Waited: 3 * time.Second}); got != want {
		t.Errorf("spent %+v, want %+v", got, want)
	}
	if got := cost.DidOf(t.Context()).Spent(); got != (cost.Spent{}) {
		t.Errorf("outside of an operation %+v", got)
	}
}
