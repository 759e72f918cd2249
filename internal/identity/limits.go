package identity

import (
	"context"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/time/rate"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// rates counts the requests of each caller. It is bounded: the least recently counted callers are forgotten, and begin
// anew.
type rates struct {
	limit rate.Limit
	burst int
	now   func() time.Time
	known *lru.Cache[string, *rate.Limiter]
}

// newRates allows each caller perSecond requests in the long run and burst at once, and remembers that many callers.
func newRates(perSecond float64, burst, callers int, now func() time.Time) (*rates, error) {
	known, err := lru.New[string, *rate.Limiter](callers)
	if err != nil {
		return nil, fmt.Errorf("memory of callers: %w", err)
	}
	return &rates{limit: rate.Limit(perSecond), burst: burst, now: now, known: known}, nil
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
	if limiter.AllowN(now, 1) {
		return 0, true
	}
	next := limiter.ReserveN(now, 1)
	defer next.CancelAt(now)
	return max(next.DelayFrom(now), time.Millisecond), false
}

// places bounds the operations under way: of each caller, and of all together.
type places struct {
	each, all int

	mu    sync.Mutex
	taken map[string]int // by caller; none has zero
	total int
}

func newPlaces(each, all int) *places {
	return &places{each: each, all: all, taken: map[string]int{}}
}

// take returns how to leave a place, which must be done, or refuses.
func (p *places) take(key string) (leave func(), refused *gqlerror.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.taken[key] >= p.each:
		return nil, refusal.RateLimited("You have more operations under way than are allowed.", time.Second)
	case p.total >= p.all:
		return nil, refusal.Later(refusal.CodeOverloaded, "The gateway has as many operations under way as it can.",
			time.Second)
	}
	p.taken[key]++
	p.total++
	return sync.OnceFunc(func() { p.leave(key) }), nil
}

func (p *places) leave(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total--
	if p.taken[key]--; p.taken[key] == 0 {
		delete(p.taken, key)
	}
}

// Place takes a place for one more operation of the caller of a context; leave gives it back.
func (c *Callers) Place(ctx context.Context) (leave func(), refused *gqlerror.Error) {
	return c.places.take(CallerFrom(ctx).Key)
}
