package quota

import "time"

// lease is a block of tokens of a fast group that Redis has granted ahead, so that a call costs no trip.
type lease struct {
	balance int
	used    int
	size    int // tokens to ask for, learned from use
	until   time.Duration
}

// use takes a token out of the block if there is one that is still good.
func (l *lease) use(now time.Duration) bool {
	if l.balance == 0 || now >= l.until {
		return false
	}
	l.balance--
	l.used++
	return true
}

// next is how many tokens to ask for: twice as many where the last block was used up, what was used where it was not.
func (l *lease) next(waiting, block int) int {
	if l.balance == 0 {
		l.size *= 2
	} else {
		l.size = l.used
	}
	l.size = min(max(l.size, waiting, 1), block)
	return l.size
}

// fill notes a new block, of which rest is not used yet.
func (l *lease) fill(granted, rest int, until time.Duration) {
	l.balance, l.used, l.until = rest, granted-rest, until
}
