package monitor

import (
	"cmp"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	// failingAfter is how many calls in a row get no answer before a system counts as failing.
	failingAfter = 2
	// failingFor is how long that counts without another attempt: the system may be well again.
	failingFor = 10 * time.Minute
)

// Failure is a system whose last calls got no answer.
type Failure struct {
	// System is the system, Operation the operation of the last attempt, Kind what became of it.
	System, Operation string
	Kind              rest.Kind
}

// failing is what is known of a system whose calls get no answer.
type failing struct {
	last  Failure
	inRow int
	at    time.Time // of the last attempt
}

// follow notes how an attempt went: any answer but a 5xx shows that the system is there.
func (m *Counter) follow(a rest.Attempt, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch a.Kind {
	case rest.Canceled:
	case rest.Timeout, rest.Unavailable:
		m.failing[a.System] = failing{
			last:  Failure{System: a.System, Operation: a.Operation, Kind: a.Kind},
			inRow: m.failing[a.System].inRow + 1, at: now,
		}
	default:
		delete(m.failing, a.System)
	}
}

// Failing returns the systems whose last calls, two or more, got no answer, as far as this replica has tried.
func (m *Counter) Failing() []Failure {
	now := m.now()
	m.mu.RLock()
	defer m.mu.RUnlock()
	var all []Failure
	for _, f := range m.failing {
		if f.inRow >= failingAfter && now.Sub(f.at) < failingFor {
			all = append(all, f.last)
		}
	}
	slices.SortFunc(all, func(a, b Failure) int { return cmp.Compare(a.System, b.System) })
	return all
}
