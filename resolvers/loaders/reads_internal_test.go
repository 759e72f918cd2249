package loaders

import (
	"errors"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// What was given is counted by tier and state, and warm is what memory had all of.
func TestReadsAreCounted(t *testing.T) {
	t.Parallel()
	set := &Set{}
	if set.Warm() || set.Failed() != nil {
		t.Error("a set that has read nothing is warm, or failed")
	}
	held := func(source string, state cache.State) cache.Held[struct{}] {
		return cache.Held[struct{}]{FetchedAt: time.Unix(1, 0), Source: source, State: state}
	}
	set.uses.note("a", held(cache.SourceMemory, cache.Fresh), "", nil)
	set.uses.note("a", held(cache.SourceMemory, cache.Stale), "", nil)
	set.uses.note("a", held(cache.SourceMemory, cache.Stale), "", nil)
	if !set.Warm() {
		t.Error("memory had all, and it is not warm")
	}
	set.uses.note("b", held(cache.SourceRedis, cache.Fresh), "", nil)
	set.uses.note("b", held(cache.SourceUpstream, cache.Expired), "", nil)
	set.uses.note("c", cache.Held[struct{}]{}, "", errors.New("dead"))
	got := map[string]int{}
	set.Given(func(use *Use) {
		use.Each(func(tier string, state cache.State, keys int) {
			got[use.Operation+" "+tier+" "+state.String()] = keys
		})
	})
	want := map[string]int{"a memory fresh": 1, "a memory stale": 2, "b redis fresh": 1, "b upstream expired": 1}
	for name, keys := range want {
		if got[name] != keys {
			t.Errorf("%s: %d, want %d", name, got[name], keys)
		}
	}
	if failed := set.Failed(); len(got) != len(want) || len(failed) != 1 || failed["c"] != 1 || set.Warm() {
		t.Errorf("given %v, failed %v, warm %v", got, failed, set.Warm())
	}
	if len(set.Uses()) != 2 {
		t.Errorf("what failed is used: %v", set.Uses())
	}
}
