package cache

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/opsgraph/opsgraph/cache/record"
	"github.com/opsgraph/opsgraph/cache/tier"
)

// store is a [Set] without its types: entries by key, the flights that refresh them, and the tiers.
type store struct {
	Dataset[any, any, any] // without Key
	form                   record.Form

	tiers  Tiers
	memory *memory
	work   *background
	shared *tier.Tier // nil: memory only
	leased bool       // refreshes are single across replicas

	mu        sync.Mutex        // the state of entries and flights
	gathering map[string]*batch // by tenant: batches that still gather keys
	last      uint64            // the highest generation given to a fetch
	lastPurge uint64            // the highest number that is known of a purge
	purged    map[string]Purge  // the latest ones before which Redis may have data, by their names
}

// newStore makes an empty store for a dataset; form and shape are those of its records.
func newStore(d Dataset[any, any, any], form record.Form, shape string, tiers Tiers) *store {
	tiers = tiers.withDefaults()
	d.FetchTimeout = cmp.Or(d.FetchTimeout, defaultFetchTimeout)
	d.NotFoundFor = cmp.Or(d.NotFoundFor, defaultNotFoundFor)
	if d.MaxBytes == 0 && d.Alone {
		d.MaxBytes = tiers.MaxBytes
	}
	d.MaxBytes = cmp.Or(d.MaxBytes, tiers.MaxBytes/4)
	if d.CallersFault == nil {
		d.CallersFault = tiers.CallersFault
	}
	s := &store{
		Dataset: d, form: form, tiers: tiers, work: newBackground(),
		gathering: make(map[string]*batch), purged: make(map[string]Purge),
	}
	s.memory = newMemory(d.MaxBytes, func() { s.emit(s.work.ctx, Event{Kind: EventEvicted}) })
	if tiers.Redis == nil {
		return s
	}
	s.leased = d.LeaseFor > 0 && tiers.Leases != nil
	s.shared = tier.New(tier.Options{
		Redis: tiers.Redis, Environment: tiers.Environment, Operation: d.Operation, Shape: shape,
		Report: func(what tier.Incident, err error) { s.emit(s.work.ctx, Event{Kind: EventKind(what), Err: err}) },
	})
	return s
}

// Close ends the fetches under way and waits for them.
func (s *store) Close() { s.work.close() }

// changed returns a channel that is closed when memory has a newer generation, or when the entry leaves.
func (s *store) changed(at Key) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.memory.entry(at, s.tiers.Now())
	if e.changed == nil {
		e.changed = make(chan struct{})
	}
	return e.changed
}

// drop forgets keys in memory and in Redis, and discards the answers under way to either.
func (s *store) drop(ctx context.Context, keys []Key) error {
	floor := s.forget(keys)
	if s.shared == nil || len(keys) == 0 {
		return nil
	}
	ids := make([]tier.ID, len(keys))
	for i, at := range keys {
		ids[i] = s.shared.ID(at.Scope, at.Part)
	}
	if err := s.shared.Drop(ctx, ids, floor, s.lastsUnderWay()); err != nil {
		s.redisFailed(ctx, err)
		return fmt.Errorf("drop %s: %w", s.Operation, err)
	}
	return nil
}

// forget drops keys from memory. It returns the highest generation that is known of them or was given to any fetch:
// data on their way to Redis must not be stored either.
func (s *store) forget(keys []Key) (floor uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	floor = s.last
	for _, at := range keys {
		e := s.memory.find(at)
		if e == nil {
			continue
		}
		for _, f := range []*flight{e.flight.Swap(nil), e.sharing} {
			if f != nil {
				f.dropped.Store(true)
			}
		}
		s.memory.clear(e)
		e.failed.Store(nil)
		e.pause.Store(nil)
		e.emptied = false
		e.floor++ // the dropped data do not come back from Redis
		e.announce()
		floor = max(floor, e.floor)
	}
	return floor
}
