// Package bounds counts for all replicas together what callers do: requests in a second, and what they have under way.
// It keeps no caller out by itself: without an answer of Redis each replica goes by its own count, which its caller
// keeps. Nothing in Redis outlives what it counts by more than some seconds, so that a replica that died takes no place.
package bounds

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

const (
	// countLives is how long a replica's count stands in Redis unless it is written again.
	countLives = 15 * time.Second
	// writeEvery is the time between two writings of all counts, leastWrite that between any two.
	writeEvery = countLives / 3
	leastWrite = 50 * time.Millisecond
)

// errAway means that Redis is known to be away: asking it would only cost time.
var errAway = errors.New("bounds: redis is away")

// Bounds counts in one Redis for one environment. It is safe for concurrent use. Close it.
type Bounds struct {
	redis   *redis.Connection
	prefix  string
	replica string
	logger  *slog.Logger

	stop context.CancelFunc
	work sync.WaitGroup
	wake chan struct{}

	mu        sync.Mutex
	counts    map[string]int  // of this replica, by key; none is zero
	unwritten map[string]bool // keys whose count Redis does not know yet
	version   int             // rises with each change, so that a count that arrives late replaces no newer one
}

// New makes bounds in a Redis that should not evict; environment keeps installations that share it apart.
func New(connection *redis.Connection, environment string, logger *slog.Logger) *Bounds {
	ctx, stop := context.WithCancel(context.Background())
	b := &Bounds{
		redis: connection, prefix: "opsgraph:bounds:v1:" + environment + ":", replica: rand.Text()[:12], logger: logger,
		stop: stop, wake: make(chan struct{}, 1), counts: map[string]int{}, unwritten: map[string]bool{},
	}
	b.work.Go(func() { b.write(ctx) })
	return b
}

// Close takes this replica's counts out of Redis, as far as that answers.
func (b *Bounds) Close() {
	b.stop()
	b.work.Wait()
}

// key returns the name of a count. All those of one slot are in one slot of a Cluster.
func (b *Bounds) key(slot, kind, name string) string {
	return b.prefix + "{" + slot + "}:" + kind + ":" + name
}
