package simulator

import (
	"sync"
	"time"
)

const (
	minuteCalls = 60
	secondCalls = 4000
)

// quota enforces the two documented rates as exact sliding windows: any span of a window's length, open at its start,
// has at most so many admitted arrivals. A refused arrival takes no place.
type quota struct {
	mu     sync.Mutex
	minute *slidingWindow
	second map[string]*slidingWindow // by operation
}

func newQuota() *quota {
	return &quota{
		minute: &slidingWindow{limit: minuteCalls, span: time.Minute},
		second: map[string]*slidingWindow{},
	}
}

// admit takes a place for an arrival at now, or returns how long it is until the next one is free.
func (q *quota) admit(op *operation, now time.Time) (retryAfter time.Duration, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch op.rate {
	case rateMinute:
		return q.minute.admit(now)
	case rateSecond:
		if q.second[op.id] == nil {
			q.second[op.id] = &slidingWindow{limit: secondCalls, span: time.Second}
		}
		return q.second[op.id].admit(now)
	case rateNone:
	}
	return 0, true
}

// slidingWindow is a log of arrivals, oldest first.
type slidingWindow struct {
	limit    int
	span     time.Duration
	arrivals []time.Time
}

func (w *slidingWindow) admit(now time.Time) (retryAfter time.Duration, ok bool) {
	w.prune(now)
	if len(w.arrivals) >= w.limit {
		return w.arrivals[0].Add(w.span).Sub(now), false
	}
	w.arrivals = append(w.arrivals, now)
	return 0, true
}

// prune forgets the arrivals that have left the window, and those later than now after the clock was set back.
func (w *slidingWindow) prune(now time.Time) {
	old := 0
	for old < len(w.arrivals) && !w.arrivals[old].After(now.Add(-w.span)) {
		old++
	}
	w.arrivals = w.arrivals[old:]
	for n := len(w.arrivals); n > 0 && w.arrivals[n-1].After(now); n-- {
		w.arrivals = w.arrivals[:n-1]
	}
}
