package cache

import (
	"context"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache/tier"
)

// Purge is an order to forget data.
type Purge struct {
	// Name tells the order from others; a later one of the same name takes its place.
	Name string
	// Covers reports whether the data of a tenant are meant.
	Covers func(scope string) bool
	// Generation is the first that is not meant: older ones go, and are taken no more from Redis. See [Set.Highest].
	Generation uint64
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

// Purge forgets the data that an order means, and discards the answers of fetches under way. It begins no fetch, and
// pauses after failures go on. The error is that of Redis, which then has some of the data still: nobody takes them.
func (s *Set[K, V]) Purge(ctx context.Context, order Purge) (Purged, error) {
	return s.store.purge(ctx, order)
}

// Highest is the highest generation that is known of any data: an order with one above it means all that there is.
func (s *Set[K, V]) Highest() uint64 { return s.store.highest() }

// Covered reports whether memory has an entry of a tenant that covers reports.
func (s *Set[K, V]) Covered(covers func(scope string) bool) bool { return s.store.covered(covers) }

// removedAtOnce is how many entries are removed from Redis in one trip.
const removedAtOnce = 500

func (s *store) purge(ctx context.Context, order Purge) (purged Purged, err error) {
	if order.Redis && s.shared != nil {
		purged.Removed, err = s.removeOlder(ctx, order)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.purged == nil {
		s.purged = map[string]Purge{}
	}
	if s.purged[order.Name].Generation > order.Generation {
		return purged, err
	}
	s.purged[order.Name] = order
	for _, e := range s.memory.order {
		gen := e.current.Load()
		if !order.Covers(e.key.Scope) || gen != nil && gen.number >= order.Generation {
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
		e.floor = max(e.floor, order.Generation)
		e.announce()
	}
	return purged, err
}

// removeOlder removes from Redis what memory has of an order's data.
func (s *store) removeOlder(ctx context.Context, order Purge) (removed int, err error) {
	ids := s.idsOlder(order)
	for len(ids) > 0 {
		some := ids[:min(len(ids), removedAtOnce)]
		ids = ids[len(some):]
		if err := s.shared.Drop(ctx, some, order.Generation, s.lastsUnderWay()); err != nil {
			s.redisFailed(ctx, err)
			return removed, fmt.Errorf("purge %s: %w", s.Operation, err)
		}
		removed += len(some)
	}
	return removed, nil
}

func (s *store) idsOlder(order Purge) (ids []tier.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.memory.order {
		if gen := e.current.Load(); gen != nil && gen.number < order.Generation && order.Covers(e.key.Scope) {
			ids = append(ids, s.shared.ID(e.key.Scope, e.key.Part))
		}
	}
	return ids
}

// lastsUnderWay is how long a refresh that is under way may still last.
func (s *store) lastsUnderWay() time.Duration { return s.FetchTimeout + s.LeaseFor }

// purgedTo is the generation below which nothing of a tenant is taken. s.mu is held.
func (s *store) purgedTo(scope string) (generation uint64) {
	for _, order := range s.purged {
		if order.Generation > generation && order.Covers(scope) {
			generation = order.Generation
		}
	}
	return generation
}

func (s *store) highest() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	highest := s.last
	for _, e := range s.memory.order {
		highest = max(highest, e.highest())
	}
	return highest
}

func (s *store) covered(covers func(scope string) bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.memory.order {
		if e.current.Load() != nil && covers(e.key.Scope) {
			return true
		}
	}
	return false
}
