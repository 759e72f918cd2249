package identity

import (
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/opsgraph/opsgraph/internal/coordination/bounds"
)

// rates counts the requests of each caller. It is bounded: the least recently counted callers are forgotten, and begin
// anew. It never changes: others with another limit may go on with its counts.
type rates struct {
	limit rate.Limit
	burst int
	now   func() time.Time
	known *lru.Cache[string, *rate.Limiter]
	since time.Time // when it began to count by this limit
}

// newRates allows each caller perSecond requests in the long run and burst at once, and remembers that many callers.
func newRates(perSecond float64, burst, callers int, now func() time.Time) (*rates, error) {
	known, err := lru.New[string, *rate.Limiter](callers)
	if err != nil {
		return nil, fmt.Errorf("memory of callers: %w", err)
	}
	return &rates{limit: rate.Limit(perSecond), burst: burst, now: now, known: known}, nil
}

// with goes on with the counts under another limit.
func (r *rates) with(perSecond float64, burst int) *rates {
	return &rates{limit: rate.Limit(perSecond), burst: burst, now: r.now, known: r.known, since: r.now()}
}

// allow counts one request of a caller; when it is one too many, it returns how long to wait.
func (r *rates) allow(key string) (wait time.Duration, ok bool) {
	limiter, found := r.known.Get(key)
	if !found {
		limiter = rate.NewLimiter(r.limit, r.burst)
		if other, found, _ := r.known.PeekOrAdd(key, limiter); found {
			limiter = other
		}
	}
	now := r.now()
	if limiter.Limit() != r.limit || limiter.Burst() != r.burst {
		limiter.SetLimitAt(r.since, r.limit) // until then it counted by another one
		limiter.SetBurstAt(r.since, r.burst)
	}
	if limiter.AllowN(now, 1) {
		return 0, true
	}
	next := limiter.ReserveN(now, 1)
	defer next.CancelAt(now)
	return max(next.DelayFrom(now), time.Millisecond), false
}

// shared is the same limit as replicas count it together.
func (r *rates) shared(key string) bounds.Rate {
	return bounds.Rate{Name: key, PerSecond: float64(r.limit), Burst: r.burst}
}
