package telemetry

import (
	"maps"
	"sync"
	"sync/atomic"
)

// children are the metrics of a vector by their labels. They are found without the vector's lock and hash, which every
// request would pay for several times. Their number is bounded as that of the labels is: words of closed lists.
type children[L comparable, M any] struct {
	of    func(labels L) M // the vector's own look-up, which always gives the same
	mu    sync.Mutex
	known atomic.Pointer[map[L]M]
}

// find is the metric of labels.
func (c *children[L, M]) find(labels L) M {
	if known := c.known.Load(); known != nil {
		if child, ok := (*known)[labels]; ok {
			return child
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	more := map[L]M{}
	if known := c.known.Load(); known != nil {
		more = maps.Clone(*known)
	}
	child := c.of(labels)
	more[labels] = child
	c.known.Store(&more)
	return child
}
