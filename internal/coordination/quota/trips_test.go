package quota_test

import (
	"context"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

func TestFastGroupLeasesBlocks(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 4000, Window: time.Second, Headroom: 0.05}
	log := newRecord()
	var trips counter
	all := replicas(t, startRedis(t), 4, group, quota.Options{Timeout: time.Second}, log, &trips)
	settled(t, all...)
	trips.reset()
	log.restart()
	log.run(t, 4200*time.Millisecond, 16, all, nothing)
	log.within(t, group)
	log.atLeast(t, 4*4000)
	if n, got := trips.count(), len(log.times); n > got/10 {
		t.Errorf("%d trips to Redis for %d tokens", n, got)
	}
}

// counter counts commands.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (c *counter) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		c.mu.Lock()
		c.n++
		c.mu.Unlock()
		return next(ctx, cmd)
	}
}

func (c *counter) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

func (c *counter) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n = 0
}

func (c *counter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func TestOneTripForAToken(t *testing.T) {
	t.Parallel()
	var trips counter
	client := startRedis(t).client(t)
	client.AddHook(&trips)
	q := open(t, quota.Options{Redis: redis.Over(client), Timeout: time.Second, Heartbeat: time.Hour},
		quota.Group{Name: "g", Limit: 60, Window: time.Minute})
	settled(t, q)
	trips.reset()
	for range 20 {
		if _, _, err := q.Take(t.Context(), "g", quota.LanePerson); err != nil {
			t.Fatal(err)
		}
	}
	if got := trips.count(); got != 20 {
		t.Errorf("%d trips for 20 tokens", got)
	}
}
