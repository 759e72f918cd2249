package rest_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// peoplesQuota has tokens for people and none for the background, where it calls busy and then refuses or waits.
type peoplesQuota struct {
	refuses bool
	busy    func()

	mu    sync.Mutex
	lanes []rest.Lane
}

func (q *peoplesQuota) Take(ctx context.Context, _ string, lane int) (time.Duration, func(), error) {
	q.mu.Lock()
	q.lanes = append(q.lanes, rest.Lane(lane))
	q.mu.Unlock()
	if rest.Lane(lane) != rest.LaneBackground {
		return time.Millisecond, func() {}, nil
	}
	q.busy()
	if q.refuses {
		return 0, nil, emptyError{}
	}
	<-ctx.Done()
	return time.Second, nil, lateError{ctx.Err()}
}

func (*peoplesQuota) Slow(context.Context, string, time.Duration) {}

// A call in the background goes on in LanePerson once a caller waits for it, whether it waits for its token or was
// refused one, and however short the patience of the caller that began it.
func TestSomebodyJoins(t *testing.T) {
	for name, refuses := range map[string]bool{"while it waits": false, "when it is refused": true} {
		t.Run(name, func(t *testing.T) {
			u := serve(t, answer(`{}`))
			awaited := make(chan struct{})
			q := &peoplesQuota{refuses: refuses, busy: func() { close(awaited) }}
			heard := &recorder{}
			c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Quota = q })
			ctx := rest.WithPatience(t.Context(), time.Now().Add(-time.Second))
			ctx = rest.WithBackground(rest.WithObserver(ctx, heard), awaited)
			if lane := rest.LaneFrom(ctx); lane != rest.LaneBackground {
				t.Errorf("lane %d, want that of the background", lane)
			}
			for range 2 { // as the pages of a list
				if _, err := rest.Call(ctx, c, scarce, rest.Request{}); err != nil {
					t.Fatal(err)
				}
			}
			want := []rest.Lane{rest.LaneBackground, rest.LanePerson, rest.LanePerson}
			if diff := cmp.Diff(want, q.lanes); diff != "" {
				t.Errorf("lanes (-want +got):\n%s", diff)
			}
			if seen := heard.all(); len(seen) != 2 || seen[0].Details.Lane != rest.LanePerson ||
				!refuses && seen[0].Wait < time.Second {
				t.Errorf("attempts %+v", seen)
			}
		})
	}
}

// Without a caller the refusal of a call in the background stands.
func TestNoCallerJoins(t *testing.T) {
	u := serve(t, answer(`{}`))
	q := &peoplesQuota{refuses: true, busy: func() {}}
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Quota = q })
	_, err := rest.Call(rest.WithBackground(t.Context(), make(chan struct{})), c, scarce, rest.Request{})
	if rest.KindOf(err) != rest.QuotaExhausted || len(q.lanes) != 1 {
		t.Errorf("error %v after asking in the lanes %v", err, q.lanes)
	}
	u.wants(t, 0)
}

// A call that is worth no other's token waits in the lane of the background for a caller too, and no longer than that
// one does; it does not count as one that nobody waits for.
func TestUnhurriedCall(t *testing.T) {
	for name, began := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"by a caller": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithCancel(rest.WithPatience(ctx, time.Now().Add(50*time.Millisecond)))
		},
		"in the background, and awaited": func(ctx context.Context) (context.Context, context.CancelFunc) {
			awaited := make(chan struct{})
			close(awaited)
			return context.WithTimeout(rest.WithBackground(ctx, awaited), 50*time.Millisecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			u := serve(t, answer(`{}`))
			q := &peoplesQuota{busy: func() {}}
			heard := &recorder{}
			c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Quota = q })
			ctx, stop := began(rest.WithObserver(t.Context(), heard))
			defer stop()
			_, err := rest.Call(rest.WithUnhurried(ctx), c, scarce, rest.Request{})
			if rest.KindOf(err) != rest.QuotaExhausted {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff([]rest.Lane{rest.LaneBackground}, q.lanes); diff != "" {
				t.Errorf("lanes (-want +got):\n%s", diff)
			}
			if seen := heard.all(); len(seen) != 1 || seen[0].Details.Lane != rest.LanePerson {
				t.Errorf("attempts %+v", seen)
			}
			u.wants(t, 0)
		})
	}
}
