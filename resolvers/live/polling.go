package live

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

const (
	// pollTimeout bounds one poll: the fetch of a list and its publication.
	pollTimeout = 30 * time.Second
	// releaseTimeout bounds the release of a lease.
	releaseTimeout = time.Second
	// pollAgain is how soon a poll that failed is tried again.
	pollAgain = time.Second
)

// poll reads a topic once and publishes what changed. It returns how long to wait before the next poll, and whether the
// topic never changes again.
type poll func(ctx context.Context) (wait time.Duration, done bool, err error)

// polling polls each topic that has followers in this process, and no other. Where replicas share a Redis the one that
// holds the topic's lease polls for all; when it dies the lease ends, and another one with followers takes over.
type polling struct {
	leases   *lease.Leases // nil where this replica polls every topic
	leaseFor time.Duration
	logger   *slog.Logger

	ctx   context.Context // the life of the sources
	stop  context.CancelFunc
	tasks sync.WaitGroup

	mu     sync.Mutex
	topics map[string]*topic
}

// topic is what is polled as one. Its callers are its followers in this process, the latest last.
type topic struct {
	name  string
	begin func() poll // whenever the lease was taken, so that nothing of an earlier time is remembered
	end   context.CancelFunc

	mu      sync.Mutex
	callers []*caller
}

func newPolling(leases *lease.Leases, leaseFor time.Duration, logger *slog.Logger) *polling {
	p := &polling{leases: leases, leaseFor: leaseFor, logger: logger, topics: map[string]*topic{}}
	p.ctx, p.stop = context.WithCancel(context.Background())
	return p
}

// close ends all polls and waits for them.
func (p *polling) close() {
	p.mu.Lock()
	p.stop()
	p.mu.Unlock()
	p.tasks.Wait()
}

// join counts one follower of a topic more; the first one starts the poll, and the last one's leave ends it.
func (p *polling) join(name string, c *caller, begin func() poll) (leave func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.topics[name]
	if t == nil {
		t = &topic{name: name, begin: begin}
		var ctx context.Context
		ctx, t.end = context.WithCancel(p.ctx)
		p.topics[name] = t
		if p.ctx.Err() == nil {
			p.tasks.Go(func() { p.keep(ctx, t) })
		}
	}
	t.mu.Lock()
	t.callers = append(t.callers, c)
	t.mu.Unlock()
	return func() { p.leave(t, c) }
}

func (p *polling) leave(t *topic, c *caller) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t.mu.Lock()
	t.callers = slices.DeleteFunc(t.callers, func(other *caller) bool { return other == c })
	left := len(t.callers)
	t.mu.Unlock()
	if left == 0 {
		t.end()
		delete(p.topics, t.name)
	}
}

// keep polls the topic while this replica holds its lease, until ctx ends. Without credentials it leaves the lease to
// another replica.
func (p *polling) keep(ctx context.Context, t *topic) {
	for ctx.Err() == nil {
		if t.pollable() {
			if held, ok := p.acquire(ctx, t); ok {
				p.pollWhileHeld(ctx, t, held)
				continue
			}
		}
		if dataset.Pause(ctx, p.leaseFor/2) != nil {
			return
		}
	}
}

// acquire takes the lease of a topic. While Redis does not answer no replica polls: changes are published afterwards.
func (p *polling) acquire(ctx context.Context, t *topic) (*lease.Lease, bool) {
	if p.leases == nil {
		return nil, true
	}
	held, ok, err := p.leases.Acquire(ctx, "live "+t.name, p.leaseFor)
	if err != nil && ctx.Err() == nil {
		p.logger.DebugContext(ctx, "lease of a live topic not known", slog.Any("error", err))
	}
	return held, ok && err == nil
}

// pollResult is how a poll ended.
type pollResult struct {
	wait     time.Duration
	done     bool
	noCaller bool // there are no credentials to poll with
}

// pollWhileHeld polls until ctx ends, the lease is lost or no caller has credentials, and releases the lease. It
// extends the lease while a poll is under way, too.
func (p *polling) pollWhileHeld(ctx context.Context, t *topic, held *lease.Lease) {
	ctx, cancel := context.WithCancel(ctx)
	results := make(chan pollResult)
	var running sync.WaitGroup
	defer func() {
		cancel()
		running.Wait()
		p.release(ctx, held)
	}()
	extend := time.NewTicker(p.leaseFor / 3)
	defer extend.Stop()
	next := time.NewTimer(0)
	defer next.Stop()
	read := t.begin()
	ours := time.Now().Add(p.leaseFor)
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
			running.Go(func() {
				result := p.once(ctx, t, read)
				select {
				case results <- result:
				case <-ctx.Done():
				}
			})
		case result := <-results:
			if result.noCaller {
				return
			}
			if !result.done {
				next.Reset(result.wait)
			}
		case <-extend.C:
			if held == nil {
				continue
			}
			asked := time.Now()
			_, err := held.Extend(ctx, p.leaseFor)
			switch {
			case err == nil:
				ours = asked.Add(p.leaseFor)
			case errors.Is(err, lease.ErrLost), time.Now().After(ours):
				return
			}
		}
	}
}

func (p *polling) release(ctx context.Context, held *lease.Lease) {
	if held == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	// A lease that can't be released ends by itself.
	if err := held.Release(ctx); err != nil && !errors.Is(err, lease.ErrLost) {
		p.logger.DebugContext(ctx, "lease of a live topic not given back", slog.Any("error", err))
	}
}
