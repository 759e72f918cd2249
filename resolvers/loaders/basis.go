package loaders

import (
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
)

// mostStandings bounds the sets of data by which an answer is known to be true still: a check of more would cost as
// much as a part of the answer.
const mostStandings = 1000

// Basis is what an answer rests on beside the ages of its data: it stays true as long as nothing of it changes.
type Basis struct {
	// Standings are those of all generations that were used; nil when some have none, or when there are too many.
	Standings []*cache.Standing
	// Until is the moment at which a range of the operation means another time; zero where none does.
	Until time.Time
	// Unsettled is set when something was read that is no generation's: what the gateway remembers of its commands.
	Unsettled bool
	// Failures are those of what could not be read; a field may hide one behind what others have.
	Failures []error

	over bool // standings lack some
}

// add notes a generation that was used.
func (b *Basis) add(standing *cache.Standing) {
	switch {
	case b.over:
	case standing == nil || len(b.Standings) == mostStandings:
		b.over, b.Standings = true, nil
	default:
		b.Standings = append(b.Standings, standing)
	}
}

// failed notes a failure; nil stands for an operation that ended before its answer came.
func (b *Basis) failed(err error) {
	switch {
	case err == nil:
		b.Unsettled = true
	case len(b.Failures) < mostStandings:
		b.Failures = append(b.Failures, err)
	default:
		b.Unsettled = true
	}
}

// Basis is what the operation rests on so far.
func (s *Set) Basis() Basis {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	basis := s.uses.basis
	basis.Standings, basis.Failures = slices.Clip(basis.Standings), slices.Clip(basis.Failures)
	return basis
}

// unsettled notes that something was read that is no generation's.
func (u *uses) unsettled() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.basis.Unsettled = true
}

// moment is that of the operation, for what a range means at it; nil is no range. Of a range that moves with the moment
// an answer is true until the next whole minute: by then what is read moves too.
func (s *Set) moment(within *model.TimeRange) time.Time {
	now := s.options.Now
	if within != nil && (within.Last != nil || within.To == nil || within.To.After(now)) {
		return s.movingMoment()
	}
	return now
}

// windowMoment is moment where no range means a window that ends now.
func (s *Set) windowMoment(within *model.TimeRange) time.Time {
	if within == nil {
		return s.movingMoment()
	}
	return s.moment(within)
}

func (s *Set) movingMoment() time.Time {
	now := s.options.Now
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	s.uses.basis.Until = now.Truncate(time.Minute).Add(time.Minute)
	return now
}
