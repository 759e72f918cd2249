package burden

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const ms = time.Millisecond

// gated is a gate of one core in a bubble, whose clock moves only while everybody waits.
type gated struct {
	*Gate

	t     *testing.T
	order []string // names of operations as they are let in, and of refusals with their reasons
	mu    sync.Mutex
	tasks sync.WaitGroup
}

// inBubble runs a test on a gate; at its end nothing may be left in it.
func inBubble(t *testing.T, o Options, test func(g *gated)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Now = time.Now
		g := &gated{Gate: NewGate(o), t: t}
		test(g)
		g.tasks.Wait()
		if left := g.State(); left != (State{}) || len(g.queue.tenants)+len(g.queue.waiting)+len(g.returning) > 0 {
			t.Errorf("left: %+v, %d tenants, %d returning", left, len(g.queue.tenants), len(g.returning))
		}
	})
}

func (g *gated) note(words string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.order = append(g.order, words)
}

// noted is the order so far.
func (g *gated) noted() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.order)
}

// passage is one operation: finish ends it once it was let in.
type passage struct {
	cancel context.CancelFunc
	finish chan struct{}
	pass   *Pass // once it was let in
}

// enter begins an operation and waits until it runs, waits or is refused.
func (g *gated) enter(name string, ask Ask) *passage {
	ctx, cancel := context.WithCancel(g.t.Context())
	p := &passage{cancel: cancel, finish: make(chan struct{})}
	g.tasks.Go(func() {
		defer cancel()
		pass, err := g.Enter(ctx, ask)
		if err != nil {
			overload := &OverloadError{Reason: "gone"}
			errors.As(err, &overload)
			g.note(name + ": " + string(overload.Reason))
			return
		}
		p.pass = pass
		g.note(name)
		<-p.finish
		pass.Finish(0)
	})
	synctest.Wait()
	return p
}

// end ends an operation, and lets in what comes then.
func (p *passage) end() {
	close(p.finish)
	synctest.Wait()
}

func (g *gated) want(names ...string) {
	g.t.Helper()
	if got := g.noted(); !slices.Equal(got, names) {
		g.t.Errorf("order %q, want %q", got, names)
	}
}

func cpu(of time.Duration) Ask { return Ask{Need: Need{CPU: of}, Tenant: "a"} }

func tenantAsk(tenant string, of time.Duration) Ask { return Ask{Need: Need{CPU: of}, Tenant: tenant} }

func wait(of time.Duration) { <-time.After(of) }

func TestGate_room(t *testing.T) {
	t.Parallel()
	inBubble(t, Options{CPU: 50 * ms, Cores: 2, Wait: time.Minute}, func(g *gated) {
		first, second, third := g.enter("1", cpu(40*ms)), g.enter("2", cpu(60*ms)), g.enter("3", cpu(50*ms))
		g.want("1", "2")
		if got := g.State(); got.Waiting != 1 || got.CPU != 100*ms || got.Running != 2 {
			t.Errorf("state %+v", got)
		}
		first.end()
		g.want("1", "2") // 40 ms are free, it needs 50
		second.end()
		g.want("1", "2", "3")
		third.end()
	})
}

// TestGate_oneAlwaysRuns: what needs more than there is runs alone.
func TestGate_oneAlwaysRuns(t *testing.T) {
	t.Parallel()
	spare := func(int64) int64 { return 0 }
	inBubble(t, Options{CPU: ms, Wait: time.Minute, Spare: spare}, func(g *gated) {
		huge := Ask{Need: Need{CPU: time.Second, Bytes: 1 << 30}, Tenant: "a"}
		first, second := g.enter("1", huge), g.enter("2", huge)
		g.want("1")
		first.end()
		g.want("1", "2")
		second.end()
	})
}

func TestGate_noBounds(t *testing.T) {
	t.Parallel()
	inBubble(t, Options{}, func(g *gated) {
		var all []*passage
		for range 100 {
			all = append(all, g.enter("in", cpu(time.Hour)))
		}
		if len(g.noted()) != 100 {
			t.Errorf("%d are let in", len(g.noted()))
		}
		for _, p := range all {
			p.end()
		}
	})
}

