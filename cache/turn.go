package cache

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/lease"
)

const (
	// firstPoll and lastPoll bound the pauses of a replica that waits for another's refresh.
	firstPoll = 15 * time.Millisecond
	lastPoll  = 100 * time.Millisecond
	// restWhileElsewhere is how long a refresh behind stays away when another replica is at it.
	restWhileElsewhere = 500 * time.Millisecond
)

// turn is the right to refresh a key. The zero value, without a lease, guards nothing: its write
// gives way by the generation alone.
type turn struct {
	lease *lease.Lease
	fence uint64
	stop  func() // ends the extending of the lease
}

// takeTurn settles which replica refreshes. nil, nil: this one, now. Else what another replica
// brought, or why nobody may refresh now.
func (s *Snapshot[R, S]) takeTurn(
	ctx context.Context, sl *slot[S], f *flight[S], t *turn,
) (*generation[S], error) {
	if s.shared == nil {
		return nil, nil
	}
	id := s.identity(sl.key)
	if current := sl.current.Load(); f.need.force && current != nil && !s.mayForce(ctx, id) {
		return current, nil
	}
	// A holder that lives ends its fetch within FetchTimeout; one that does not, loses its lease.
	patience := time.NewTimer(s.cfg.LeaseFor + s.cfg.FetchTimeout)
	defer patience.Stop()
	for pause := firstPoll; ; pause = min(2*pause, lastPoll) {
		mine := s.tryLease(ctx, sl, f, id, t)
		gen, err := s.heed(ctx, sl, f, id)
		if gen != nil || err != nil || mine {
			return gen, err
		}
		if f.waiting.Load() == 0 {
			sl.rests.Store(s.tiers.Now().Add(restWhileElsewhere).UnixNano())
			return nil, errElsewhere
		}
		wait := time.NewTimer(pause)
		select {
		case <-wait.C:
		case <-patience.C:
			wait.Stop()
			return nil, nil
		case <-ctx.Done():
			wait.Stop()
			return nil, context.Cause(ctx)
		}
	}
}

// mayForce tells whether a caller's wish for newer data counts: once in [Tiers.ForceEvery] in all replicas.
func (s *Snapshot[R, S]) mayForce(ctx context.Context, id identity) bool {
	allowed, err := s.shared.mayForce(ctx, id, s.tiers.ForceEvery)
	if err != nil {
		s.events.fail(EventRedisError, err)
		return true // this replica has its own limit
	}
	return allowed
}

// tryLease tells whether this replica may refresh the key now. Where nobody can tell, each may.
func (s *Snapshot[R, S]) tryLease(ctx context.Context, sl *slot[S], f *flight[S], id identity, t *turn) bool {
	if s.tiers.Leases == nil {
		return true
	}
	claim := lease.Claim{Name: id.name, Above: sl.known(), Awaited: f.waiting.Load() > 0}
	l, ok, err := s.tiers.Leases.Claim(ctx, claim, s.cfg.LeaseFor)
	if err != nil {
		s.events.fail(EventRedisError, err)
		return true
	}
	if ok {
		*t = turn{lease: l, fence: l.Fence(), stop: s.keep(ctx, sl, f, l)}
	}
	return ok
}

// heed looks at what other replicas did since: a newer generation, or a failure that counts for all.
func (s *Snapshot[R, S]) heed(
	ctx context.Context, sl *slot[S], f *flight[S], id identity,
) (*generation[S], error) {
	seen, err := s.shared.look(ctx, id)
	if err != nil {
		s.events.fail(EventRedisError, err)
		return nil, nil
	}
	if seen.generation > sl.known() {
		if gen := s.load(ctx, sl, f); gen != nil {
			return gen, nil
		}
	}
	if seen.failed == nil || seen.pause == 0 || seen.failed.Behind && f.waiting.Load() > 0 {
		return nil, nil
	}
	told := &failure{
		err:    s.tiers.DecodeError(seen.failed.Text),
		until:  s.tiers.Now().Add(seen.pause),
		inRow:  seen.failed.InRow,
		behind: seen.failed.Behind,
	}
	sl.failed.Store(told)
	if told.behind {
		return nil, errElsewhere // who has joined meanwhile is not bound, and looks again
	}
	return nil, told.err
}

// keep extends the lease until the refresh is written, so that a short lease serves a long fetch, and
// hears so of queries that wait in other replicas. The function that it gives ends that, and waits.
func (s *Snapshot[R, S]) keep(ctx context.Context, sl *slot[S], f *flight[S], l *lease.Lease) (stop func()) {
	return every(ctx, s.cfg.LeaseFor/3, func(ctx context.Context) {
		// A lost lease costs a second call by another replica; the fence keeps the data right.
		awaited, err := l.Extend(ctx, s.cfg.LeaseFor)
		if err != nil && ctx.Err() == nil {
			s.events.fail(EventRedisError, err)
		}
		if awaited {
			sl.mu.Lock()
			f.interest.show()
			sl.mu.Unlock()
		}
	})
}
