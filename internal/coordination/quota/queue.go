package quota

import (
	"cmp"
	"slices"
	"time"
)

// waiter is a caller that waits for a token. Its place is the moment it came plus the head of its lane.
type waiter struct {
	lane     int
	place    time.Duration
	deadline time.Duration // never: no deadline
	result   chan served   // one value
}

// served is the end of a wait: a token or an error.
type served struct {
	token *grant
	err   error
}

// queue holds those who wait, first come first served in each lane, the lowest place first between lanes.
type queue struct {
	lanes [lanes][]*waiter
}

func (q *queue) push(w *waiter) {
	q.lanes[w.lane] = append(q.lanes[w.lane], w)
}

// remove takes w out and reports whether it was still there.
func (q *queue) remove(w *waiter) bool {
	at := slices.Index(q.lanes[w.lane], w)
	if at < 0 {
		return false
	}
	q.lanes[w.lane] = slices.Delete(q.lanes[w.lane], at, at+1)
	return true
}

// first returns who is next among the classes that are open, nil if none.
func (q *queue) first(open func(class) bool) *waiter {
	var next *waiter
	for lane, line := range q.lanes {
		if len(line) > 0 && open(classOf(lane)) && (next == nil || line[0].place < next.place) {
			next = line[0]
		}
	}
	return next
}

// length counts those who wait for a token of the class.
func (q *queue) length(c class) int {
	n := 0
	for lane, line := range q.lanes {
		if classOf(lane) == c {
			n += len(line)
		}
	}
	return n
}

func (q *queue) empty() bool { return q.length(foreground) == 0 && q.length(background) == 0 }

// ahead counts those whom a caller with that place would wait behind, of the one class or of all.
func (q *queue) ahead(place time.Duration, only func(class) bool) int {
	n := 0
	for lane, line := range q.lanes {
		if only(classOf(lane)) {
			before, _ := slices.BinarySearchFunc(line, place, func(w *waiter, at time.Duration) int {
				if w.place <= at {
					return -1
				}
				return 1
			})
			n += before
		}
	}
	return n
}

// inOrder returns all who wait in the order in which they will be served.
func (q *queue) inOrder() []*waiter {
	all := slices.Concat(q.lanes[:]...)
	slices.SortStableFunc(all, func(a, b *waiter) int { return cmp.Compare(a.place, b.place) })
	return all
}

func every(class) bool { return true }

func just(c class) func(class) bool {
	return func(other class) bool { return other == c }
}
