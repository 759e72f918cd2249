package lease

import (
	"context"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache/redis"
)

// AcquireEach is [Leases.Acquire] for several names in one trip. A lease that somebody else holds
// is nil in the answer, which has the order of the names.
func (l *Leases) AcquireEach(ctx context.Context, names []string, ttl time.Duration) ([]*Lease, error) {
	owner := l.newOwner()
	cmds, err := redis.RunEach(ctx, l.client, acquire, len(names), func(i int) ([]string, []any) {
		key, fenceKey := l.keys(names[i])
		return []string{key, fenceKey}, []any{owner, ttl.Milliseconds(), "0", fenceFor.Milliseconds()}
	})
	leases := make([]*Lease, len(names))
	for i, cmd := range cmds {
		fence, failed := cmd.Uint64()
		if failed != nil {
			err = failed
			continue
		}
		leases[i] = l.granted(names[i], owner, fence)
	}
	if err != nil {
		return leases, fmt.Errorf("acquire leases: %w", err)
	}
	return leases, nil
}

// ExtendEach is [Lease.Extend] for several leases in one trip. Those that are lost stay so.
func (l *Leases) ExtendEach(ctx context.Context, leases []*Lease, ttl time.Duration) error {
	_, err := redis.RunEach(ctx, l.client, extend, len(leases), func(i int) ([]string, []any) {
		return []string{leases[i].key}, []any{leases[i].value, ttl.Milliseconds()}
	})
	if err != nil {
		return fmt.Errorf("extend leases: %w", err)
	}
	return nil
}

// ReleaseEach is [Lease.Release] for several leases in one trip. Those that are lost stay so.
func (l *Leases) ReleaseEach(ctx context.Context, leases []*Lease) error {
	_, err := redis.RunEach(ctx, l.client, release, len(leases), func(i int) ([]string, []any) {
		return []string{leases[i].key}, []any{leases[i].value}
	})
	if err != nil {
		return fmt.Errorf("release leases: %w", err)
	}
	return nil
}
