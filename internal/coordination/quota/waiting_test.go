package quota_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
)

// exhaust spends all tokens.
func exhaust(t *testing.T, q *quota.Quota, n int) {
	t.Helper()
	for range n {
		if waited, _, err := q.Take(t.Context(), "g", quota.LanePerson); err != nil || waited != 0 {
			t.Fatalf("Take: waited %v, %v; want a token at once", waited, err)
		}
	}
}

func TestLanesAreServedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, quota.Group{Name: "g", Limit: 8, Window: minute, Headroom: -1})
		exhaust(t, q, 8)
		var work sync.WaitGroup
		var mu sync.Mutex
		var order []string
		wait := func(name string, lane int) {
			work.Go(func() {
				if _, _, err := q.Take(t.Context(), "g", lane); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, name)
			})
			synctest.Wait()
		}
		// One token a second comes back, so that the order can be seen.
		pass(minute)
		for range 8 {
			exhaust(t, q, 1)
			pass(time.Second)
		}
		wait("background 1", quota.LaneBackground)
		wait("poll 1", quota.LanePoll)
		wait("person 1", quota.LanePerson)
		wait("background 2", quota.LaneBackground)
		wait("mutation 1", quota.LaneMutation)
		wait("person 2", quota.LanePerson)
		pass(10 * time.Second) // ageing: the background of before goes ahead of a person of now
		wait("person late", quota.LanePerson)
		work.Wait()
		want := []string{"mutation 1", "person 1", "person 2", "poll 1", "background 1", "background 2", "person late"}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

func TestPeopleDoNotStarveTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, quota.Group{Name: "g", Limit: 60, Window: minute, Headroom: -1})
		for range 60 {
			exhaust(t, q, 1)
			pass(time.Second)
		}
		ctx, stop := context.WithCancel(t.Context())
		var work sync.WaitGroup
		for range 3 { // three callers that always want the next token
			work.Go(func() {
				for ctx.Err() == nil {
					_, _, _ = q.Take(ctx, "g", quota.LanePerson)
				}
			})
		}
		waited, _, err := q.Take(t.Context(), "g", quota.LaneBackground)
		if err != nil || waited > 15*time.Second {
			t.Errorf("background waited %v, %v; want at most its head of 5 s and the queue", waited, err)
		}
		stop()
		work.Wait()
	})
}

func TestBackgroundBeyondItsShareStopsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, sixty)
		var work sync.WaitGroup
		for range 40 {
			work.Go(func() { _, _, _ = q.Take(t.Context(), "g", quota.LaneBackground) })
		}
		synctest.Wait()
		if s := q.State(t.Context(), "g"); s.Waiting != 10 || s.Left != 30 {
			t.Errorf("waiting %d, left %d; want 10 and 30", s.Waiting, s.Left)
		}
		exhaust(t, q, 30)
		work.Wait()
	})
}

func TestDeadlineTooSoonIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []quota.Event
		q := open(t, quota.Options{OnEvent: func(e quota.Event) { events = append(events, e) }}, sixty)
		exhaust(t, q, 60)
		pass(20 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		asked := time.Now()
		_, _, err := q.Take(ctx, "g", quota.LanePerson)
		var later interface{ RetryAfter() time.Duration }
		if !errors.As(err, &later) || later.RetryAfter() != 40*time.Second {
			t.Errorf("error %v; want one with 40 s to wait", err)
		}
		if took := time.Since(asked); took != 0 {
			t.Errorf("the refusal took %v", took)
		}
		if errors.Is(err, context.DeadlineExceeded) {
			t.Error("a refusal at once is no exceeded deadline")
		}
		if len(events) != 1 || events[0].Kind != quota.EventRefused || events[0].Wait != 40*time.Second {
			t.Errorf("events %+v", events)
		}
		ctx, cancel = context.WithTimeout(t.Context(), 41*time.Second)
		defer cancel()
		if waited, _, err := q.Take(ctx, "g", quota.LanePerson); err != nil || waited != 40*time.Second {
			t.Errorf("with time enough: waited %v, %v; want 40 s", waited, err)
		}
	})
}

func TestQueueCountsInTheEstimate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, quota.Group{Name: "g", Limit: 2, Window: minute, Headroom: -1})
		exhaust(t, q, 2)
		var work sync.WaitGroup
		for range 2 {
			work.Go(func() {
				if _, _, err := q.Take(t.Context(), "g", quota.LanePerson); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		asked := time.Now()
		_, _, err := q.Take(ctx, "g", quota.LanePerson)
		var refusal *quota.RefusedError
		if !errors.As(err, &refusal) || refusal.After != 2*minute || time.Since(asked) != 0 {
			t.Errorf("third in the queue: %v after %v; want to be refused at once for 2 min", err, time.Since(asked))
		}
		// A caller that comes later but goes first moves another one beyond its deadline, which is refused then.
		work.Wait()
	})
}

func TestOvertakenIsRefusedBeforeItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, quota.Group{Name: "g", Limit: 1, Window: minute, Headroom: -1})
		exhaust(t, q, 1)
		var work sync.WaitGroup
		asked := time.Now()
		work.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
			defer cancel()
			_, _, err := q.Take(ctx, "g", quota.LanePoll)
			var refusal *quota.RefusedError
			if !errors.As(err, &refusal) || time.Since(asked) > minute {
				t.Errorf("overtaken: %v after %v; want a refusal by the first token", err, time.Since(asked))
			}
		})
		synctest.Wait()
		if waited, _, err := q.Take(t.Context(), "g", quota.LaneMutation); err != nil || waited != minute {
			t.Errorf("mutation waited %v, %v; want the first token", waited, err)
		}
		work.Wait()
	})
}

func TestLeavingTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, quota.Group{Name: "g", Limit: 1, Window: minute, Headroom: -1})
		exhaust(t, q, 1)
		ctx, cancel := context.WithCancel(t.Context())
		var work sync.WaitGroup
		work.Go(func() {
			var refusal *quota.RefusedError
			if _, _, err := q.Take(ctx, "g", quota.LanePerson); !errors.Is(err, context.Canceled) || errors.As(err, &refusal) {
				t.Errorf("cancelled: %v; want context.Canceled", err)
			}
		})
		synctest.Wait()
		cancel()
		work.Wait()
		if waiting := q.State(t.Context(), "g").Waiting; waiting != 0 {
			t.Errorf("%d still waiting", waiting)
		}
		if waited, _, err := q.Take(t.Context(), "g", quota.LanePerson); err != nil || waited != minute {
			t.Errorf("the next waited %v, %v; want the token of the one who left", waited, err)
		}
		if _, _, err := q.Take(ctx, "g", quota.LanePerson); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before: %v", err)
		}
	})
}
