package loaders

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
)

// Use is what an operation used of one upstream operation.
type Use struct {
	// Operation is the upstream operation.
	Operation string
	// Oldest is when the oldest data used were fetched.
	Oldest time.Time
	// StaleAt is the moment at which the first of them turns stale.
	StaleAt time.Time
	// State is the worst state among them.
	State cache.State
	// Reason is why the last refresh of the data failed; nil when none did.
	Reason error
	// Truncated reports that a list was longer than what is read of it, Repeats that its pages came again; Gaps counts
	// rows that can't be used by region code.
	Truncated, Repeats bool
	Gaps               map[string]int
	// Foreign counts rows about something else than what was asked; Code came beside data and is not known as success.
	Foreign int
	Code    string
	// Cut is a sentence on what was read of a truncated list; empty where no more is known.
	Cut string
}

// Warning is something that a client should know although its fields have values.
type Warning struct {
	// Operation is the upstream operation.
	Operation string
	// Err is the failure that the answer was given in spite of.
	Err error
	// Lacks is a sentence on what the answer may lack by it.
	Lacks string
}

// uses is the one place that every answer of an operation passes.
type uses struct {
	mu       sync.Mutex
	used     []*Use // by operation, of which there are few
	warnings []Warning
	notices  []Notice
	origins  map[originKey]*Origin // nil where none are noted
	given    func(operation string, age cache.Held[struct{}], err error)
	basis    Basis
}

func (u *uses) note(operation string, age cache.Held[struct{}], rests cache.Rest, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.given != nil {
		u.given(operation, age, err)
	}
	if err != nil || age.FetchedAt.IsZero() {
		u.basis.failed(err)
		return
	}
	u.basis.add(age.Standing)
	use := u.of(operation)
	if use.Oldest.IsZero() || age.FetchedAt.Before(use.Oldest) {
		use.Oldest = age.FetchedAt
	}
	if use.StaleAt.IsZero() || age.StaleAt.Before(use.StaleAt) {
		use.StaleAt = age.StaleAt
	}
	use.State = max(use.State, age.State)
	if age.Reason != nil {
		use.Reason = age.Reason
	}
	if u.origins != nil {
		u.noteOrigin(operation, age, rests)
	}
}

// of is the use of an operation; the lock is held.
func (u *uses) of(operation string) *Use {
	for _, use := range u.used {
		if use.Operation == operation {
			return use
		}
	}
	use := &Use{Operation: operation}
	u.used = append(u.used, use)
	return use
}

// incomplete notes what a list lacks.
func (u *uses) incomplete(operation string, extent dataset.Extent) {
	if !extent.Lacks() && extent.Foreign == 0 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	use := u.of(operation)
	use.Truncated, use.Repeats = use.Truncated || extent.Truncated, use.Repeats || extent.Repeats
	use.Foreign, use.Code = use.Foreign+extent.Foreign, cmp.Or(use.Code, extent.Code)
	for _, gap := range extent.Gaps {
		if use.Gaps == nil {
			use.Gaps = map[string]int{}
		}
		use.Gaps[gap.Part] = gap.Rows
	}
}

// cut notes what of a list was read; the sentence is shown to the client.
func (u *uses) cut(operation, sentence string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	use := u.of(operation)
	use.Truncated, use.Cut = true, sentence
}

// noteReading notes what the reading of a window lacks.
func (s *Set) noteReading(operation string, reading metrics.Reading) {
	lacks := reading.Extent
	lacks.Truncated = lacks.Repeats // what the limit of pages cut off is worded below
	s.uses.incomplete(operation, lacks)
	if !reading.Truncated || reading.Repeats {
		return
	}
	of := ""
	if reading.Reported > int64(reading.Rows) {
		of = " of " + dataset.Grouped(int(reading.Reported))
	}
	s.uses.cut(operation, fmt.Sprintf("%s was cut after %d pages (%s rows)%s; figures are of the part that was read.",
		operation, reading.Pages, dataset.Grouped(reading.Rows), of))
}

// warn notes a failure by which a list may lack regions.
func (u *uses) warn(operation string, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.warnings = append(u.warnings, Warning{Operation: operation, Err: err, Lacks: "The list may lack regions."})
}

// warnOf notes a failure, with a sentence on what the answer lacks by it: once however often it is said.
func (u *uses) warnOf(operation string, err error, lacks string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !slices.ContainsFunc(u.warnings, func(w Warning) bool { return w.Operation == operation && w.Lacks == lacks }) {
		u.warnings = append(u.warnings, Warning{Operation: operation, Err: err, Lacks: lacks})
	}
}

// Uses is what the operation has used so far, by the name of the upstream operation.
func (s *Set) Uses() []Use {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	used := make([]Use, 0, len(s.uses.used))
	for _, use := range s.uses.used {
		used = append(used, *use)
	}
	slices.SortFunc(used, func(a, b Use) int { return cmp.Compare(a.Operation, b.Operation) })
	return used
}

// Warnings are the failures that answers were given in spite of, in the order of operations and sentences.
func (s *Set) Warnings() []Warning {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	return slices.SortedStableFunc(slices.Values(s.uses.warnings), func(a, b Warning) int {
		return cmp.Or(strings.Compare(a.Operation, b.Operation), strings.Compare(a.Lacks, b.Lacks))
	})
}
