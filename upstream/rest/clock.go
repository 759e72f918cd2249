package rest

import (
	"net/http"
	"sync/atomic"
	"time"
)

// mostAhead bounds how far an upstream's clock is believed to be ahead: a date beyond it is no clock's.
const mostAhead = 24 * time.Hour

// remoteClock is what the dates of answers say about the clock of an upstream.
type remoteClock struct {
	ahead atomic.Int64 // nanoseconds
}

// learn reads the date of an answer that came now. One that is no valid date says nothing (QUIRKS 92).
func (r *remoteClock) learn(header http.Header, now time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	ahead := date.Sub(now)
	switch {
	case ahead > mostAhead:
	case ahead > 0:
		r.ahead.Store(int64(ahead + time.Second)) // a date has whole seconds
	default:
		r.ahead.Store(0)
	}
}

// Ahead is how far at most the upstream's clock was ahead of ours at its last answer with a date; zero when it was not,
// or there was none.
func (c *Client) Ahead() time.Duration { return time.Duration(c.clock.ahead.Load()) }
