package quota_test

import (
	"context"
	"errors"
	"math"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// brief is a group whose outages are over soon: its local shares begin 0.3 + 0.2 + 2.2 s after Redis is lost.
var brief = quota.Group{Name: "g", Limit: 40, Window: 2 * time.Second, Headroom: 0.1}

// events collects events.
type events struct {
	mu   sync.Mutex
	seen map[quota.EventKind]int
}

func (e *events) add(event quota.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen == nil {
		e.seen = map[quota.EventKind]int{}
	}
	e.seen[event.Kind]++
}

func (e *events) count(kind quota.EventKind) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.seen[kind]
}

func hasty(e *events) quota.Options {
	return quota.Options{Heartbeat: 300 * time.Millisecond, Timeout: 100 * time.Millisecond, OnEvent: e.add}
}

func TestRedisKilledAndStartedEmpty(t *testing.T) {
	t.Parallel()
	s, log, reported := startRedis(t), newRecord(), &events{}
	all := replicas(t, s, 4, brief, hasty(reported), log)
	settled(t, all...)
	log.restart()
	log.run(t, 9500*time.Millisecond, 4, all, func() {
		log.until(time.Second)
		s.kill()
		log.until(6500 * time.Millisecond)
		s.start(t)
	})
	log.within(t, brief)
	if got := log.between(1200*time.Millisecond, 3500*time.Millisecond); got != 0 {
		log.saw(t, "%d tokens in the first window without Redis, want none", got)
	}
	if got := log.between(3500*time.Millisecond, 5500*time.Millisecond); got != 32 {
		log.saw(t, "%d tokens in the next window, want four local shares of 8", got)
	}
	if got := log.between(6700*time.Millisecond, 9500*time.Millisecond); got < 40 {
		log.saw(t, "%d tokens after Redis was back, want a whole window at least", got)
	}
	if lost, back := reported.count(quota.EventLost), reported.count(quota.EventRegained); lost < 4 || back < 4 {
		t.Errorf("lost %d times, back %d times; want 4", lost, back)
	}
}

func TestRedisFrozen(t *testing.T) {
	t.Parallel()
	s, log, reported := startRedis(t), newRecord(), &events{}
	all := replicas(t, s, 4, brief, hasty(reported), log)
	settled(t, all...)
	log.restart()
	log.run(t, 8*time.Second, 4, all, func() {
		log.until(time.Second)
		s.signal(t, syscall.SIGSTOP)
		log.until(1500 * time.Millisecond)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		asked := time.Now()
		var refusal *quota.RefusedError
		if _, _, err := all[0].Take(ctx, "g", quota.LanePerson); !errors.As(err, &refusal) {
			t.Errorf("while frozen: %v; want a refusal", err)
		}
		if took := time.Since(asked); took > 500*time.Millisecond {
			log.saw(t, "the refusal took %v", took)
		}
		log.until(5 * time.Second)
		s.signal(t, syscall.SIGCONT)
	})
	log.within(t, brief)
	if got := log.between(3500*time.Millisecond, 5*time.Second); got == 0 || got > 32 {
		log.saw(t, "%d tokens on the local share, want 32 at most", got)
	}
	if got := log.between(5*time.Second, 8*time.Second); got < 40 {
		log.saw(t, "%d tokens after the thaw, want a whole window at least", got)
	}
}

func TestHalfOfTheReplicasCutOff(t *testing.T) {
	t.Parallel()
	s, log, reported := startRedis(t), newRecord(), &events{}
	wires := []*wire{{}, {}}
	all := replicas(t, s, 2, brief, hasty(reported), log)
	for _, w := range wires {
		o := hasty(reported)
		o.Redis = redis.Over(s.clientOver(t, w))
		all = append(all, open(t, o, brief))
	}
	settled(t, all...)
	log.restart()
	log.run(t, 9*time.Second, 4, all, func() {
		log.until(time.Second)
		for _, w := range wires {
			w.set(true)
		}
		log.until(6 * time.Second)
		if got := all[0].State(t.Context(), "g").Effective; got != 24 {
			log.saw(t, "effective %v for those in touch, want 40 less two shares of 8", got)
		}
		for _, w := range wires {
			w.set(false)
		}
	})
	log.within(t, brief)
	by := map[bool]int{}
	for i, at := range log.times {
		if at > 3500*time.Millisecond && at < 6*time.Second {
			by[log.who[i] < 2]++
		}
	}
	if by[true] < 24 || by[false] < 16 {
		log.saw(t, "during the partition %d tokens in touch, %d cut off; want 24 and 16 a window", by[true], by[false])
	}
	if got := log.between(6500*time.Millisecond, 9*time.Second); got < 40 {
		log.saw(t, "%d tokens after it, want a whole window at least", got)
	}
}

