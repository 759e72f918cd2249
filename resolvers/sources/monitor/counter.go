package monitor

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	// latencyWindow is how far back the quantiles of an operation go, latencyCalls how many calls they use at most.
	latencyWindow = 5 * time.Minute
	latencyCalls  = 4096
)

// Counter counts, for each upstream operation, what this replica sent and what its caches answered. Each operation has
// a lock of its own: every attempt and cache event is counted while others read.
type Counter struct {
	now   func() time.Time
	since time.Time

	mu         sync.RWMutex
	operations map[string]*tally
	failing    map[string]failing // by system
}

// tally is what is counted of one operation.
type tally struct {
	mu              sync.Mutex
	calls, failures int
	hits, misses    int
	took            []timed // a ring of the last calls; next is where the next one goes once it is full
	next            int
}

type timed struct {
	at   time.Time
	took time.Duration
}

// NewCounter begins to count; a nil clock means time.Now.
func NewCounter(now func() time.Time) *Counter {
	if now == nil {
		now = time.Now
	}
	return &Counter{now: now, since: now().UTC().Truncate(time.Millisecond), operations: map[string]*tally{},
		failing: map[string]failing{}}
}

// of is the tally of an operation, made when first asked for.
func (m *Counter) of(operation string) *tally {
	m.mu.RLock()
	t := m.operations[operation]
	m.mu.RUnlock()
	if t != nil {
		return t
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.operations[operation] == nil {
		m.operations[operation] = &tally{}
	}
	return m.operations[operation]
}

// Attempt implements rest.Observer: it counts what was sent or found no connection, and nothing that quota or circuit
// kept back.
func (m *Counter) Attempt(_ context.Context, a rest.Attempt) {
	if !a.Counts() {
		return
	}
	now := m.now()
	m.follow(a, now)
	t := m.of(a.Operation)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls++
	if a.Kind != rest.None {
		t.failures++
	}
	if !a.Sent {
		return
	}
	if len(t.took) < latencyCalls {
		t.took = append(t.took, timed{now, a.Duration})
		return
	}
	t.took[t.next] = timed{now, a.Duration}
	t.next = (t.next + 1) % latencyCalls
}

// CacheEvent counts what a cache answered without a call, and what it could not.
func (m *Counter) CacheEvent(e cache.Event) {
	hit := e.Kind == cache.EventHit || e.Kind == cache.EventStale
	if !hit && e.Kind != cache.EventMiss {
		return // about a refresh or Redis
	}
	t := m.of(e.Operation)
	t.mu.Lock()
	defer t.mu.Unlock()
	if hit {
		t.hits += e.Count
	} else {
		t.misses += e.Count
	}
}

// fill writes the figures of an operation into its model.
func (m *Counter) fill(operation *model.UpstreamOperation) {
	from := m.now().Add(-latencyWindow)
	t := m.of(operation.Name)
	t.mu.Lock()
	operation.Calls, operation.Failures = t.calls, t.failures
	operation.CacheHits, operation.CacheMisses = t.hits, t.misses
	var took []time.Duration
	for _, call := range t.took {
		if call.at.After(from) {
			took = append(took, call.took)
		}
	}
	t.mu.Unlock()
	if asked := operation.CacheHits + operation.CacheMisses; asked > 0 {
		ratio := float64(operation.CacheHits) / float64(asked)
		operation.CacheHitRatio = &ratio
	}
	operation.Latency = quantiles(took)
}

// quantiles of durations; nil without any.
func quantiles(took []time.Duration) *model.LatencyQuantiles {
	if len(took) == 0 {
		return nil
	}
	slices.Sort(took)
	// The least duration that the share of the calls does not exceed.
	at := func(share float64) float64 {
		index := int(math.Ceil(share*float64(len(took)))) - 1
		return float64(took[max(0, index)]) / float64(time.Millisecond)
	}
	return &model.LatencyQuantiles{
		Window: latencyWindow, Calls: len(took), P50Ms: at(0.5), P90Ms: at(0.9), P99Ms: at(0.99), MaxMs: at(1),
	}
}
