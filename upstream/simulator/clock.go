package simulator

import (
	"slices"
	"sync/atomic"
	"time"
)

// clock is a clock that runs as its base does, from the time it was set to.
type clock struct {
	base   func() time.Time
	offset atomic.Int64 // nanoseconds ahead of the base
}

// now is the simulator's time.
func (c *clock) now() time.Time { return c.base().Add(time.Duration(c.offset.Load())) }

// set makes t the present.
func (c *clock) set(t time.Time) { c.offset.Store(int64(t.Sub(c.base()))) }

// advance moves the clock by d, which may be negative.
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// earlier is the first of two times.
func earlier(a, b time.Time) time.Time { return slices.MinFunc([]time.Time{a, b}, time.Time.Compare) }

// later is the last of two times.
func later(a, b time.Time) time.Time { return slices.MaxFunc([]time.Time{a, b}, time.Time.Compare) }

// sequence hands out 1, 2, 3 and so on.
type sequence struct{ last atomic.Uint64 }

func (s *sequence) next() uint64 { return s.last.Add(1) }
