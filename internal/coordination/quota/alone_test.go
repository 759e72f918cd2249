package quota_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
)

const minute = time.Minute

// sixty is the strict quota of the slow calls, without headroom so that edges are round.
var sixty = quota.Group{Name: "g", Limit: 60, Window: minute, Headroom: -1, BackgroundShare: 0.5}

func TestWindowEdges(t *testing.T) {
	c := newClock()
	q := open(t, quota.Options{Now: c.Now}, sixty)
	steps := []struct {
		name  string
		after time.Duration
		want  int
	}{
		{"a full window at once", 0, 60},
		{"nothing a moment later", time.Nanosecond, 0},
		{"nothing just before the edge", minute - 2*time.Nanosecond, 0},
		{"all again at the edge", time.Nanosecond, 60},
		{"nothing in the middle", 30 * time.Second, 0},
		{"all again after an hour", time.Hour, 60},
	}
	for _, step := range steps {
		c.Advance(step.after)
		if got := tries(t, q, c.Now(), quota.LanePerson, 100); got != step.want {
			t.Errorf("%s: %d tokens, want %d", step.name, got, step.want)
		}
	}
}

func TestHeadroomLengthensTheWindow(t *testing.T) {
	c := newClock()
	q := open(t, quota.Options{Now: c.Now}, quota.Group{Name: "g", Limit: 60, Window: minute})
	if got := tries(t, q, c.Now(), quota.LanePerson, 100); got != 60 {
		t.Fatalf("%d tokens at first, want the limit of 60", got)
	}
	c.Advance(63*time.Second - 1)
	if got := tries(t, q, c.Now(), quota.LanePerson, 100); got != 0 {
		t.Errorf("%d tokens within 63 s, want 0", got)
	}
	c.Advance(1)
	if got := tries(t, q, c.Now(), quota.LanePerson, 100); got != 60 {
		t.Errorf("%d tokens after 63 s, want 60", got)
	}
}

func TestNeverMoreThanTheLimitInAnyWindow(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.IntRange(1, 20).Draw(r, "limit")
		window := time.Duration(rapid.IntRange(1, 1000).Draw(r, "window")) * time.Millisecond
		c := newClock()
		q, err := quota.New([]quota.Group{{Name: "g", Limit: limit, Window: window, Headroom: -1}}, quota.Options{Now: c.Now})
		if err != nil {
			r.Fatal(err)
		}
		defer q.Close()
		log := newRecord()
		start := c.Now()
		for range rapid.IntRange(1, 200).Draw(r, "takes") {
			c.Advance(time.Duration(rapid.Int64Range(0, int64(window)/10).Draw(r, "pause")))
			if try(t, q, c.Now(), rapid.IntRange(0, 3).Draw(r, "lane")) {
				log.times = append(log.times, c.Now().Sub(start))
			}
		}
		if got := log.busiest(window); got > limit {
			r.Fatalf("%d tokens in one window of %v, limit %d", got, window, limit)
		}
	})
}

func TestBackgroundHasItsShareAtMost(t *testing.T) {
	c := newClock()
	q := open(t, quota.Options{Now: c.Now}, sixty)
	if got := tries(t, q, c.Now(), quota.LaneBackground, 60); got != 30 {
		t.Errorf("background got %d tokens, want 30", got)
	}
	if got := tries(t, q, c.Now(), quota.LanePerson, 60); got != 30 {
		t.Errorf("people got %d tokens beside it, want 30", got)
	}
	c.Advance(minute)
	if got := tries(t, q, c.Now(), 99, 60); got != 30 {
		t.Errorf("an unknown lane got %d tokens, want 30 as the background", got)
	}
}

func TestSlowPausesAndRegrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, sixty)
		q.Slow(t.Context(), "g", 30*time.Second)
		q.Slow(t.Context(), "g", 20*time.Second) // of the same moment: no second cut, no shorter pause
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var refusal *quota.RefusedError
		if _, _, err := q.Take(ctx, "g", quota.LanePerson); !errors.As(err, &refusal) || refusal.After != 30*time.Second {
			t.Errorf("during the pause: %v; want a refusal for 30 s", err)
		}
		if waited, _, err := q.Take(t.Context(), "g", quota.LanePerson); err != nil || waited != 30*time.Second {
			t.Errorf("waited %v, %v; want the pause of 30 s", waited, err)
		}
		var rates []float64
		for range 6 {
			rates = append(rates, q.State(t.Context(), "g").Effective)
			pass(minute)
		}
		if diff := cmp.Diff([]float64{30, 36, 42, 48, 54, 60}, rates); diff != "" {
			t.Errorf("tokens a window, minute by minute (-want +got):\n%s", diff)
		}
		q.Slow(t.Context(), "g", 0)
		if s := q.State(t.Context(), "g"); s.ResetAfter != 10*time.Second || s.Left != 0 {
			t.Errorf("unknown pause: %+v; want 10 s", s)
		}
		q.Slow(t.Context(), "g", time.Hour)
		if s := q.State(t.Context(), "g"); s.ResetAfter != 2*minute {
			t.Errorf("pause of an hour: %+v; want 2 min", s)
		}
	})
}

func TestRefusalsOfOneMomentCutOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, sixty)
		q.Slow(t.Context(), "g", time.Second)
		pass(1500 * time.Millisecond) // the answer to a call that was sent before the first refusal
		q.Slow(t.Context(), "g", time.Second)
		if got := q.State(t.Context(), "g").Effective; got < 30 || got > 31 {
			t.Errorf("%v tokens a window after two refusals of one moment, want 30", got)
		}
		pass(5 * time.Second)
		q.Slow(t.Context(), "g", time.Second)
		if got := q.State(t.Context(), "g").Effective; got < 15 || got > 16 {
			t.Errorf("%v tokens a window after a refusal of the lower rate, want its half", got)
		}
	})
}

func TestSlowReachesThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, quota.Group{Name: "g", Limit: 1, Window: time.Second, Headroom: -1})
		exhaust(t, q, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		asked := time.Now()
		var work sync.WaitGroup
		work.Go(func() {
			var refusal *quota.RefusedError
			if _, _, err := q.Take(ctx, "g", quota.LanePerson); !errors.As(err, &refusal) || time.Since(asked) != 0 {
				t.Errorf("%v after %v; want a refusal at once", err, time.Since(asked))
			}
		})
		synctest.Wait()
		q.Slow(t.Context(), "g", minute)
		work.Wait()
	})
}

func TestState(t *testing.T) {
	c := newClock()
	q := open(t, quota.Options{Now: c.Now}, quota.Group{Name: "g", Limit: 60, Window: minute})
	want := quota.State{Limit: 60, Left: 60, Window: minute, Effective: 60}
	if diff := cmp.Diff(want, q.State(t.Context(), "g")); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	tries(t, q, c.Now(), quota.LanePerson, 1)
	c.Advance(3 * time.Second)
	tries(t, q, c.Now(), quota.LanePerson, 9)
	want = quota.State{Limit: 60, Left: 50, Window: minute, Effective: 60, ResetAfter: minute}
	if diff := cmp.Diff(want, q.State(t.Context(), "g")); diff != "" {
		t.Errorf("after ten (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(quota.State{}, q.State(t.Context(), "other")); diff != "" {
		t.Errorf("unknown group (-want +got):\n%s", diff)
	}
}

func TestClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, quota.Group{Name: "g", Limit: 1, Window: minute})
		exhaust(t, q, 1)
		var work sync.WaitGroup
		work.Go(func() {
			if _, _, err := q.Take(t.Context(), "g", quota.LanePerson); !errors.Is(err, quota.ErrClosed) {
				t.Errorf("waiting: %v; want ErrClosed", err)
			}
		})
		synctest.Wait()
		q.Close()
		work.Wait()
		if _, _, err := q.Take(t.Context(), "g", quota.LanePerson); !errors.Is(err, quota.ErrClosed) {
			t.Errorf("after: %v; want ErrClosed", err)
		}
		if _, _, err := q.Take(t.Context(), "other", quota.LanePerson); !errors.Is(err, quota.ErrUnknownGroup) {
			t.Errorf("unknown group: %v", err)
		}
		q.Close()
	})
}

func TestNewRefusesWhatCannotBe(t *testing.T) {
	good := quota.Group{Name: "g", Limit: 1, Window: time.Second}
	with := func(change func(*quota.Group)) quota.Group {
		g := good
		change(&g)
		return g
	}
	cases := []struct {
		name    string
		groups  []quota.Group
		options quota.Options
		want    string
	}{
		{"no name", []quota.Group{with(func(g *quota.Group) { g.Name = "" })}, quota.Options{}, "no name"},
		{"no limit", []quota.Group{with(func(g *quota.Group) { g.Limit = 0 })}, quota.Options{}, "limit 0"},
		{"no window", []quota.Group{with(func(g *quota.Group) { g.Window = 0 })}, quota.Options{}, "window 0s"},
		{"headroom", []quota.Group{with(func(g *quota.Group) { g.Headroom = 2 })}, quota.Options{}, "headroom 2"},
		{"share", []quota.Group{with(func(g *quota.Group) { g.BackgroundShare = 2 })}, quota.Options{}, "background share 2"},
		{"twice", []quota.Group{good, good}, quota.Options{}, "named twice"},
		{"replicas", []quota.Group{good}, quota.Options{MaxReplicas: -1}, "replicas -1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q, err := quota.New(c.groups, c.options)
			if err == nil {
				q.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("New: %v; want an error with %q", err, c.want)
			}
		})
	}
}

func TestManyAtOnceAlone(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 50, Window: 500 * time.Millisecond, Headroom: 0.1}
	q := open(t, quota.Options{}, group)
	log := newRecord()
	log.run(t, 2*time.Second, 64, []*quota.Quota{q}, nothing)
	log.within(t, group)
	log.atLeast(t, 4*50)
}
