package cache

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache/tier"
)

// Purge is an order to forget data: those that replicas fetched before they knew of it, whatever their clocks say. See
// [tier.Stamp].
type Purge struct {
	// Name tells the order from others; a later one of the same name takes its place.
	Name string
	// Covers reports whether the data of a tenant are meant. It is never called under a lock.
	Covers func(scope string) bool
	// Number is above those of all orders before it.
	Number uint64
	// Until is when data from before the order are dead, so that it can be forgotten.
	Until time.Time
	// Redis has what memory holds removed from Redis too.
	Redis bool
}

// Purged is what was forgotten.
type Purged struct {
	// Entries are those of memory that had data, Bytes roughly what these took; Removed those that were removed from
	// Redis.
	Entries int
	Bytes   int64
	Removed int
}

// Add adds what another set has forgotten.
func (p *Purged) Add(other Purged) {
	p.Entries += other.Entries
	p.Bytes += other.Bytes
	p.Removed += other.Removed
}

func (s *store) Highest() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastPurge
}

func (s *store) Covered(covers func(scope string) bool) bool {
	for scope, held := range s.scopes() {
		if held && covers(scope) {
			return true
		}
	}
	return false
}

// removedAtOnce is how many entries are removed from Redis in one trip.
const removedAtOnce = 500

func (s *store) Purge(ctx context.Context, order Purge) (purged Purged, err error) {
	s.learn(order) // before what is there is looked at: who fetches from here on knows of it
	covered := s.scopes()
	for scope := range covered {
		covered[scope] = order.Covers(scope)
	}
	if order.Redis && s.shared != nil {
		purged.Removed, err = s.removeOlder(ctx, order, covered)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.memory.order {
		gen := e.current.Load()
		if !covered[e.key.Scope] || gen != nil && gen.purge >= order.Number {
			continue
		}
		for _, f := range []*flight{e.flight.Swap(nil), e.sharing} {
			if f != nil {
				f.dropped.Store(true)
			}
		}
		if gen != nil {
			purged.Entries++
			purged.Bytes += gen.bytes
			s.memory.clear(e)
		}
		e.emptied = false
		e.announce()
	}
	return purged, err
}

// learn notes an order: fetches that begin from here on know of it.
func (s *store) learn(order Purge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastPurge = max(s.lastPurge, order.Number)
	s.forgetOrders()
	if s.shared != nil && s.purged[order.Name].Number < order.Number { // without Redis nothing comes back
		s.purged[order.Name] = order
	}
}

// forgetOrders forgets the orders before which nothing is left. s.mu is held.
func (s *store) forgetOrders() {
	now := s.tiers.Now()
	maps.DeleteFunc(s.purged, func(_ string, order Purge) bool { return !now.Before(order.Until) })
}

// scopes are the tenants that memory has entries of, and whether it has data of theirs.
func (s *store) scopes() map[string]bool {
	held := map[string]bool{}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.memory.order {
		held[e.key.Scope] = held[e.key.Scope] || e.current.Load() != nil
	}
	return held
}

// removeOlder removes from Redis what memory has of an order's data, of covered tenants.
func (s *store) removeOlder(ctx context.Context, order Purge, covered map[string]bool) (removed int, err error) {
	ids, floor := s.idsOlder(order, covered)
	for len(ids) > 0 {
		some := ids[:min(len(ids), removedAtOnce)]
		ids = ids[len(some):]
		if err := s.shared.Drop(ctx, some, floor, s.lastsUnderWay()); err != nil {
			s.redisFailed(ctx, err)
			return removed, fmt.Errorf("purge %s: %w", s.Operation, err)
		}
		removed += len(some)
	}
	return removed, nil
}

// idsOlder are the names in Redis of what memory has of an order's data, and the highest generation that may be on its
// way there.
func (s *store) idsOlder(order Purge, covered map[string]bool) (ids []tier.ID, floor uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	floor = s.last
	for _, e := range s.memory.order {
		if gen := e.current.Load(); gen != nil && gen.purge < order.Number && covered[e.key.Scope] {
			ids = append(ids, s.shared.ID(e.key.Scope, e.key.Part))
			floor = max(floor, e.floor)
		}
	}
	return ids, floor
}

// lastsUnderWay is how long a refresh that is under way may still last.
func (s *store) lastsUnderWay() time.Duration { return s.FetchTimeout + s.LeaseFor }

// purgedTo is the last purge that means data of a tenant: what was fetched without knowing of it is not taken.
func (s *store) purgedTo(scope string) (number uint64) {
	s.mu.Lock()
	s.forgetOrders()
	orders := slices.Collect(maps.Values(s.purged))
	s.mu.Unlock()
	for _, order := range orders {
		if order.Number > number && order.Covers(scope) {
			number = order.Number
		}
	}
	return number
}
