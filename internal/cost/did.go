package cost

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Did is what one operation did: calls of upstreams that were sent for it, and data that it was given. It is safe for
// concurrent use.
type Did struct {
	sent, background atomic.Int64
	waited           atomic.Int64 // nanoseconds

	mu    sync.Mutex
	given []*Given // few: in the order in which they came
}

type didKey struct{}

// WithDid has what an operation does noted.
func WithDid(ctx context.Context) (context.Context, *Did) {
	did := new(Did)
	return context.WithValue(ctx, didKey{}, did), did
}

// DidOf is what the operation of a context did so far; nil outside of one.
func DidOf(ctx context.Context) *Did {
	did, _ := ctx.Value(didKey{}).(*Did)
	return did
}

// Spent are the calls of upstreams that an operation made. Logins, which estimates leave out, do not count.
type Spent struct {
	// Calls counts requests sent for it, repeats included; Background those of refreshes that it began and did not wait
	// for, as far as they have ended with it.
	Calls, Background int
	// Waited is how long its calls waited together, for quota and room.
	Waited time.Duration
}

// Spent is what was spent so far; nothing where nothing is noted (nil).
func (d *Did) Spent() Spent {
	if d == nil {
		return Spent{}
	}
	return Spent{
		Calls: int(d.sent.Load()), Background: int(d.background.Load()), Waited: time.Duration(d.waited.Load()),
	}
}

// Note notes a set of data of an upstream operation that the operation was given, or could not be.
func (d *Did) Note(operation string, age cache.Held[struct{}], err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	given := d.of(operation)
	if err != nil || age.FetchedAt.IsZero() {
		given.Failed++
		return
	}
	if given.Oldest.IsZero() || age.FetchedAt.Before(given.Oldest) {
		given.Oldest = age.FetchedAt
	}
	tier := 0 // data that came by no loader, such as those that an event was found in, are of memory
	switch age.Source {
	case cache.SourceRedis:
		tier = 1
	case cache.SourceUpstream:
		tier = 2
	}
	given.keys[tier][age.State]++
}

// of is what was given of an upstream operation. The lock is held.
func (d *Did) of(operation string) *Given {
	for _, given := range d.given {
		if given.Operation == operation {
			return given
		}
	}
	given := &Given{Operation: operation}
	d.given = append(d.given, given)
	return given
}

// Take is what was given so far, and forgets it: each answer of a subscription has its own.
func (d *Did) Take() []*Given {
	d.mu.Lock()
	defer d.mu.Unlock()
	given := d.given
	d.given = nil
	return given
}

// Given is what an operation was given of an upstream operation.
type Given struct {
	// Operation is the upstream operation.
	Operation string
	// Oldest is when the oldest of the data were fetched; zero when there are none.
	Oldest time.Time
	// Failed counts the sets of data that could not be had.
	Failed int

	keys [3][cache.Expired + 1]int // by tier and state
}

// Each calls note for each tier and state that sets of data came from, with their number.
func (g *Given) Each(note func(tier string, state cache.State, keys int)) {
	tiers := [3]string{cache.SourceMemory, cache.SourceRedis, cache.SourceUpstream}
	for tier, states := range g.keys {
		for state, keys := range states {
			if keys > 0 {
				note(tiers[tier], cache.State(state), keys)
			}
		}
	}
}

// Warm reports whether memory had all of it.
func (g *Given) Warm() bool {
	return g.Failed == 0 && g.keys[1] == [cache.Expired + 1]int{} && g.keys[2] == [cache.Expired + 1]int{}
}

// CallObserver notes attempts for the operations whose they are; it is one of the observers of all clients.
type CallObserver struct{}

var _ rest.Observer = CallObserver{}

// Attempt implements rest.Observer.
func (CallObserver) Attempt(ctx context.Context, a rest.Attempt) {
	did := DidOf(ctx)
	if did == nil || a.System == "iam" {
		return
	}
	sent := &did.sent
	if rest.LaneFrom(ctx) == rest.LaneBackground {
		sent = &did.background
	} else {
		did.waited.Add(int64(a.Wait))
	}
	if a.Sent {
		sent.Add(1)
	}
}
