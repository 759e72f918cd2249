package testkit

import (
	"sync"
	"time"
)

// Clock is a clock that a test moves. It stands still between moves, unless Run lets it go on by itself.
type Clock struct {
	mu    sync.Mutex
	at    time.Time
	since time.Time // when it began to go on by itself; zero while it stands still
}

// NewClock returns a clock that stands at a time.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since.IsZero() {
		return c.at
	}
	return c.at.Add(time.Since(c.since))
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Run lets the clock go on by itself from now.
func (c *Clock) Run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since = time.Now()
}
