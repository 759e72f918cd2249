package cache

import "time"

// Listed is one entry of a set, as [Set.List] shows it.
type Listed[K comparable] struct {
	Key K
	// Rows is how many rows the entry has; -1 where that is not counted, or the upstream has no such thing.
	Rows int
	// State is that of the data; Dead is set when they are not answered any more.
	State State
	Dead  bool
	// FetchedAt is when they were fetched, FreshFor how long they count as fresh from then on, less the jitter.
	FetchedAt time.Time
	FreshFor  time.Duration
	// TriedAt is when the last refresh was begun, or refused before it was sent; Reason is why it failed, nil when it did
	// not.
	TriedAt time.Time
	Reason  error
	// Refreshing reports that a refresh is under way, here or by another replica.
	Refreshing bool
}

func (s *set[K, V]) List(scope string) []Listed[K] {
	held := s.list(scope)
	listed := make([]Listed[K], len(held))
	for i, of := range held {
		listed[i] = Listed[K]{
			Key: of.Key.(K), Rows: of.Rows, State: of.State, Dead: of.Dead, FetchedAt: of.FetchedAt,
			FreshFor: of.FreshFor, TriedAt: of.TriedAt, Reason: of.Reason, Refreshing: of.Refreshing,
		}
	}
	return listed
}

func (s *store) list(scope string) (held []Listed[any]) {
	now := s.tiers.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.memory.order {
		gen := e.current.Load()
		if e.key.Scope != scope || gen == nil {
			continue
		}
		of := Listed[any]{
			Key: e.of, Rows: gen.rows, FetchedAt: gen.life.fetchedAt, FreshFor: s.Ages.Fresh, TriedAt: gen.life.fetchedAt,
			Refreshing: e.flight.Load() != nil || e.resting(now).why == RestElsewhere,
		}
		state, alive := gen.life.state(now)
		if of.State, of.Dead = state, !alive; e.wanting.Load().covers(gen) {
			of.State = Expired
		}
		if f := e.failed.Load(); f != nil {
			of.Reason = f.err
			if f.at.After(of.TriedAt) {
				of.TriedAt = f.at
			}
		}
		held = append(held, of)
	}
	return held
}
