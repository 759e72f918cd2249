package loaders

import (
	"maps"

	"github.com/opsgraph/opsgraph/cache"
)

// tiers are where data come from, in the order of reads.
func tiers() [3]string { return [3]string{cache.SourceMemory, cache.SourceRedis, cache.SourceUpstream} }

// given counts the sets of data of one upstream operation, by tier and state.
type given [3][cache.Expired + 1]int

// count notes one set. Data that came by no loader, such as those that an event was found in, are of memory.
func (g *given) count(source string, state cache.State) {
	tier := 0
	switch source {
	case cache.SourceRedis:
		tier = 1
	case cache.SourceUpstream:
		tier = 2
	}
	g[tier][state]++
}

// countFailed notes a set of data that could not be had. The lock is held.
func (u *uses) countFailed(operation string) {
	if u.failed == nil {
		u.failed = map[string]int{}
	}
	u.failed[operation]++
}

// Each calls note for each tier and state that sets of data came from, with their number.
func (u *Use) Each(note func(tier string, state cache.State, keys int)) {
	for tier, states := range u.given {
		for state, keys := range states {
			if keys > 0 {
				note(tiers()[tier], cache.State(state), keys)
			}
		}
	}
}

// Warm reports whether memory had all that an operation used so far, and that was something.
func (s *Set) Warm() bool {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	for _, use := range s.uses.used {
		if use.given[1] != [cache.Expired + 1]int{} || use.given[2] != [cache.Expired + 1]int{} {
			return false
		}
	}
	return len(s.uses.used) > 0 && len(s.uses.failed) == 0
}

// Given calls note with what the operation has used so far of each upstream operation, in any order. Note must be quick,
// and keep nothing.
func (s *Set) Given(note func(use *Use)) {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	for _, use := range s.uses.used {
		note(use)
	}
}

// Failed counts the sets of data that could not be had so far, by upstream operation; nil without any.
func (s *Set) Failed() map[string]int {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	return maps.Clone(s.uses.failed)
}
