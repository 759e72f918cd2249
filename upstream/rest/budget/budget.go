// Package budget bounds the retries of a client.
package budget

import (
	"cmp"
	"sync"
	"time"
)

// Settings bound the retries of a client, all operations together, so that they cannot multiply the load on an
// upstream that is already failing.
type Settings struct {
	// Ratio is the share of retries among calls; zero means 0.1.
	Ratio float64
	// Window is the time over which both are counted; zero means 2 minutes.
	Window time.Duration
	// Minimum is the number of retries that a window always has, so that a quiet gateway may retry; zero means 10,
	// negative none.
	Minimum int
}

const buckets = 12

// Budget counts calls and retries in a sliding window. The library's own budget bounds retries in flight, not their
// share.
type Budget struct {
	ratio   float64
	bucket  time.Duration
	minimum int
	now     func() time.Time

	mu     sync.Mutex
	counts [buckets]struct{ epoch, calls, retries int64 }
}

// New returns an unspent budget.
func New(cfg Settings, now func() time.Time) *Budget {
	return &Budget{
		ratio:   cmp.Or(cfg.Ratio, 0.1),
		bucket:  cmp.Or(cfg.Window, 2*time.Minute) / buckets,
		minimum: max(cmp.Or(cfg.Minimum, 10), 0),
		now:     now,
	}
}

// Call counts a call.
func (b *Budget) Call() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.current(b.epoch()).calls++
}

// Retry takes one retry, or reports that none is left.
func (b *Budget) Retry() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	epoch := b.epoch()
	var calls, retries int64
	for _, bucket := range b.counts {
		if bucket.epoch > epoch-buckets && bucket.epoch <= epoch {
			calls += bucket.calls
			retries += bucket.retries
		}
	}
	if float64(retries+1) > max(float64(calls)*b.ratio, float64(b.minimum)) {
		return false
	}
	b.current(epoch).retries++
	return true
}

func (b *Budget) epoch() int64 { return b.now().UnixNano() / int64(b.bucket) }

// current returns the bucket of epoch, emptied when it still holds an older one.
func (b *Budget) current(epoch int64) *struct{ epoch, calls, retries int64 } {
	bucket := &b.counts[epoch%buckets]
	if bucket.epoch != epoch {
		*bucket = struct{ epoch, calls, retries int64 }{epoch: epoch}
	}
	return bucket
}