func TestRedisFull(t *testing.T) {
	t.Parallel()
	s, reported := startRedis(t, "--maxmemory-policy", "noeviction"), &events{}
	group := quota.Group{Name: "g", Limit: 10, Window: 500 * time.Millisecond, Headroom: 0.2}
	o := hasty(reported)
	o.Heartbeat, o.Timeout = 600*time.Millisecond, 300*time.Millisecond
	q := replicas(t, s, 1, group, o)[0]
	settled(t, q)
	client, full := s.client(t), newRecord()
	set := func(limit string) {
		t.Helper()
		if err := client.ConfigSet(t.Context(), "maxmemory", limit).Err(); err != nil {
			t.Fatal(err)
		}
	}
	full.restart()
	full.run(t, 4500*time.Millisecond, 4, []*quota.Quota{q}, func() {
		set("1")
		full.until(3400 * time.Millisecond)
		if got := q.State(t.Context(), "g"); got.Coordinated || got.Effective != 8 {
			full.saw(t, "full: %+v; want the local share of 8", got)
		}
		set("0")
	})
	full.within(t, group)
	if got := full.between(2*time.Second, 3300*time.Millisecond); got < 8 || got > 24 {
		full.saw(t, "%d tokens while full, want 8 in each of two or three windows", got)
	}
	if got := q.State(t.Context(), "g"); !got.Coordinated || got.Effective != 10 {
		t.Errorf("with room again: %+v; want the whole limit, coordinated", got)
	}
}

func TestDownAtStart(t *testing.T) {
	t.Parallel()
	s, reported := startRedis(t), &events{}
	s.kill()
	group := quota.Group{Name: "g", Limit: 40, Window: 300 * time.Millisecond, Headroom: 0.5}
	q := replicas(t, s, 1, group, hasty(reported))[0]
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	var refusal *quota.RefusedError
	if _, _, err := q.Take(ctx, "g", quota.LanePerson); !errors.As(err, &refusal) {
		t.Errorf("first window: %v; want a refusal", err)
	}
	log := newRecord()
	log.run(t, 1500*time.Millisecond, 4, []*quota.Quota{q}, nothing)
	if got := log.busiest(300 * time.Millisecond); got != 8 {
		log.saw(t, "%d tokens in the busiest window, want the share of one in four: 8", got)
	}
	if got := q.State(t.Context(), "g"); got.Coordinated || got.Effective != 8 {
		t.Errorf("%+v; want the local share", got)
	}
	s.start(t)
	settled(t, q)
	if reported.count(quota.EventLost) != 1 || reported.count(quota.EventRegained) != 1 {
		t.Errorf("events %v; want lost once, back once", reported.seen)
	}
}

func TestTheShareOfAnOutageIsASetting(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	s.kill()
	o := hasty(&events{})
	o.OutageShare = 0.5
	q := replicas(t, s, 1, quota.Group{Name: "g", Limit: 40, Window: 300 * time.Millisecond, Headroom: 0.5}, o)[0]
	testkit.Eventually(t, "a local share of 5: half of 40, for one of four", func() bool {
		return q.State(t.Context(), "g").Effective == 5
	})
	for _, share := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := quota.New(nil, quota.Options{OutageShare: share}); err == nil {
			t.Errorf("a share of %v is taken", share)
		}
	}
}

