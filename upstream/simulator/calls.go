package simulator

import (
	"sync"
	"time"
)

// sharedQuota is the name under which the arrivals of all 60-a-minute operations are counted together.
const sharedQuota = "60-a-minute"

// callCount counts the calls of one operation.
type callCount struct {
	Calls    int `json:"calls"`    // arrivals, refused ones too
	Refused  int `json:"refused"`  // arrivals beyond the quota, answered 429
	MaxIn60s int `json:"maxIn60s"` // most arrivals in any 60 seconds of the simulator's clock

	recent []time.Time
}

// callCounts counts calls by operation.
type callCounts struct {
	mu   sync.Mutex
	byOp map[string]*callCount
}

func newCallCounts() *callCounts { return &callCounts{byOp: map[string]*callCount{}} }

// arrived counts one call.
func (c *callCounts) arrived(op *operation, now time.Time, refused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count(op.id).arrived(now, refused)
	if op.rate == rateMinute {
		c.count(sharedQuota).arrived(now, refused)
	}
}

func (c *callCounts) count(name string) *callCount {
	if c.byOp[name] == nil {
		c.byOp[name] = &callCount{}
	}
	return c.byOp[name]
}

func (c *callCount) arrived(now time.Time, refused bool) {
	c.Calls++
	if refused {
		c.Refused++
	}
	old := 0
	for old < len(c.recent) && !c.recent[old].After(now.Add(-time.Minute)) {
		old++
	}
	c.recent = append(c.recent[old:], now)
	c.MaxIn60s = max(c.MaxIn60s, len(c.recent))
}

// totals is the number of calls by operation.
func (c *callCounts) totals() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	totals := make(map[string]int, len(c.byOp))
	for name, count := range c.byOp {
		if name != sharedQuota {
			totals[name] = count.Calls
		}
	}
	return totals
}

// details is all that was counted, by operation and for the shared quota.
func (c *callCounts) details() map[string]callCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	details := make(map[string]callCount, len(c.byOp))
	for name, count := range c.byOp {
		details[name] = callCount{Calls: count.Calls, Refused: count.Refused, MaxIn60s: count.MaxIn60s}
	}
	return details
}

// reset forgets all counts.
func (c *callCounts) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byOp = map[string]*callCount{}
}
