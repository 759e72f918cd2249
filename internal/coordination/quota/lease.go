package quota

import "time"

// lease is a block of tokens that Redis has granted ahead to a fast group, so that a call costs no trip.
type lease struct {
	balance int
	used    int
	size    int // tokens to ask for, learned from use
	until   time.Duration
}

// use takes a token out of the block, if it has one and has not ended.
func (l *lease) use(now time.Duration) bool {
	if l.balance == 0 || now >= l.until {
		return false
	}
	l.balance--
	l.used++
	return true
}

// next returns how many tokens to ask for: twice the last block if it was used up, else what was used of it.
func (l *lease) next(waiting, block int) int {
	if l.balance == 0 {
		l.size *= 2
	} else {
		l.size = l.used
	}
	l.size = min(max(l.size, waiting, 1), block)
	return l.size
}

// fill sets a new block, of which rest is not used yet.
func (l *lease) fill(granted, rest int, until time.Duration) {
	l.balance, l.used, l.until = rest, granted-rest, until
}
