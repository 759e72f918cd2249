package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	goredis "github.com/redis/go-redis/v9"
)

// errNoPolicy means that INFO named no eviction policy, as some managed servers do.
var errNoPolicy = errors.New("redis does not tell its maxmemory-policy")

// Evicts reports whether this Redis, or one master of a Cluster, may drop keys early, by a maxmemory-policy other than
// noeviction. Quotas and leases must not live in such a Redis. An error means that the policy could not be read.
func (c *Connection) Evicts(ctx context.Context) (bool, error) {
	cluster, ok := c.client.(*goredis.ClusterClient)
	if !ok {
		return evicts(ctx, Client(c))
	}
	var found atomic.Bool // the masters are asked at once
	err := cluster.ForEachMaster(ctx, func(ctx context.Context, master *goredis.Client) error {
		evicting, err := evicts(ctx, master)
		if evicting {
			found.Store(true)
		}
		return err
	})
	return found.Load(), err
}

// evicts reads INFO rather than CONFIG, which managed servers forbid.
func evicts(ctx context.Context, client goredis.Cmdable) (bool, error) {
	info, err := client.Info(ctx, "memory").Result()
	if err != nil {
		return false, fmt.Errorf("read maxmemory-policy: %w", err)
	}
	for line := range strings.Lines(info) {
		if policy, ok := strings.CutPrefix(strings.TrimSpace(line), "maxmemory_policy:"); ok {
			return policy != "noeviction", nil
		}
	}
	return false, errNoPolicy
}