// A call of State is a heartbeat, which may change the share that the book promises: the replica must know the new one.
func TestSharesOfAnOutageAreThoseOfTheBook(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	// no heartbeat but the calls of State below
	o := quota.Options{Heartbeat: 30 * time.Second, Timeout: 200 * time.Millisecond}
	all := replicas(t, s, 2, brief, o)
	settled(t, all...)
	settled(t, all...) // the one that came first has given half of its share up by now, and the other has it
	settled(t, all...)
	s.kill()
	for i, q := range all {
		testkit.Eventually(t, "a share of 16, of 0.8 * 40", func() bool {
			state := q.State(t.Context(), "g")
			if !state.Coordinated && state.Effective == 16 {
				return true
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			if _, _, err := q.Take(ctx, "g", quota.LanePerson); err == nil {
				t.Errorf("replica %d: a token without Redis", i)
			}
			return false
		})
	}
}

func TestShareBelowOneRefuses(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	s.kill()
	o := hasty(&events{})
	o.MaxReplicas = 64
	q := replicas(t, s, 1, quota.Group{Name: "g", Limit: 60, Window: 100 * time.Millisecond}, o)[0]
	pass(time.Second)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	asked := time.Now()
	var refusal *quota.RefusedError
	if _, _, err := q.Take(ctx, "g", quota.LanePerson); !errors.As(err, &refusal) || time.Since(asked) > time.Second {
		t.Errorf("%v after %v; want a refusal at once", err, time.Since(asked))
	}
}

func TestShareOfTheDeadStaysFree(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	group := quota.Group{Name: "g", Limit: 40, Window: time.Minute}
	o := quota.Options{Heartbeat: 300 * time.Millisecond, Timeout: time.Second}
	all := replicas(t, s, 1, group, o)
	w := &wire{}
	o.Redis, o.Replica = redis.Over(s.clientOver(t, w)), "mortal"
	dead := open(t, o, group)
	settled(t, all[0], dead)
	pass(200 * time.Millisecond) // until both know of both: shares of 16
	w.set(true)
	dead.Close()
	pass(500 * time.Millisecond)
	if got := all[0].State(t.Context(), "g").Effective; got != 24 {
		t.Errorf("effective %v beside a dead replica, want 40 less its share of 16", got)
	}
	o.Redis = redis.Over(s.client(t))
	heir := open(t, o, group)
	settled(t, all[0], heir)
	if got := all[0].State(t.Context(), "g").Effective; got != 40 {
		t.Errorf("effective %v after it came back under its name, want 40", got)
	}
}

// TestLostForAMoment: whom the local share refuses waits until Redis was tried again, and has a token where it answers.
// Where it does not answer within a heartbeat, that caller and all later ones are refused, without a wait for more.
func TestLostForAMoment(t *testing.T) {
	t.Parallel()
	group := quota.Group{Name: "g", Limit: 40, Window: time.Minute}
	// It is tried every second; the local share begins after a minute.
	o := quota.Options{Heartbeat: 3 * time.Second, Timeout: 500 * time.Millisecond}
	lost := func(t *testing.T) (*quota.Quota, *wire) {
		s, w, reported := startRedis(t), &wire{}, &events{}
		w.set(true)
		o := o
		o.Redis, o.OnEvent = redis.Over(s.clientOver(t, w)), reported.add
		q := open(t, o, group)
		testkit.Eventually(t, "it is not lost", func() bool { return reported.count(quota.EventLost) == 1 })
		return q, w
	}
	take := func(t *testing.T, q *quota.Quota, within time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		_, _, err := q.Take(ctx, "g", quota.LanePerson)
		return err
	}
	refused := func(t *testing.T, err error) {
		t.Helper()
		if refusal, ok := errors.AsType[*quota.RefusedError](err); !ok || refusal.Err != nil {
			t.Errorf("%v; want a refusal before the deadline", err)
		}
	}
	t.Run("back", func(t *testing.T) {
		t.Parallel()
		q, w := lost(t)
		refused(t, take(t, q, 100*time.Millisecond)) // it could not wait for the next try
		w.set(false)
		if err := take(t, q, 30*time.Second); err != nil {
			t.Error(err)
		}
	})
	t.Run("away", func(t *testing.T) {
		t.Parallel()
		q, w := lost(t)
		for range 2 {
			refused(t, take(t, q, 30*time.Second))
			if got := w.dialled(); got != 3 { // the one that was lost, and two more
				t.Errorf("refused after %d tries, want 3", got)
			}
		}
	})
}
