package quota_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
)

// taken is a token that may be given back.
type taken struct {
	at   time.Duration
	back func()
}

// TestNoWindowOfSentCallsExceedsTheLimit takes and gives back in any order, also late and twice: the sent calls stay
// within the limit, and returned tokens can be taken again.
func TestNoWindowOfSentCallsExceedsTheLimit(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.IntRange(1, 10).Draw(r, "limit")
		window := time.Duration(rapid.IntRange(1, 1000).Draw(r, "window")) * time.Millisecond
		c := newClock()
		q, err := quota.New([]quota.Group{{Name: "g", Limit: limit, Window: window, Headroom: -1}}, quota.Options{Now: c.Now})
		if err != nil {
			r.Fatal(err)
		}
		defer q.Close()
		start := c.Now()
		var held []taken
		var sent []time.Duration
		var backs []func()
		for range rapid.IntRange(1, 200).Draw(r, "steps") {
			c.Advance(time.Duration(rapid.Int64Range(0, int64(window)/8).Draw(r, "pause")))
			now := c.Now().Sub(start)
			switch step := rapid.IntRange(0, 9).Draw(r, "step"); {
			case step < 6:
				ctx, cancel := context.WithDeadline(t.Context(), c.Now())
				if _, back, err := q.Take(ctx, "g", rapid.IntRange(0, 3).Draw(r, "lane")); err == nil {
					held = append(held, taken{now, back})
				}
				cancel()
			case step < 7 && len(backs) > 0: // a second time
				backs[rapid.IntRange(0, len(backs)-1).Draw(r, "which")]()
			case len(held) > 0:
				at := rapid.IntRange(0, len(held)-1).Draw(r, "which")
				if step < 9 {
					held[at].back()
					backs = append(backs, held[at].back)
				} else {
					sent = append(sent, held[at].at)
				}
				held = slices.Delete(held, at, at+1)
			}
		}
		for _, one := range held {
			sent = append(sent, one.at)
		}
		log := &record{times: sent}
		if got := log.busiest(window); got > limit {
			r.Fatalf("%d calls sent in one window of %v, limit %d", got, window, limit)
		}
		inWindow := 0
		for _, at := range sent {
			if at+window > c.Now().Sub(start) {
				inWindow++
			}
		}
		if left := q.State(t.Context(), "g").Left; left != limit-inWindow {
			r.Fatalf("%d left, want %d less %d that were sent", left, limit, inWindow)
		}
	})
}

func TestGivenBackGoesToWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := open(t, quota.Options{}, sixty)
		exhaust(t, q, 59)
		_, back, err := q.Take(t.Context(), "g", quota.LanePerson)
		if err != nil {
			t.Fatal(err)
		}
		var work sync.WaitGroup
		work.Go(func() {
			if waited, _, err := q.Take(t.Context(), "g", quota.LanePerson); err != nil || waited != time.Second {
				t.Errorf("waited %v, %v; want the token that was given back", waited, err)
			}
		})
		pass(time.Second)
		back()
		work.Wait()
		back()
		if left := q.State(t.Context(), "g").Left; left != 0 {
			t.Errorf("%d left after the same token came back twice", left)
		}
	})
}

// TestGivenBackAfterItsWindow gives a token back when its entry has left the log and others are in its place.
func TestGivenBackAfterItsWindow(t *testing.T) {
	c := newClock()
	q := open(t, quota.Options{Now: c.Now}, sixty)
	_, back, err := q.Take(t.Context(), "g", quota.LanePerson)
	if err != nil {
		t.Fatal(err)
	}
	c.Advance(minute)
	if got := tries(t, q, c.Now(), quota.LanePerson, 60); got != 60 {
		t.Fatalf("%d tokens", got)
	}
	back()
	if left := q.State(t.Context(), "g").Left; left != 0 {
		t.Errorf("%d left: a token of an earlier window counted", left)
	}
}

// TestGivenBackToRedis gives tokens back to the shared book: every replica can have them at once, and none twice.
func TestGivenBackToRedis(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 20, Window: time.Minute}
	all := replicas(t, startRedis(t), 2, group, quota.Options{Timeout: time.Second})
	settled(t, all...)
	var backs []func()
	for i := range 20 {
		_, back, err := all[i%2].Take(t.Context(), "g", []int{quota.LanePerson, quota.LaneBackground}[i%2])
		if err != nil {
			t.Fatal(err)
		}
		backs = append(backs, back)
	}
	for _, back := range slices.Concat(backs[:8], backs[:8]) { // twice each
		back()
	}
	for _, q := range all {
		reaches(t, q, 8)
	}
	spend(t, all[0], 8)
	reaches(t, all[1], 0)
}