func TestGate_refusals(t *testing.T) {
	t.Parallel()
	var refused []Reason
	var mu sync.Mutex
	note := func(why Reason) {
		mu.Lock()
		defer mu.Unlock()
		refused = append(refused, why)
	}
	inBubble(t, Options{CPU: 100 * ms, Wait: 200 * ms, OnRefusal: note}, func(g *gated) {
		began := time.Now()
		running := g.enter("1", cpu(100*ms))
		due := func(ask Ask, in time.Duration) Ask {
			ask.Deadline = time.Now().Add(in)
			return ask
		}
		// Until it could begin what runs has to end, and then the core is shared with one more.
		g.enter("hopeless", due(cpu(50*ms), 149*ms))
		g.enter("2", due(cpu(40*ms), 181*ms)) // waits for at most 101 ms
		g.enter("3", cpu(80*ms))
		g.want("1", "hopeless: deadline")
		g.enter("too many", cpu(80*ms)) // 100 + 80 + 20 are before it
		g.want("1", "hopeless: deadline", "too many: queue_full")
		if since := time.Since(began); since != 0 {
			t.Errorf("the refusals took %s", since)
		}
		wait(101 * ms)
		synctest.Wait()
		g.want("1", "hopeless: deadline", "too many: queue_full", "2: waited")
		wait(98 * ms)
		g.want("1", "hopeless: deadline", "too many: queue_full", "2: waited")
		wait(2 * ms)
		g.want("1", "hopeless: deadline", "too many: queue_full", "2: waited", "3: waited")
		running.end()
	})
	if want := []Reason{Late, Full, Waited, Waited}; !slices.Equal(refused, want) {
		t.Errorf("refusals %q, want %q", refused, want)
	}
}

func TestGate_nothingWaits(t *testing.T) {
	t.Parallel()
	inBubble(t, Options{CPU: ms}, func(g *gated) {
		running := g.enter("1", cpu(ms))
		_, err := g.Enter(g.t.Context(), cpu(ms))
		if overload, ok := errors.AsType[*OverloadError](err); !ok || overload.RetryAfter != leastRetry {
			t.Errorf("error %v", err)
		}
		running.end()
	})
}

// TestGate_newestFirst: the oldest goes first while waits are short, while the queue is, and while it has room for all
// who come; else the newest.
func TestGate_newestFirst(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		waited, need time.Duration
		refused      time.Duration // how long before the others one was, because of a full queue; negative: none was
		want         []string
	}{
		"short waits":   {100 * ms, 30 * ms, 0, []string{"1", "2", "3", "4"}},
		"a short queue": {101 * ms, 25 * ms, 0, []string{"1", "2", "3", "4"}},
		"room for all":  {101 * ms, 30 * ms, -1, []string{"1", "2", "3", "4"}},
		"room again":    {101 * ms, 30 * ms, 49 * ms, []string{"1", "2", "3", "4"}},
		"overload":      {101 * ms, 30 * ms, 48 * ms, []string{"1", "4", "2", "3"}}, // it ends once one has left
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, Options{CPU: 30 * ms, Wait: 150 * ms}, func(g *gated) {
				want := test.want
				all := []*passage{g.enter("1", cpu(test.need))}
				if test.refused >= 0 {
					g.enter("5", cpu(180*ms))
					want = slices.Insert(slices.Clone(want), 1, "5: "+string(Full))
					wait(test.refused)
				}
				for _, name := range []string{"2", "3", "4"} {
					all = append(all, g.enter(name, cpu(test.need)))
				}
				wait(test.waited)
				for range all {
					running := slices.IndexFunc(all, func(p *passage) bool { return p.pass != nil })
					all[running].end()
					all = slices.Delete(all, running, running+1)
				}
				g.want(want...)
			})
		})
	}
}

// TestGate_longButInTime: where callers wait for longer than half of what they may, but all are done in time, none is
// refused.
func TestGate_longButInTime(t *testing.T) {
	t.Parallel()
	const clients, rounds, need = 64, 20, 25 * ms // 1.6 s of waiting
	inBubble(t, Options{CPU: need, Wait: 2 * time.Second}, func(g *gated) {
		for range clients {
			g.tasks.Go(func() {
				for range rounds {
					pass, err := g.Enter(g.t.Context(), cpu(need))
					if err != nil {
						g.t.Error(err)
						return
					}
					wait(need)
					pass.Finish(0)
				}
			})
		}
	})
}

