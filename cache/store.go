package cache

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/opsgraph/opsgraph/cache/tier"
)

// store is a [Set] without its types: entries by key, the flights that refresh them, and the tiers they come from.
type store struct {
	Dataset[any, any, any] // but for Key
	decode                 func(plain []byte) (record any, err error)

	tiers  Tiers
	memory *memory
	work   *background
	shared *tier.Tier // nil: memory only
	leased bool       // refreshes are single across replicas

	mu        sync.Mutex        // the state of entries and flights
	gathering map[string]*batch // by tenant: about to be refreshed in the background
	last      uint64            // the highest generation given to a fetch
}

// newStore makes an empty store for a dataset of records that have that shape.
func newStore(d Dataset[any, any, any], shape string, tiers Tiers) (*store, error) {
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
	s := &store{Dataset: d, tiers: tiers, work: newBackground(), gathering: make(map[string]*batch)}
	s.memory = newMemory(d.MaxBytes, func() { s.emit(Event{Kind: EventEvicted}) })
	if tiers.Redis == nil {
		return s, nil
	}
	s.leased = d.LeaseFor > 0 && tiers.Leases != nil
	var err error
	s.shared, err = tier.New(tier.Options{
		Redis: tiers.Redis, Environment: tiers.Environment, Operation: d.Operation, Shape: shape,
		Report: func(what tier.Incident, err error) { s.emit(Event{Kind: EventKind(what), Err: err}) },
	})
	return s, err
}

// changed returns a channel that is closed when a newer generation is in memory, or when the entry leaves.
func (s *store) changed(at Key) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.memory.entry(at, s.tiers.Now())
	if e.news == nil {
		e.news = make(chan struct{})
	}
	return e.news
}

// drop forgets keys in memory and in Redis, and whatever is under way to either.
func (s *store) drop(ctx context.Context, keys []Key) error {
	floor := s.forget(keys)
	if s.shared == nil || len(keys) == 0 {
		return nil
	}
	ids := make([]tier.ID, len(keys))
	for i, at := range keys {
		ids[i] = s.shared.ID(at.Scope, at.Part)
	}
	longest := s.FetchTimeout + s.LeaseFor // what a refresh under way may still last
	if err := s.shared.Drop(ctx, ids, floor, longest); err != nil {
		s.redisFailed(err)
		return fmt.Errorf("drop %s: %w", s.Operation, err)
	}
	return nil
}

// forget drops keys from memory. It returns the highest generation known of them, or given to any fetch so far: also
// what is on its way to Redis now must not arrive.
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
		e.floor++ // what was dropped does not come back from Redis either
		e.announce()
		floor = max(floor, e.floor)
	}
	return floor
}
