package burden

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestGate_yields: who is let in goes behind those that are ready, whether it has waited or not, and again after its
// wait for an upstream; who is refused does not.
func TestGate_yields(t *testing.T) {
	t.Parallel()
	var gate *gated
	yield := func() { gate.note("yields") }
	inBubble(t, Options{CPU: 10 * ms, Wait: 15 * ms, Yield: yield}, func(g *gated) {
		gate = g
		first, second := g.enter("1", cpu(10*ms)), g.enter("2", cpu(10*ms))
		g.enter("3", cpu(10*ms))
		g.want("yields", "1", "3: queue_full")
		first.end()
		g.want("yields", "1", "3: queue_full", "yields", "2")
		resume := second.pass.Pause()
		third := g.enter("4", cpu(10*ms))
		g.tasks.Go(func() {
			resume(g.t.Context())
			g.note("2 again")
		})
		synctest.Wait()
		g.want("yields", "1", "3: queue_full", "yields", "2", "yields", "4")
		third.end()
		g.want("yields", "1", "3: queue_full", "yields", "2", "yields", "4", "yields", "2 again")
		second.end()
	})
}

// TestGate_starvesNobody: operations that follow each other without end on one core don't keep a request waiting that
// is ready to be read. The count of operations judges, and no clock.
func TestGate_starvesNobody(t *testing.T) { //nolint:paralleltest // it needs the one processor for itself
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const (
		clients = 8
		most    = 2 * clients // operations that begin while a request waits
	)
	gate := NewGate(Options{CPU: time.Second, Wait: time.Minute, Now: time.Now})
	var (
		begun   atomic.Int64
		isOver  atomic.Bool
		working = make(chan struct{})
		turns   = make(chan struct{}, 1)
		tasks   sync.WaitGroup
	)
	for range clients {
		tasks.Go(func() {
			for range turns {
				pass, err := gate.Enter(t.Context(), cpu(ms))
				if err != nil {
					t.Error(err)
					close(turns)
					return
				}
				if begun.Add(1) == clients {
					close(working)
				}
				pass.Finish(0)
				if isOver.Load() {
					close(turns)
					return
				}
				turns <- struct{}{} // wakes another before this one waits
			}
		})
	}
	turns <- struct{}{}
	<-working
	before := begun.Load()
	runtime.Gosched() // to the end of the queue of all processors, where requests stand that the network woke
	waited := begun.Load() - before
	isOver.Store(true)
	tasks.Wait()
	if waited > most {
		t.Errorf("%d operations began before a request that was ready", waited)
	}
}