// TestGate_tenantsTakeTurns: behind a flood of one tenant another waits for one operation at most, and light operations
// of the flooding tenant do not wait behind its heavy ones.
func TestGate_tenantsTakeTurns(t *testing.T) {
	t.Parallel()
	inBubble(t, Options{CPU: 20 * ms, Wait: time.Minute}, func(g *gated) {
		all := map[string]*passage{}
		for _, name := range []string{"a1", "a2", "a3", "a4"} {
			all[name] = g.enter(name, tenantAsk("a", 20*ms))
		}
		all["light"] = g.enter("light", tenantAsk("a", ms))
		all["b1"] = g.enter("b1", tenantAsk("b", 20*ms))
		all["b2"] = g.enter("b2", tenantAsk("b", 20*ms))
		for len(g.noted()) < len(all) {
			order := g.noted()
			all[order[len(order)-1]].end()
		}
		g.want("a1", "b1", "light", "b2", "a2", "a3", "a4")
		all["a4"].end()
	})
}

// TestGate_floodIsRefusedAlone: while one tenant fills the queue, another is let in after a short wait.
func TestGate_floodIsRefusedAlone(t *testing.T) {
	t.Parallel()
	inBubble(t, Options{CPU: 20 * ms, Wait: 100 * ms}, func(g *gated) {
		flood := g.enter("a", tenantAsk("a", 20*ms))
		for range 20 {
			g.enter("a", tenantAsk("a", 20*ms))
		}
		if waiting := g.State().Waiting; waiting != 4 { // 100 ms of one core, what runs included
			t.Errorf("%d wait", waiting)
		}
		refused := len(g.noted())
		other := g.enter("b", tenantAsk("b", 20*ms))
		if len(g.noted()) != refused {
			t.Fatalf("b: %q", g.noted()[refused:])
		}
		flood.end()
		if last := g.noted()[len(g.noted())-1]; last != "b" {
			t.Errorf("%q goes before b", last)
		}
		wait(200 * ms)
		other.end()
	})
}

// TestGate_gone: who leaves the queue takes no room, also in the moment in which it would be let in.
func TestGate_gone(t *testing.T) {
	t.Parallel()
	inBubble(t, Options{CPU: 10 * ms, Wait: time.Minute}, func(g *gated) {
		first, second, third := g.enter("1", cpu(10*ms)), g.enter("2", cpu(10*ms)), g.enter("3", cpu(10*ms))
		second.cancel()
		synctest.Wait()
		g.want("1", "2: gone")
		third.cancel()
		first.end()
		g.want("1", "2: gone", "3: gone")
	})
}

// TestGate_random has operations come, wait, leave and give up as they like: the bound holds, and nothing is left.
func TestGate_random(t *testing.T) {
	t.Parallel()
	const room, bytes = 50 * ms, 1000
	spare := func(int64) int64 { return bytes }
	inBubble(t, Options{CPU: room / 2, Cores: 2, Wait: 300 * ms, Spare: spare}, func(g *gated) {
		random := rand.New(rand.NewPCG(1, 2))
		var mu sync.Mutex
		draw := func(n int) int {
			mu.Lock()
			defer mu.Unlock()
			return random.IntN(n)
		}
		for i := range 400 {
			g.tasks.Go(func() {
				wait(time.Duration(draw(2000)) * ms)
				ctx, cancel := context.WithTimeout(g.t.Context(), time.Duration(1+draw(400))*ms)
				defer cancel()
				pass, err := g.Enter(ctx, Ask{
					Need:   Need{CPU: time.Duration(1+draw(20)) * ms, Bytes: int64(draw(300))},
					Tenant: fmt.Sprint(i % 3), Deadline: time.Now().Add(300 * ms),
				})
				if err != nil {
					return
				}
				wait(time.Duration(draw(20)) * ms)
				if draw(2) == 0 {
					resume := pass.Pause()
					wait(time.Duration(draw(100)) * ms)
					resume(context.WithoutCancel(ctx))
				}
				if now := g.State(); now.Running > 1 && now.CPU > room || now.Bytes > bytes {
					t.Errorf("state %+v", now)
				}
				pass.Finish(int64(draw(100)))
				wait(time.Duration(draw(50)) * ms)
				pass.Release()
			})
		}
	})
}
