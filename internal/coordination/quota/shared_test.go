package quota_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// replicas opens n quotas of one group on one Redis, each with a connection of its own, with hooks.
func replicas(
	t *testing.T, s *server, n int, group quota.Group, options quota.Options, hooks ...goredis.Hook,
) []*quota.Quota {
	t.Helper()
	all := make([]*quota.Quota, n)
	for i := range all {
		o := options
		client := s.client(t)
		for _, hook := range hooks {
			client.AddHook(hook)
		}
		o.Redis = redis.Over(client)
		o.Replica = fmt.Sprintf("replica-%d", i)
		all[i] = open(t, o, group)
	}
	return all
}

// settled waits until every replica has joined and knows of the others.
func settled(tb testing.TB, quotas ...*quota.Quota) {
	tb.Helper()
	testkit.Eventually(tb, "the replicas have not joined", func() bool {
		ready := 0
		for _, q := range quotas {
			if q.State(tb.Context(), "g").Coordinated {
				ready++
			}
		}
		return ready == len(quotas)
	})
}

func TestOneQuotaForAllReplicas(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name     string
		replicas int
		each     int
	}{
		{"4 replicas of 16 callers", 4, 16},
		{"64 replicas of one caller", 64, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			group := quota.Group{Name: "g", Limit: 60, Window: 3 * time.Second, Headroom: 0.05}
			log := newRecord()
			all := replicas(t, startRedis(t), c.replicas, group, quota.Options{Timeout: time.Second}, log)
			settled(t, all...)
			log.restart()
			log.run(t, 9300*time.Millisecond, c.each, all, nothing)
			log.within(t, group)
			// 60 tokens at 0, 3.15 and 6.3 s: no more than three windows' worth could be had.
			log.atLeast(t, 3*60)
			// The first window goes to the first replicas, without waiting.
			got := log.fairness(c.replicas, group.Window)
			t.Logf("fairness %.3f", got)
			if want := 0.9; got < want && log.calm() {
				t.Errorf("fairness %.3f, want %v at least: %v", got, want, log.who)
			}
		})
	}
}

// L-04: 64 members on one Redis, of which one wants four times what another wants, and all more than there is: no
// window exceeds the limit, hardly a token is left, and all have the same.
func TestDistinctDemands_L04(t *testing.T) {
	t.Parallel()
	const members = 64
	group := quota.Group{Name: "g", Limit: 120, Window: 2 * time.Second, Headroom: 0.1}
	log := newRecord()
	all := replicas(t, startRedis(t), members, group, quota.Options{Timeout: time.Second}, log)
	settled(t, all...)
	log.restart()
	log.runEach(t, 7500*time.Millisecond, func(who int) int { return 1 + who%4 }, all, nothing)
	log.within(t, group)
	log.atLeast(t, 4*120) // at 0, 2.2, 4.4 and 6.6 s
	// The first window goes to the first replicas, without waiting.
	got := log.fairness(members, group.Window)
	t.Logf("fairness %.3f", got)
	if got < 0.9 && log.calm() {
		t.Errorf("fairness %.3f, want 0.9 at least: %v", got, log.who)
	}
}

func TestAllFireAtTheEdge(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 60, Window: time.Second, Headroom: 0.1}
	log := newRecord()
	all := replicas(t, startRedis(t), 4, group, quota.Options{Timeout: time.Second}, log)
	settled(t, all...)
	log.restart()
	for _, at := range []time.Duration{900 * time.Millisecond, 1100 * time.Millisecond, 2050 * time.Millisecond} {
		log.until(at)
		var work sync.WaitGroup
		for i := range 64 {
			work.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
				defer cancel()
				if _, _, err := all[i%4].Take(ctx, "g", quota.LanePerson); err == nil {
					log.add(i % 4)
				}
			})
		}
		work.Wait()
	}
	log.within(t, group)
	if got := len(log.times); got != 2*60 && log.calm() {
		t.Errorf("%d tokens in all, want two full windows", got)
	}
}

func TestRefusalFromRedisTellsWhen(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 5, Window: 10 * time.Second}
	all := replicas(t, startRedis(t), 2, group, quota.Options{Timeout: time.Second})
	settled(t, all...)
	for range 5 {
		if _, _, err := all[0].Take(t.Context(), "g", quota.LanePerson); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	asked := time.Now()
	_, _, err := all[1].Take(ctx, "g", quota.LanePerson)
	var refusal *quota.RefusedError
	if !errors.As(err, &refusal) || refusal.After < 9*time.Second || refusal.After > 11*time.Second {
		t.Errorf("error %v; want a refusal for some 10 s", err)
	}
	if took := time.Since(asked); took > time.Second {
		t.Errorf("the refusal took %v, want at once", took)
	}
	if s := all[1].State(t.Context(), "g"); s.Left != 0 || !s.Coordinated || s.Effective != 5 {
		t.Errorf("state %+v; want nothing left of 5, coordinated", s)
	}
}

