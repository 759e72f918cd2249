package quota

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// shareLook is how often a tenant that must wait for its share tries again, when the moment of its next token is not
// known.
const shareLook = 250 * time.Millisecond

// Shares takes tokens for tenants that share the groups of a Quota, so that none starves another: of a scarce group
// (100 tokens a second or fewer) each tenant has a floor. Above its floor a tenant gets a token only while enough are
// left, over all replicas, for the floors of the other tenants seen within the window and of one new tenant. Otherwise
// it waits. The Quota counts all tokens.
//
// Each replica knows only its own spending of a tenant, so a tenant has its floor at each replica; as much is kept for
// a new tenant.
type Shares struct {
	quota  *Quota
	groups map[string]*shareGroup
	now    func() time.Time
}

// shareGroup counts what the tenants of one group have spent.
type shareGroup struct {
	name         string
	limit, floor int
	span         time.Duration

	mu      sync.Mutex
	log     []share        // the oldest first
	spent   map[string]int // within the span, by tenant
	pending map[string]int // asked for, by tenant
	waiting int            // sum of pending
}

type share struct {
	at     time.Time
	tenant string
}

// NewShares makes shares of the groups that q was made of. The floor is a part of each limit, between 0 and 0.5; at
// least one token. A nil clock means time.Now.
func NewShares(q *Quota, groups []Group, floor float64, now func() time.Time) (*Shares, error) {
	if floor < 0 || floor > 0.5 {
		return nil, fmt.Errorf("quota: floor %v is not between 0 and 0.5", floor)
	}
	if now == nil {
		now = time.Now
	}
	s := &Shares{quota: q, groups: map[string]*shareGroup{}, now: now}
	for _, group := range groups {
		if err := group.check(); err != nil {
			return nil, err
		}
		if float64(group.Limit)/group.Window.Seconds() > leaseAbove {
			continue
		}
		s.groups[group.Name] = &shareGroup{
			name: group.Name, limit: group.Limit, floor: max(1, int(float64(group.Limit)*floor)),
			span:  group.Window + time.Duration(float64(group.Window)*group.Headroom),
			spent: map[string]int{}, pending: map[string]int{},
		}
	}
	return s, nil
}

// Take is Quota.Take for a tenant. Tokens kept for other tenants count as spent: it fails at once with a *RefusedError
// if the tenant's own next token would come after the deadline of ctx. A token that is given back does not count as
// spent by the tenant either.
func (s *Shares) Take(
	ctx context.Context, name, tenant string, lane int,
) (waited time.Duration, giveBack func(), err error) {
	g, ok := s.groups[name]
	if !ok {
		return s.quota.Take(ctx, name, lane)
	}
	came := s.now()
	if err := s.enter(ctx, g, tenant); err != nil {
		waited := max(0, s.now().Sub(came))
		s.quota.refused(name, waited, err)
		return waited, nil, err
	}
	_, back, err := s.quota.Take(ctx, name, lane)
	now := s.now()
	waited = max(0, now.Sub(came))
	g.leave(tenant, now, err == nil)
	if err != nil {
		return waited, nil, err
	}
	return waited, sync.OnceFunc(func() {
		back()
		g.forget(share{now, tenant})
	}), nil
}

// enter waits until the tenant may ask for a token.
func (s *Shares) enter(ctx context.Context, g *shareGroup, tenant string) error {
	for {
		if err := ctx.Err(); err != nil {
			return g.gaveUp(err)
		}
		state := s.quota.State(ctx, g.name)
		now := s.now()
		next, ok := g.enter(tenant, state.Left, max(1, state.Replicas), now)
		if ok {
			return nil
		}
		pause := shareLook
		if !next.IsZero() {
			pause = max(next.Sub(now), time.Millisecond)
			if deadline, has := ctx.Deadline(); has && time.Until(deadline) < pause {
				return &RefusedError{Group: g.name, After: min(pause, cmp.Or(state.Retry, pause))}
			}
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// gaveUp returns the error of a caller whose context ended while it waited for its share.
func (g *shareGroup) gaveUp(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &RefusedError{Group: g.name, After: shareLook, Err: err}
	}
	return fmt.Errorf("quota %s: %w", g.name, err)
}

// enter notes that the tenant asks for a token, if it may while so many are left. Else it returns when the tenant's own
// next token comes; zero is not known.
func (g *shareGroup) enter(tenant string, left, replicas int, now time.Time) (next time.Time, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.expire(now)
	if g.used(tenant) < g.floor || left-g.waiting > g.owed(tenant, replicas) {
		g.pending[tenant]++
		g.waiting++
		return time.Time{}, true
	}
	for _, s := range g.log {
		if s.tenant == tenant {
			return s.at.Add(g.span), false
		}
	}
	return time.Time{}, false
}

// leave notes whether the tenant got its token.
func (g *shareGroup) leave(tenant string, now time.Time, got bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting--
	if g.pending[tenant]--; g.pending[tenant] == 0 {
		delete(g.pending, tenant)
	}
	if got {
		g.log = append(g.log, share{now, tenant})
		g.spent[tenant]++
	}
}

// forget removes an unused token, unless it has left the span.
func (g *shareGroup) forget(one share) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := slices.Index(g.log, one); at >= 0 {
		g.log = slices.Delete(g.log, at, at+1)
		g.unspend(one.tenant)
	}
}

func (g *shareGroup) unspend(tenant string) {
	if g.spent[tenant]--; g.spent[tenant] == 0 {
		delete(g.spent, tenant)
	}
}

// used counts the tokens that a tenant has spent or asks for. The lock is held.
func (g *shareGroup) used(tenant string) int { return g.spent[tenant] + g.pending[tenant] }

// owed counts the tokens that must be left to others: the rest of the floors of the tenants seen, and one floor for a
// new tenant at each replica, because the others do not know what this tenant has spent at this one. It is at most half
// of the limit, so that many small tenants do not stop each other. The lock is held.
func (g *shareGroup) owed(tenant string, replicas int) int {
	owed := g.floor * replicas
	count := func(other string) {
		if other != tenant {
			owed += max(0, g.floor-g.used(other))
		}
	}
	for other := range g.spent {
		count(other)
	}
	for other := range g.pending {
		if g.spent[other] == 0 {
			count(other)
		}
	}
	return min(owed, g.limit/2)
}

// expire forgets tokens that have left the span. The lock is held.
func (g *shareGroup) expire(now time.Time) {
	past := 0
	for past < len(g.log) && !g.log[past].at.Add(g.span).After(now) {
		g.unspend(g.log[past].tenant)
		past++
	}
	g.log = g.log[past:]
}