// reaches waits until so many tokens are left.
func reaches(t *testing.T, q *quota.Quota, want int) {
	t.Helper()
	for range 500 {
		if s := q.State(t.Context(), "g"); s.Coordinated && s.Left == want {
			return
		}
		pass(10 * time.Millisecond)
	}
	t.Fatalf("state %+v, want %d left", q.State(t.Context(), "g"), want)
}

// TestGivenBackToAnotherBook gives a token back after the count was flushed: the new book has the token, and keeps it.
func TestGivenBackToAnotherBook(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 20, Window: time.Minute}
	s := startRedis(t)
	q := replicas(t, s, 1, group, quota.Options{Heartbeat: 300 * time.Millisecond, Timeout: time.Second})[0]
	settled(t, q)
	spend(t, q, 3)
	_, back, err := q.Take(t.Context(), "g", quota.LanePerson)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.client(t).FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	spend(t, q, 1) // joins the new book, and records all five in it
	back()
	spend(t, q, 1)
	reaches(t, q, 14)
}

// TestGivenBackWithoutRedis keeps the token spent when Redis can't be reached.
func TestGivenBackWithoutRedis(t *testing.T) {
	t.Parallel()
	s, reported := startRedis(t), &events{}
	options := hasty(reported)
	options.Timeout = time.Second // a busy machine's Redis is not lost
	q := replicas(t, s, 1, quota.Group{Name: "g", Limit: 20, Window: time.Minute}, options)[0]
	settled(t, q)
	_, back, err := q.Take(t.Context(), "g", quota.LanePerson)
	if err != nil {
		t.Fatal(err)
	}
	s.kill()
	began := time.Now()
	back()
	if took := time.Since(began); took > 500*time.Millisecond {
		t.Errorf("giving back took %v: it waited", took)
	}
	for reported.count(quota.EventLost) == 0 {
		pass(10 * time.Millisecond)
	}
	if left := q.State(t.Context(), "g").Left; left != 0 {
		t.Errorf("%d left before the own share begins", left)
	}
}

// TestReplicasGiveBackUnderLoad has replicas that give back half of their tokens: they send what the limit allows, and
// no more.
func TestReplicasGiveBackUnderLoad(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 30, Window: time.Second, Headroom: 0.1}
	log := newRecord()
	all := replicas(t, startRedis(t), 3, group, quota.Options{Timeout: time.Second}, log)
	settled(t, all...)
	log.restart()
	ctx, cancel := context.WithCancel(t.Context())
	watch := log.watch(ctx)
	var work sync.WaitGroup
	for who, q := range all {
		for range 4 {
			random := rand.New(rand.NewPCG(uint64(who), 1))
			work.Go(func() {
				for ctx.Err() == nil {
					_, back, err := q.Take(ctx, "g", quota.LanePerson)
					switch {
					case err != nil:
					case random.IntN(2) == 0:
						pass(time.Duration(random.IntN(20)) * time.Millisecond)
						back()
					default:
						log.add(who)
					}
				}
			})
		}
	}
	log.until(3300 * time.Millisecond)
	cancel()
	work.Wait()
	watch()
	log.within(t, group)
	log.atLeast(t, 3*30)
}

// TestLeasedGivenBack gives tokens of a block back: they are used again while the block is good.
func TestLeasedGivenBack(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 100_000, Window: 100 * time.Second, Headroom: 0.05} // blocks are good for 2 s
	var trips counter
	q := replicas(t, startRedis(t), 1, group, quota.Options{Timeout: time.Second, Heartbeat: time.Hour}, &trips)[0]
	settled(t, q)
	spend(t, q, 3)
	trips.reset()
	for range 1000 {
		_, back, err := q.Take(t.Context(), "g", quota.LanePerson)
		if err != nil {
			t.Fatal(err)
		}
		back()
		back()
	}
	if got := trips.count(); got > 100 {
		t.Errorf("%d trips for a token that came back a thousand times", got)
	}
}
