package loaders

import (
	"cmp"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// Origin is what an operation got of one upstream operation from one place, in one state.
type Origin struct {
	// Operation is the upstream operation.
	Operation string
	// Source is where the answers came from: cache.SourceMemory, SourceRedis or SourceUpstream.
	Source string
	// State is the state of all of them.
	State cache.State
	// Oldest is when the oldest of them was fetched.
	Oldest time.Time
	// Keys counts the sets of data: 1 for one that is held as a whole.
	Keys int
	// Rests is why old data are not refreshed now; "" when they are, or are fresh.
	Rests cache.Rest
}

// originKey is what makes two answers of one origin.
type originKey struct {
	operation, source string
	state             cache.State
	rests             cache.Rest
}

// noteOrigin notes where an answer came from; the lock is held.
func (u *uses) noteOrigin(operation string, age cache.Held[struct{}], rests cache.Rest) {
	key := originKey{operation, age.Source, age.State, rests}
	origin := u.origins[key]
	if origin == nil {
		origin = &Origin{Operation: operation, Source: age.Source, State: age.State, Oldest: age.FetchedAt, Rests: rests}
		u.origins[key] = origin
	}
	origin.Keys++
	if age.FetchedAt.Before(origin.Oldest) {
		origin.Oldest = age.FetchedAt
	}
}

// Origins is where the operation's answers came from so far, by operation, source, state and rest; nil unless
// [Options.Explain] is set.
func (s *Set) Origins() []Origin {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	var origins []Origin
	for _, origin := range s.uses.origins {
		origins = append(origins, *origin)
	}
	slices.SortFunc(origins, func(a, b Origin) int {
		return cmp.Or(cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.State, b.State), cmp.Compare(a.Rests, b.Rests))
	})
	return origins
}
