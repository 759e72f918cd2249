package loaders_test

import (
	"sync"
	"testing"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

func TestBeginIsOneCallWithTheField(t *testing.T) {
	all, u := newSources(t, 3)
	set := operation(t.Context(), all, u)
	set.Begin(hosts.Operation, struct{}{})
	set.Begin(hosts.Operation, struct{}{}) // a second time is the same
	testkit.Eventually(t, "nothing was sent", func() bool { return u.count("host/detail") == 1 })
	if used := set.Uses(); len(used) != 0 {
		t.Errorf("used %+v before any field asked", used)
	}
	var all50 sync.WaitGroup
	for range 50 {
		all50.Go(func() {
			if got := nameOf(t, set); got != "generation-1" {
				t.Errorf("a field has %s", got)
			}
		})
	}
	all50.Wait()
	if used := set.Uses(); len(used) != 1 || u.count("host/detail") != 1 {
		t.Errorf("used %+v in %d calls, want one", used, u.count("host/detail"))
	}
}

func TestBeginFailsAsTheFieldWould(t *testing.T) {
	all, u := newSources(t, 3)
	u.broken.Store(true)
	set := operation(t.Context(), all, u)
	set.Begin(hosts.Operation, struct{}{})
	testkit.Eventually(t, "nothing was sent", func() bool { return u.count("host/detail") == 1 })
	for range 2 {
		_, err := set.HostPage(t.Context(), "", nil, nil, paging.Args{})
		if err == nil {
			t.Error("no error")
		}
	}
	_, plain := operation(t.Context(), all, u).HostPage(t.Context(), "", nil, nil, paging.Args{})
	_, begun := set.HostPage(t.Context(), "", nil, nil, paging.Args{})
	if plain == nil || begun == nil || plain.Error() != begun.Error() {
		t.Errorf("begun: %v\nplain: %v", begun, plain)
	}
	if got := u.count("host/detail"); got > 2 { // one of each operation, if the second was not refused by then
		t.Errorf("%d calls", got)
	}
}

func TestBeginKeepsTheOperationsGeneration(t *testing.T) {
	all, u := newSources(t, 3)
	set := operation(t.Context(), all, u)
	set.Begin(hosts.Operation, struct{}{})
	host, err := set.Host(t.Context(), "h1") // from the list once it is there, else by itself
	if err != nil || host == nil {
		t.Fatalf("%+v, %v", host, err)
	}
	first := nameOf(t, set)
	if again := nameOf(t, set); again != first {
		t.Errorf("two generations in one operation: %s, %s", first, again)
	}
}

// What is no whole list, or under another kind of key, is left to the fields.
func TestBeginLeavesTheRest(t *testing.T) {
	all, u := newSources(t, 3)
	set := operation(t.Context(), all, u)
	set.Begin(hosts.OperationMachines, "h1")
	set.Begin(hosts.Operation, "h1")
	if got := u.count("host/detail") + u.count("host/vms"); got != 0 {
		t.Errorf("%d calls", got)
	}
}
