package dataset

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/opsgraph/opsgraph/cache"
)

// heldSet is a set of data without its types.
type heldSet interface {
	Operation() string
	Highest() uint64
	Covered(covers func(scope string) bool) bool
	Purge(ctx context.Context, order cache.Purge) (cache.Purged, error)
}

// Operations are the upstream operations whose data are held, in order.
func (s *Sets) Operations() []string {
	names := map[string]bool{}
	for _, set := range s.held {
		names[set.Operation()] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Highest is the highest number that is known of a purge of any data.
func (s *Sets) Highest() (highest uint64) {
	for _, set := range s.held {
		highest = max(highest, set.Highest())
	}
	return highest
}

// Covered reports whether memory has data of a tenant that covers reports.
func (s *Sets) Covered(covers func(scope string) bool) bool {
	return slices.ContainsFunc(s.held, func(set heldSet) bool { return set.Covered(covers) })
}

// Purge has the sets of an operation forget data, or all sets where the operation is empty; see [cache.Set.Purge]. What
// went is told by operation, without those that had nothing. The error joins those of all sets.
func (s *Sets) Purge(ctx context.Context, operation string, order cache.Purge) (map[string]cache.Purged, error) {
	purged := map[string]cache.Purged{}
	var errs []error
	for _, set := range s.held {
		if operation != "" && set.Operation() != operation {
			continue
		}
		gone, err := set.Purge(ctx, order)
		errs = append(errs, err)
		if gone != (cache.Purged{}) {
			sum := purged[set.Operation()]
			sum.Add(gone)
			purged[set.Operation()] = sum
		}
	}
	return purged, errors.Join(errs...)
}