func TestBackgroundShareCountsAllReplicas(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 20, Window: 30 * time.Second}
	all := replicas(t, startRedis(t), 2, group, quota.Options{Timeout: time.Second})
	settled(t, all...)
	got := map[int]int{}
	for _, lane := range []int{quota.LaneBackground, quota.LanePerson} {
		for i := range 20 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if _, _, err := all[i%2].Take(ctx, "g", lane); err == nil {
				got[lane]++
			}
			cancel()
		}
	}
	if got[quota.LaneBackground] != 10 || got[quota.LanePerson] != 10 {
		t.Errorf("background %d, people %d; want 10 each", got[quota.LaneBackground], got[quota.LanePerson])
	}
}

func TestLanesWithRedis(t *testing.T) {
	t.Parallel()
	// Slow trips spread the moments at which callers are served.
	group := quota.Group{Name: "g", Limit: 60, Window: time.Minute}
	q := replicas(t, startRedis(t), 1, group, quota.Options{Timeout: time.Second}, slowTrips(20*time.Millisecond))[0]
	settled(t, q)
	q.Slow(t.Context(), "g", time.Second)
	var work sync.WaitGroup
	var mu sync.Mutex
	var order []int
	for _, lane := range []int{quota.LaneBackground, quota.LanePoll, quota.LanePerson, quota.LaneMutation} {
		work.Go(func() {
			if _, _, err := q.Take(t.Context(), "g", lane); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			order = append(order, lane)
		})
		pass(20 * time.Millisecond)
	}
	work.Wait()
	want := []int{quota.LaneMutation, quota.LanePerson, quota.LanePoll, quota.LaneBackground}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("order of lanes (-want +got):\n%s", diff)
	}
}

// slowTrips is a hook that makes every command take so much longer.
type slowTrips time.Duration

func (s slowTrips) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (s slowTrips) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		pass(time.Duration(s))
		return next(ctx, cmd)
	}
}

func (s slowTrips) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

// spend takes tokens, waiting for each.
func spend(t *testing.T, q *quota.Quota, n int) {
	t.Helper()
	for range n {
		if _, _, err := q.Take(t.Context(), "g", quota.LanePerson); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSlowHoldsForAllReplicas(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 60, Window: time.Minute}
	all := replicas(t, startRedis(t), 2, group, quota.Options{Timeout: time.Second})
	settled(t, all...)
	for _, q := range all {
		q.Slow(t.Context(), "g", time.Second)
	}
	for all[1].State(t.Context(), "g").Left > 0 {
		pass(time.Millisecond)
	}
	asked := time.Now()
	if _, _, err := all[1].Take(t.Context(), "g", quota.LanePerson); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(asked); took < 500*time.Millisecond || took > 3*time.Second {
		t.Errorf("the other replica waited %v, want the pause of 1 s", took)
	}
	all[0].Slow(t.Context(), "g", 100*time.Millisecond) // of the same moment still
	for all[1].State(t.Context(), "g").Left > 0 {
		pass(time.Millisecond)
	}
	pass(200 * time.Millisecond)
	for i, q := range all {
		if s := q.State(t.Context(), "g"); s.Effective < 30 || s.Effective > 31 || s.Left != 29 {
			t.Errorf("replica %d: %+v; want half the rate, cut once, and 29 left", i, s)
		}
	}
}

func TestReplicaThatLeavesKeepsNothing(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 60, Window: time.Minute}
	s := startRedis(t)
	all := replicas(t, s, 2, group, quota.Options{Timeout: time.Second, Heartbeat: 200 * time.Millisecond})
	settled(t, all...)
	if _, _, err := all[1].Take(t.Context(), "g", quota.LanePerson); err != nil {
		t.Fatal(err)
	}
	all[1].Close()
	pass(400 * time.Millisecond)
	if got := all[0].State(t.Context(), "g"); got.Effective != 60 || got.Left != 59 {
		t.Errorf("%+v; want the whole limit, and the token that the other spent still counted", got)
	}
}
