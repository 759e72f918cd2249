package cache

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/lease"
)

// single tells whether refreshes are single across replicas.
func (m *Many[K, R, M]) single() bool {
	return m.cfg.LeaseFor > 0 && m.shared != nil && m.tiers.Leases != nil
}

// inTurn refreshes the keys whose leases this replica gets, and follows the others until another
// replica has brought them or its lease ends. A holder that lives ends its fetch within
// FetchTimeout; after that the keys are fetched without a lease.
func (m *Many[K, R, M]) inTurn(ctx context.Context, scope string, left []*pending[K, M]) {
	patience := time.NewTimer(m.cfg.LeaseFor + m.cfg.FetchTimeout)
	defer patience.Stop()
	for pause := firstPoll; ; pause = min(2*pause, lastPoll) {
		left = m.awaited(m.refreshMine(ctx, scope, left))
		if len(left) == 0 {
			return
		}
		wait := time.NewTimer(pause)
		select {
		case <-wait.C:
			left = m.load(ctx, scope, left)
		case <-patience.C:
			wait.Stop()
			m.refresh(ctx, scope, left)
			return
		case <-ctx.Done():
			wait.Stop()
			return
		}
	}
}

// refreshMine refreshes the keys whose leases it gets, and gives those that others hold.
func (m *Many[K, R, M]) refreshMine(
	ctx context.Context, scope string, left []*pending[K, M],
) (others []*pending[K, M]) {
	if len(left) == 0 {
		return nil
	}
	claims := make([]lease.Claim, len(left))
	for i, p := range left {
		claims[i] = lease.Claim{Name: p.id.name, Awaited: p.call.waiting.Load()}
	}
	leases, err := m.tiers.Leases.ClaimEach(ctx, claims, m.cfg.LeaseFor)
	if err != nil {
		m.events.fail(EventRedisError, err)
		m.refresh(ctx, scope, left) // without Redis each replica is on its own
		return nil
	}
	var mine []*pending[K, M]
	var held []*lease.Lease
	for i, p := range left {
		if leases[i] == nil {
			others = append(others, p)
			continue
		}
		mine, held = append(mine, p), append(held, leases[i])
	}
	if len(mine) == 0 {
		return others
	}
	stop := m.extend(ctx, mine, held)
	// The last holder may have ended just before.
	m.refresh(ctx, scope, m.load(ctx, scope, mine))
	stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	if err := m.tiers.Leases.ReleaseEach(ctx, held); err != nil {
		m.events.fail(EventRedisError, err)
	}
	return others
}

// extend keeps the leases until what was fetched under them is written, and hears so of queries that
// wait in other replicas. The function that it gives ends that, and waits.
func (m *Many[K, R, M]) extend(ctx context.Context, mine []*pending[K, M], held []*lease.Lease) (stop func()) {
	return every(ctx, m.cfg.LeaseFor/3, func(ctx context.Context) {
		awaited, err := m.tiers.Leases.ExtendEach(ctx, held, m.cfg.LeaseFor)
		if err != nil && ctx.Err() == nil {
			m.events.fail(EventRedisError, err)
		}
		if awaited {
			m.mu.Lock()
			for _, p := range mine {
				p.call.interest.show()
			}
			m.mu.Unlock()
		}
	})
}

// awaited ends the calls of keys that another replica refreshes and nobody here waits for, and gives
// the rest.
func (m *Many[K, R, M]) awaited(others []*pending[K, M]) []*pending[K, M] {
	left := others[:0:0]
	until := m.tiers.Now().Add(restWhileElsewhere).UnixNano()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range others {
		if !p.settled && p.call.waiting.Load() {
			left = append(left, p)
			continue
		}
		if rec, ok := m.memory.GetIfPresent(p.at); ok {
			rec.rests.Store(until)
		}
		m.exit(p)
		p.settle(nil, errElsewhere)
	}
	return left
}

// every runs a task from time to time until stop is called, which waits for it.
func every(ctx context.Context, interval time.Duration, task func(ctx context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				task(ctx)
			}
		}
	}()
	return func() { cancel(); <-ended }
}
