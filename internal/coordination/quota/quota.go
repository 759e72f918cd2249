package quota

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"time"
)

// Quota holds the groups of one replica. All methods may be called by any goroutine. Close it.
type Quota struct {
	groups map[string]*group
	notice func(Event)
	stop   context.CancelFunc
	work   sync.WaitGroup
}

// New returns a Quota of the groups and starts a goroutine for each, which Close ends. It does no input or output: a
// Redis that is down is found out, and found back, behind. The error tells a group or an option that cannot be.
func New(groups []Group, options Options) (*Quota, error) {
	if err := options.complete(); err != nil {
		return nil, err
	}
	q := &Quota{groups: make(map[string]*group, len(groups)), notice: options.OnEvent}
	member := make([]byte, 6)
	if _, err := rand.Read(member); err != nil {
		return nil, fmt.Errorf("quota: name of the member: %w", err)
	}
	for _, settings := range groups {
		if err := settings.check(); err != nil {
			return nil, err
		}
		if _, ok := q.groups[settings.Name]; ok {
			return nil, fmt.Errorf("quota: group %q: named twice", settings.Name)
		}
		q.groups[settings.Name] = newGroup(settings, options, hex.EncodeToString(member))
	}
	ctx, stop := context.WithCancel(context.Background())
	q.stop = stop
	for _, g := range q.groups {
		q.work.Go(func() { g.dispatch(ctx) })
	}
	return q, nil
}

// Take waits for one token of a group and returns how long it waited. Lane is one of the Lane
// constants; another counts as LaneBackground. It fails at once with a *RefusedError where the wait
// would outlast the deadline of ctx, with the error of ctx when that is cancelled, with ErrClosed,
// and with ErrUnknownGroup. The token is spent by the return: send then, not later.
//
// giveBack undoes that for a call of which surely nothing was sent; it does not wait, and does
// nothing the second time. It is nil where there is an error.
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

// Slow tells that the upstream itself refused a call of the group: no replica gets a token before retryAfter has passed
// (10 s where it is not positive, 120 s at most), then half the rate, which grows back by one token a minute or faster,
// to the whole within 5 minutes. Further refusals of the same moment lengthen the pause only. An unknown group is none.
func (q *Quota) Slow(ctx context.Context, name string, retryAfter time.Duration) {
	if g, ok := q.groups[name]; ok {
		g.slow(context.WithoutCancel(ctx), retryAfter)
	}
}

// State tells where a group stands, asking Redis if there is one; if it does not answer, it tells
// what this replica knows. An unknown group is the zero State.
func (q *Quota) State(ctx context.Context, name string) State {
	g, ok := q.groups[name]
	if !ok {
		return State{}
	}
	return g.state(ctx)
}

// Close ends the work behind, refuses those who wait with ErrClosed and tells Redis that this
// replica is gone. It returns when that is done. Closing twice does nothing more.
func (q *Quota) Close() {
	q.stop()
	q.work.Wait()
}
