package quota

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"
)

// Quota holds the groups of one replica. All methods may be called by any goroutine. Close it.
type Quota struct {
	groups      map[string]*group
	notice      func(Event)
	environment string
	stop        context.CancelFunc
	work        sync.WaitGroup
}

// New returns a Quota of the groups and starts a goroutine for each, which Close ends. It makes no call: the goroutines
// find out in the background whether Redis is down. The error is that of an impossible group or option.
func New(groups []Group, options Options) (*Quota, error) {
	if err := options.complete(); err != nil {
		return nil, err
	}
	q := &Quota{groups: make(map[string]*group, len(groups)), notice: options.OnEvent, environment: options.Environment}
	member := rand.Text()[:12]
	for _, settings := range groups {
		if err := settings.check(); err != nil {
			return nil, err
		}
		if _, ok := q.groups[settings.Name]; ok {
			return nil, fmt.Errorf("quota: group %q: named twice", settings.Name)
		}
		q.groups[settings.Name] = newGroup(settings, options, member)
	}
	ctx, stop := context.WithCancel(context.Background())
	q.stop = stop
	for _, g := range q.groups {
		q.work.Go(func() { g.dispatch(ctx) })
	}
	return q, nil
}

// Take waits for one token of a group and returns how long it waited. lane is one of the Lane constants; any other
// counts as LaneBackground. It fails at once with a *RefusedError if the wait would outlast the deadline of ctx, with
// the error of ctx when that is cancelled, with ErrClosed, and with ErrUnknownGroup. The token is spent when Take
// returns: send the call at once.
//
// giveBack gives the token back when surely nothing was sent; it does not wait, and does nothing the second time. It is
// nil when there is an error.
func (q *Quota) Take(ctx context.Context, name string, lane int) (waited time.Duration, giveBack func(), err error) {
	g, ok := q.groups[name]
	if !ok {
		return 0, nil, fmt.Errorf("quota %s: %w", name, ErrUnknownGroup)
	}
	t, waited, err := g.take(ctx, lane)
	if err != nil {
		q.refused(name, waited, err)
		return waited, nil, err
	}
	return waited, func() { g.giveBack(t) }, nil
}

// Slow notes that the upstream itself refused a call of the group: no replica gets a token before retryAfter has passed
// (10 s if it is not positive, 120 s at most), then half the rate, which grows back by one token a minute or faster, to
// the whole within 5 minutes. Further refusals of the same moment only lengthen the pause. It ignores unknown groups.
func (q *Quota) Slow(ctx context.Context, name string, retryAfter time.Duration) {
	if g, ok := q.groups[name]; ok {
		g.slow(context.WithoutCancel(ctx), retryAfter)
	}
}

// State returns the state of a group, from Redis if that answers, else as this replica knows it. An unknown group has
// the zero State.
func (q *Quota) State(ctx context.Context, name string) State {
	if g, ok := q.groups[name]; ok {
		return g.state(ctx)
	}
	return State{}
}

// Known returns the state of a group as this replica knows it, without a trip: what Redis said last is at most some two
// seconds old. An unknown group has the zero State.
func (q *Quota) Known(name string) State {
	if g, ok := q.groups[name]; ok {
		return g.known()
	}
	return State{}
}

// SetAccount has calls from now on count for another account: the upstream counts by credentials, which may be
// replaced. What this replica has spent within the window counts there, too. Without Redis it does nothing.
func (q *Quota) SetAccount(account string) {
	for name, g := range q.groups {
		if g.book != nil {
			g.enterBook(func() { g.book.open(q.environment, account, name) })
		}
	}
}

// Lost reports whether Redis is lost to a group, so that it has its local share only. It makes no call.
func (q *Quota) Lost() bool {
	for _, g := range q.groups {
		g.mu.Lock()
		away := g.contact.away
		g.mu.Unlock()
		if away {
			return true
		}
	}
	return false
}

// Close ends the work in the background, refuses waiting callers with ErrClosed, leaves the shared count and returns
// when that is done. Closing twice does nothing more.
func (q *Quota) Close() {
	q.stop()
	q.work.Wait()
}
