package quota

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// waiter is a caller that waits for a token. Its place is the moment it came plus the head of its lane.
type waiter struct {
	lane     int
	place    time.Duration
	deadline time.Duration // never: no deadline
	result   chan result   // one value
}

// result is the end of a wait: a token or an error.
type result struct {
	token *grant
	err   error
}

// queue holds the waiting callers: first come first served in each lane, the lowest place first between lanes.
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

// first returns the next caller among the open classes; nil: none.
func (q *queue) first(open func(class) bool) *waiter {
	var next *waiter
	for lane, line := range q.lanes {
		if len(line) > 0 && open(classOf(lane)) && (next == nil || line[0].place < next.place) {
			next = line[0]
		}
	}
	return next
}

// length counts the callers that wait for a token of the class.
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

// ahead counts the callers before one with that place, of some classes.
func (q *queue) ahead(place time.Duration, of func(class) bool) int {
	n := 0
	for lane, line := range q.lanes {
		if of(classOf(lane)) {
			n += sort.Search(len(line), func(i int) bool { return line[i].place > place })
		}
	}
	return n
}

// inOrder returns all waiting callers in the order in which they will be served.
func (q *queue) inOrder() []*waiter {
	all := slices.Concat(q.lanes[:]...)
	slices.SortStableFunc(all, func(a, b *waiter) int { return cmp.Compare(a.place, b.place) })
	return all
}

func every(class) bool { return true }

func just(c class) func(class) bool {
	return func(other class) bool { return other == c }
}
