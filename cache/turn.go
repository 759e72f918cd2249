package cache

import (
	"cmp"
	"context"
	"time"

	"github.com/opsgraph/opsgraph/cache/tier"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
)

const (
	// firstPoll and lastPoll bound the pauses of a replica that waits for another's refresh.
	firstPoll = 15 * time.Millisecond
	lastPoll  = 100 * time.Millisecond
	// restWhileElsewhere is how long a key rests while another replica refreshes it.
	restWhileElsewhere = 500 * time.Millisecond
	// releaseTimeout bounds the release of leases, also while closing.
	releaseTimeout = 200 * time.Millisecond
)

// allowed ends the flights whose callers may not force a refresh now, because all replicas together may do so once in
// [Tiers.ForceEvery]. It returns the others.
func (s *store) allowed(ctx context.Context, flights []*flight) (left []*flight) {
	var forced []*flight
	for _, f := range flights {
		if f.forced && f.entry.current.Load() != nil {
			forced = append(forced, f)
		} else {
			left = append(left, f)
		}
	}
	if len(forced) == 0 {
		return left
	}
	may, err := s.shared.MayForce(ctx, idsOf(forced), s.tiers.ForceEvery)
	s.redisFailed(ctx, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range forced {
		if gen := f.entry.current.Load(); may[i] || gen == nil || f.entry.wanting.Load().covers(gen) {
			left = append(left, f)
		} else {
			f.end(gen, SourceMemory, nil)
		}
	}
	return left
}

// inTurn refreshes the keys whose leases this replica gets, and follows the others until another replica has refreshed
// them or its lease ends. A living holder ends its fetch within FetchTimeout; later the keys are fetched without a
// lease.
func (s *store) inTurn(ctx context.Context, left []*flight) {
	patience := time.After(s.LeaseFor + s.FetchTimeout)
	for pause := firstPoll; len(left) > 0; pause = min(2*pause, lastPoll) {
		if left = s.endUnawaited(s.refreshMine(ctx, left)); len(left) == 0 {
			return
		}
		select {
		case <-time.After(pause):
		case <-patience:
			s.refresh(ctx, left)
			return
		case <-ctx.Done():
			return
		}
	}
}

// refreshMine refreshes the keys whose leases it gets, and returns those that other replicas hold. When Redis can't be
// asked, each replica refreshes.
func (s *store) refreshMine(ctx context.Context, flights []*flight) (others []*flight) {
	leases, err := s.tiers.Leases.ClaimEach(ctx, s.claims(flights), s.LeaseFor)
	s.redisFailed(ctx, err)
	var held []*lease.Lease
	for i, f := range flights {
		if f.lease = leases[i]; f.lease != nil {
			held = append(held, f.lease)
		}
		f.mine = f.lease != nil || err != nil
	}
	if len(held) > 0 {
		stop := s.extend(ctx, flights, held)
		defer s.release(ctx, held, stop)
	}
	var mine []*flight
	for _, f := range s.follow(ctx, flights) {
		if f.mine {
			mine = append(mine, f)
		} else {
			others = append(others, f)
		}
	}
	s.refresh(ctx, mine)
	return others
}

func (s *store) claims(flights []*flight) []lease.Claim {
	s.mu.Lock()
	defer s.mu.Unlock()
	claims := make([]lease.Claim, len(flights))
	for i, f := range flights {
		claims[i] = lease.Claim{Name: f.id.Name, Above: f.entry.highest(), Awaited: f.awaited()}
	}
	return claims
}

// extend keeps leases until the data fetched under them are written, so that a short lease serves a long fetch. It also
// learns of queries that wait in other replicas. stop ends it, and waits.
func (s *store) extend(ctx context.Context, flights []*flight, held []*lease.Lease) (stop func()) {
	return every(ctx, s.LeaseFor/3, func(ctx context.Context) {
		// A lost lease costs a second fetch by another replica; the fence keeps the data right.
		awaited, err := s.tiers.Leases.ExtendEach(ctx, held, s.LeaseFor)
		if err != nil && ctx.Err() == nil {
			s.redisFailed(ctx, err)
		}
		if awaited {
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, f := range flights {
				if f.mine {
					f.interest.show()
				}
			}
		}
	})
}

// release stops extending leases and gives them back.
func (s *store) release(ctx context.Context, held []*lease.Lease, stop func()) {
	stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	s.redisFailed(ctx, s.tiers.Leases.ReleaseEach(ctx, held))
}

// follow looks for newer generations or failures of other replicas. It ends those flights, and returns the others.
func (s *store) follow(ctx context.Context, flights []*flight) (left []*flight) {
	all, err := s.shared.Summaries(ctx, idsOf(flights))
	if err != nil {
		s.redisFailed(ctx, err)
		return flights
	}
	var newer []*flight
	s.mu.Lock()
	for i, f := range flights {
		if all[i].Generation > f.entry.floor {
			newer = append(newer, f)
		}
	}
	s.mu.Unlock()
	if len(newer) > 0 {
		s.load(ctx, newer)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range flights {
		if !f.over && !s.failedElsewhere(ctx, f, &all[i]) {
			left = append(left, f)
		}
	}
	return left
}

// failedElsewhere ends a flight whose refresh failed in another replica a moment ago, and reports it. s.mu is held.
func (s *store) failedElsewhere(ctx context.Context, f *flight, seen *tier.Summary) bool {
	mark := seen.Mark
	if mark == nil || seen.Pause == 0 || mark.Background && f.awaited() {
		return false
	}
	now := s.tiers.Now()
	failed := &failure{
		pause: pause{until: now.Add(seen.Pause), why: cmp.Or(Rest(mark.Rest), RestFailed)}, at: now.Add(-seen.Age),
		err: s.tiers.DecodeError(mark.Text, seen.Age), inRow: mark.InRow, background: mark.Background,
	}
	f.entry.troubled(failed)
	s.rested(ctx, f.entry, failed.pause)
	if failed.background {
		f.end(nil, "", errElsewhere) // the failure does not bind a caller that joined meanwhile: it tries again
	} else {
		f.end(nil, "", failed.err)
	}
	return true
}

// endUnawaited ends the flights that another replica refreshes and no caller in this process waits for, and returns the
// others.
func (s *store) endUnawaited(others []*flight) (left []*flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	elsewhere := &pause{until: s.tiers.Now().Add(restWhileElsewhere), why: RestElsewhere}
	for _, f := range others {
		if f.awaited() {
			left = append(left, f)
			continue
		}
		f.entry.pause.Store(elsewhere)
		s.rested(s.work.ctx, f.entry, *elsewhere)
		f.end(nil, "", errElsewhere)
	}
	return left
}
