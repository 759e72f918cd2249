package dataset

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// MostSnapshots bounds [Sets.Snapshots]: lists of days and ranges that a client named may be any number.
const MostSnapshots = 200

// Snapshot is a whole list that memory has of one tenant.
type Snapshot struct {
	Operation string
	// Parameters is a JSON object of what tells the list from others of its operation.
	Parameters json.RawMessage
	cache.Listed[struct{}]
}

// Snapshots are the whole lists that memory has of one tenant, by operation and parameters; of more than
// [MostSnapshots] those that were fetched last. A list without parameters comes before the others of its operation. It
// has no effect on them.
func (s *Sets) Snapshots(scope string) []Snapshot {
	all := []Snapshot{}
	for _, list := range s.listers {
		all = append(all, list(scope)...)
	}
	byName := func(a, b Snapshot) int {
		return cmp.Or(cmp.Compare(a.Operation, b.Operation),
			slices.Compare(a.Parameters[:len(a.Parameters)-1], b.Parameters[:len(b.Parameters)-1]))
	}
	slices.SortFunc(all, func(a, b Snapshot) int { return cmp.Or(b.FetchedAt.Compare(a.FetchedAt), byName(a, b)) })
	all = all[:min(len(all), MostSnapshots)]
	slices.SortFunc(all, byName)
	return all
}

// snapshots are the lists that one set has of a tenant.
func snapshots[K comparable, V any](
	set cache.Set[K, V], scope string, parameters func(K) map[string]any,
) []Snapshot {
	listed := set.List(scope)
	shown := make([]Snapshot, 0, len(listed))
	for _, l := range listed {
		named := parameters(l.Key)
		if named == nil {
			named = map[string]any{}
		}
		text, err := json.Marshal(named)
		if err != nil {
			continue // not reachable: they are texts
		}
		shown = append(shown, Snapshot{set.Operation(), text, cache.Listed[struct{}]{
			Rows: l.Rows, State: l.State, Dead: l.Dead, FetchedAt: l.FetchedAt, FreshFor: l.FreshFor,
			TriedAt: l.TriedAt, Reason: l.Reason, Refreshing: l.Refreshing,
		}})
	}
	return shown
}

// Parameters adds the ends of a span to parameters; a zero one is that of the data's own window, and adds none.
func (s Span) Parameters(of map[string]any) map[string]any {
	if s.From.IsZero() {
		return of
	}
	if of == nil {
		of = map[string]any{}
	}
	of["from"], of["to"] = s.From.UTC().Format(time.RFC3339), s.To.UTC().Format(time.RFC3339)
	return of
}
