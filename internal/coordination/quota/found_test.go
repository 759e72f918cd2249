package quota_test

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// refusedWhileLost takes until a token is refused because Redis is lost.
func refusedWhileLost(
	t *testing.T, q *quota.Quota, take func(ctx context.Context) (time.Duration, func(), error),
) (refusal *quota.RefusedError) {
	t.Helper()
	testkit.Eventually(t, "no refusal while Redis is lost", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		_, _, err := take(ctx)
		return errors.As(err, &refusal) && !q.State(t.Context(), "g").Coordinated
	})
	return refusal
}

// A refusal that came from a lost Redis lasts until that is tried again, not until the own share opens, and there are
// tokens as soon as Redis is back. A heartbeat is 3 s, so a lost Redis is tried each second; the share opens after 63
// s.
func TestFound_C6_RefusalsEndWhenRedisIsBack(t *testing.T) {
	t.Parallel()
	const soon = 2 * time.Second
	for name, lane := range map[string]int{"a query": quota.LanePerson, "the background": quota.LaneBackground} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startRedis(t)
			o := hasty(&events{})
			o.Heartbeat = 3 * time.Second
			q := replicas(t, s, 1, minuteOfSixty, o)[0]
			settled(t, q)
			take := func(ctx context.Context) (time.Duration, func(), error) { return q.Take(ctx, "g", lane) }
			s.signal(t, syscall.SIGSTOP)
			if refusal := refusedWhileLost(t, q, take); refusal.After > soon {
				t.Errorf("refused for %v, want until Redis is tried again", refusal.After)
			}
			s.signal(t, syscall.SIGCONT)
			testkit.Within(t, 10*time.Second, "a token of the shared quota", func() bool {
				ctx, cancel := context.WithTimeout(t.Context(), soon)
				defer cancel()
				_, _, err := take(ctx)
				return err == nil
			})
		})
	}
}

// A tenant above its floor, whose own next token comes after a minute, is refused no longer than that either.
func TestFound_C6_RefusalsOfATenantEndWhenRedisIsBack(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	o := hasty(&events{})
	o.Heartbeat = 3 * time.Second
	q := replicas(t, s, 1, minuteOfSixty, o)[0]
	settled(t, q)
	tenants := shares(t, q)
	take := func(ctx context.Context) (time.Duration, func(), error) {
		return tenants.Take(ctx, "g", "a", quota.LanePerson)
	}
	for range 10 { // its floor is 6
		if _, _, err := take(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.signal(t, syscall.SIGSTOP)
	if refusal := refusedWhileLost(t, q, take); refusal.After > 2*time.Second {
		t.Errorf("refused for %v, want until Redis is tried again", refusal.After)
	}
	s.signal(t, syscall.SIGCONT)
}
