package quota

import (
	"math"
	"slices"
	"time"
)

// never is later than any moment.
const never = time.Duration(math.MaxInt64)

// spending is a spent token or block of tokens. Moments are counted from the start of the process.
type spending struct {
	at     time.Duration
	count  int
	class  class
	number int  // in the order of spending, from 1
	shared bool // Redis granted it
	since  time.Duration
}

// window is the exact log of the tokens spent within the last span.
type window struct {
	span   time.Duration
	log    []spending // the oldest first
	past   int        // how many of the log have left the window
	count  [classes]int
	number int
	grain  time.Duration // tokens spent this close together, without Redis, are one entry
	sealed bool          // Redis may have the last entry: nothing may be added to it
}

// expire forgets tokens that have left the window: a token spent at t is free again at t + span.
func (w *window) expire(now time.Duration) {
	for w.past < len(w.log) && w.log[w.past].at+w.span <= now {
		w.count[w.log[w.past].class] -= w.log[w.past].count
		w.past++
	}
	if w.past > 64 && w.past > len(w.log)/2 {
		w.log = w.log[:copy(w.log, w.log[w.past:])]
		w.past = 0
	}
}

func (w *window) used() int { return w.count[foreground] + w.count[background] }

func (w *window) current() []spending { return w.log[w.past:] }

// allows reports whether one more token of the class stays within the limit and the background's part of it.
func (w *window) allows(c class, limit, ofBackground int) bool {
	return w.used() < limit && (c != background || w.count[background] < ofBackground)
}

// add logs spent tokens, and returns the number of their entry.
func (w *window) add(now time.Duration, count int, c class, shared bool) int {
	w.count[c] += count
	if log := w.current(); len(log) > 0 && !shared && !w.sealed {
		last := &log[len(log)-1]
		if !last.shared && last.class == c && now-last.since < w.grain {
			last.count += count
			last.at = now // later than most of them: that errs on the safe side
			return last.number
		}
	}
	w.number++
	w.sealed = false
	w.log = append(w.log, spending{at: now, since: now, count: count, class: c, number: w.number, shared: shared})
	return w.number
}

// remove takes one token out of the entry with that number; false if that has left the window or has none left.
func (w *window) remove(number int) bool {
	at := slices.IndexFunc(w.current(), func(s spending) bool { return s.number == number })
	if at < 0 {
		return false
	}
	at += w.past
	w.count[w.log[at].class]--
	if w.log[at].count--; w.log[at].count == 0 {
		w.log = slices.Delete(w.log, at, at+1)
	}
	w.seal() // Redis may have the entry that is now the last one
	return true
}

func (w *window) seal() { w.sealed = true }

// slots returns the moments, up to depth of them, at which the next tokens of the class come, none before gate.
func (w *window) slots(c class, limit, ofBackground, depth int, gate time.Duration) []time.Duration {
	moments := make([]time.Duration, 0, depth)
	freed, freedBackground, at := 0, 0, gate
	log := w.current()
	for len(moments) < depth {
		token := len(moments) + 1
		over, overBackground := w.used()-limit, w.count[background]-ofBackground
		if freed >= over+token && (c != background || freedBackground >= overBackground+token) {
			moments = append(moments, at)
			continue
		}
		if len(log) == 0 {
			break
		}
		freed += log[0].count
		if log[0].class == background {
			freedBackground += log[0].count
		}
		at = max(at, log[0].at+w.span)
		log = log[1:]
	}
	return moments
}
