package lease

import (
	"context"
	"fmt"
	"slices"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// ClaimEach is [Leases.Claim] for several names in one trip. The leases have the order of the claims; one with another
// holder is nil.
func (l *Leases) ClaimEach(ctx context.Context, claims []Claim, ttl time.Duration) ([]*Lease, error) {
	owner := l.newOwner()
	cmds, err := redis.RunEach(ctx, redis.Client(l.redis), acquire, len(claims), func(i int) ([]string, []any) {
		return l.claiming(claims[i], owner, ttl)
	})
	leases := make([]*Lease, len(claims))
	for i, cmd := range cmds {
		fence, failed := cmd.Uint64()
		if failed != nil {
			err = failed
			continue
		}
		leases[i] = l.granted(claims[i].Name, owner, fence)
	}
	if err != nil {
		return leases, fmt.Errorf("acquire leases: %w", err)
	}
	return leases, nil
}

// ExtendEach is [Lease.Extend] for several leases in one trip, and reports whether a query waits for one of them. Lost
// leases stay lost.
func (l *Leases) ExtendEach(ctx context.Context, leases []*Lease, ttl time.Duration) (awaited bool, err error) {
	cmds, err := redis.RunEach(ctx, redis.Client(l.redis), extend, len(leases), func(i int) ([]string, []any) {
		return leases[i].keys(), []any{leases[i].value, ttl.Milliseconds()}
	})
	if err != nil {
		return false, fmt.Errorf("extend leases: %w", err)
	}
	return slices.ContainsFunc(cmds, func(cmd *goredis.Cmd) bool {
		n, failed := cmd.Int64()
		return failed == nil && n == extendedAwaited
	}), nil
}

// ReleaseEach is [Lease.Release] for several leases in one trip. Lost leases stay lost.
func (l *Leases) ReleaseEach(ctx context.Context, leases []*Lease) error {
	_, err := redis.RunEach(ctx, redis.Client(l.redis), release, len(leases), func(i int) ([]string, []any) {
		return []string{leases[i].key}, []any{leases[i].value}
	})
	if err != nil {
		return fmt.Errorf("release leases: %w", err)
	}
	return nil
}
