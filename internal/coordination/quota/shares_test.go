package quota_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
)

var minuteOfSixty = quota.Group{Name: "g", Limit: 60, Window: time.Minute}

func shares(t *testing.T, q *quota.Quota) *quota.Shares {
	t.Helper()
	s, err := quota.NewShares(q, []quota.Group{minuteOfSixty}, 0.1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// flood takes tokens for a tenant until it is refused, and returns how many it had.
func flood(t *testing.T, s *quota.Shares, tenant string) (had int, refusal *quota.RefusedError) {
	t.Helper()
	for {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, _, err := s.Take(ctx, "g", tenant, quota.LanePerson)
		cancel()
		if err == nil {
			had++
			continue
		}
		if !errors.As(err, &refusal) {
			t.Fatalf("Take: %v", err)
		}
		return had, refusal
	}
}

// TestHostile_floodOfATenant_H178 has one tenant ask two hundred times a second, and another once in ten seconds.
func TestHostile_floodOfATenant_H178(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shares(t, open(t, quota.Options{}, minuteOfSixty))
		ctx, stop := context.WithCancel(t.Context())
		var work sync.WaitGroup
		var mu sync.Mutex
		refused, served := 0, 0
		work.Go(func() {
			for ctx.Err() == nil {
				pass(5 * time.Millisecond)
				work.Go(func() {
					ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
					defer cancel()
					_, _, err := s.Take(ctx, "g", "a", quota.LanePerson)
					mu.Lock()
					defer mu.Unlock()
					if refusal, ok := errors.AsType[*quota.RefusedError](err); ok && refusal.RetryAfter() > 0 {
						refused++
					}
					if err == nil {
						served++
					}
				})
			}
		})
		for range 18 { // three minutes
			pass(10 * time.Second)
			deadline, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			if waited, _, err := s.Take(deadline, "g", "b", quota.LanePerson); err != nil || waited > 5*time.Second {
				t.Errorf("the other tenant waited %v: %v", waited, err)
			}
			cancel()
		}
		stop()
		work.Wait()
		if refused < 20_000 || served < 130 {
			t.Errorf("the flood was refused %d times and served %d times", refused, served)
		}
	})
}

func TestShareOfOneTenant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shares(t, open(t, quota.Options{}, minuteOfSixty))
		had, refusal := flood(t, s, "a")
		if had != 54 || refusal.RetryAfter() < time.Minute || refusal.RetryAfter() > 63*time.Second {
			t.Errorf("a tenant alone had %d tokens, and is to wait %v", had, refusal.RetryAfter())
		}
		if had, _ := flood(t, s, "b"); had != 6 {
			t.Errorf("a tenant that comes had %d tokens, want its floor of 6", had)
		}
		pass(63 * time.Second)
		if had, _ := flood(t, s, "a"); had != 54 {
			t.Errorf("a window later the first one had %d tokens", had)
		}
	})
}

// TestFloorsOfSeveral has two tenants flood one after the other: a third that comes still has its floor.
func TestFloorsOfSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shares(t, open(t, quota.Options{}, minuteOfSixty))
		one, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := s.Take(one, "g", "b", quota.LanePerson); err != nil {
			t.Fatal(err)
		}
		hadA, _ := flood(t, s, "a") // 60 less what b had, b's floor and one for who comes
		hadB, _ := flood(t, s, "b")
		hadC, _ := flood(t, s, "c")
		if hadA != 48 || hadB != 5 || hadC != 6 {
			t.Errorf("a had %d, b %d more, c %d", hadA, hadB, hadC)
		}
	})
}

// TestSharesOfReplicas has one tenant flood two replicas on one Redis: what is left counts over both.
func TestSharesOfReplicas(t *testing.T) {
	t.Parallel()
	both := replicas(t, startRedis(t), 2, minuteOfSixty, quota.Options{})
	settled(t, both...)
	first, second := shares(t, both[0]), shares(t, both[1])
	had, _ := flood(t, first, "a")
	more, _ := flood(t, second, "a")
	if had != 48 || more != 6 {
		t.Errorf("a had %d at one replica and %d at the other, want 48 and its floor of 6", had, more)
	}
	if rest, _ := flood(t, second, "b"); rest != 6 {
		t.Errorf("b had %d, want its floor of 6", rest)
	}
}

func TestSharesGiveBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shares(t, open(t, quota.Options{}, minuteOfSixty))
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 {
			if _, _, err := s.Take(gone, "g", "a", quota.LanePerson); !errors.Is(err, context.Canceled) {
				t.Fatalf("Take for one who has left: %v", err)
			}
		}
		if had, _ := flood(t, s, "a"); had != 54 {
			t.Errorf("after those who left the tenant had %d tokens", had)
		}
	})
}
