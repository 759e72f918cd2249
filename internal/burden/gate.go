package burden

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// Need is what an operation is expected to take.
type Need struct {
	// CPU is the time that one core alone would work on it.
	CPU time.Duration
	// Bytes is the memory that it holds at its height.
	Bytes int64
}

// Reason is why an operation is refused: a closed list of words, for metrics.
type Reason string

// The reasons.
const (
	// Full: what waits already takes longer than an operation may wait.
	Full Reason = "queue_full"
	// Late: with what is before it, it could not be done before its deadline.
	Late Reason = "deadline"
	// Waited: it has waited for as long as it may.
	Waited Reason = "waited"
)

// Reasons are all reasons.
func Reasons() []Reason { return []Reason{Full, Late, Waited} }

// OverloadError is the refusal of an operation.
type OverloadError struct {
	Reason Reason
	// RetryAfter is when there may be room again, from now.
	RetryAfter time.Duration
}

// Error implements error.
func (e *OverloadError) Error() string { return fmt.Sprintf("overloaded: %s", e.Reason) }

// Options are the bounds of a gate.
type Options struct {
	// CPU is how much processor time the operations under way may need for each core; 0 sets no bound.
	CPU time.Duration
	// Wait is the longest wait in the queue; 0 lets nothing wait.
	Wait time.Duration
	// Cores are how many work at once; 0 counts as 1.
	Cores int
	// Spare returns the bytes that all operations together may hold now, where they are taken to hold so many; nil sets
	// no bound. It is called often, and must not wait.
	Spare func(held int64) int64
	// Now is the clock; required.
	Now func() time.Time
	// Yield has the calling goroutine go behind all that are ready to run; nil means runtime.Gosched.
	Yield func()
	// OnWait is told how long an operation that was let in has waited, OnRefusal each refusal; nil for neither.
	OnWait    func(time.Duration)
	OnRefusal func(Reason)
}

// Gate lets operations in. One that is let in holds its need until it leaves, and its processor time only while it does
// not wait for an upstream. Whatever the bounds are, one operation may always run. Safe for concurrent use.
type Gate struct {
	options Options
	cores   int
	room    time.Duration // for all cores; 0: no bound

	mu        sync.Mutex
	cpu       time.Duration // of those that run
	bytes     int64         // of those that are let in, and of answers that are not written yet
	inside    int           // let in and not finished
	running   int           // of them, those that do not wait for an upstream
	returning []*Pass       // want to run again, oldest first
	queue     queue
	fullAt    time.Time // when one was refused last because of what waits

	// worked is the processor time that each operation has had which ran all along: operations share the cores evenly.
	worked      time.Duration
	accountedAt time.Time
}

// NewGate makes a gate.
func NewGate(o Options) *Gate {
	cores := max(o.Cores, 1)
	if o.Yield == nil {
		o.Yield = runtime.Gosched
	}
	return &Gate{options: o, cores: cores, room: o.CPU * time.Duration(cores), queue: newQueue()}
}

// Bound sets other bounds (see [Options]) for operations that come from now on; those that wait are let in by them,
// too, and keep the longest wait that they came with.
func (g *Gate) Bound(cpu, wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.options.CPU, g.options.Wait = cpu, wait
	g.room = cpu * time.Duration(g.cores)
	g.next(g.options.Now())
}

// Ask is what an operation asks the gate for.
type Ask struct {
	Need

	// Tenant is whose operations wait behind each other; tenants take turns.
	Tenant string
	// Deadline is when the operation is of no use any more; zero for never.
	Deadline time.Time
}

// Enter waits until an operation may run. The error is an *OverloadError, or that of ctx where the caller is gone. Who
// is let in must call [Pass.Finish].
//
// Who is let in goes behind all goroutines that are ready to run, which are the requests that nobody has read yet. A
// processor of Go's scheduler serves its own queue as long as that has anything, and the one of all processors every
// 61st time alone. Operations that begin at once and work until they are done never let the own queue of a busy
// processor end, as the collector of garbage wakes what the network brings into it; requests that other ways woke then
// wait for seconds, with nobody to count it as a wait or to refuse them. With this they are read soon, and wait here.
func (g *Gate) Enter(ctx context.Context, ask Ask) (*Pass, error) {
	p, err := g.enter(ctx, ask)
	if err == nil {
		g.options.Yield()
	}
	return p, err
}

// enter waits until an operation is let in.
func (g *Gate) enter(ctx context.Context, ask Ask) (*Pass, error) {
	p := &Pass{gate: g, Ask: ask, turn: make(chan struct{})}
	g.mu.Lock()
	p.since = g.options.Now()
	if g.queue.length == 0 && len(g.returning) == 0 && g.fits(p) {
		g.admit(p, p.since)
		g.mu.Unlock()
		g.noteWait(0)
		return p, nil
	}
	patience, refused := g.patience(p)
	if refused != nil {
		g.mu.Unlock()
		g.noteRefusal(refused.Reason)
		return nil, refused
	}
	p.state = queued
	g.queue.add(p)
	g.next(p.since)
	g.mu.Unlock()
	return g.await(ctx, p, patience)
}

// await waits in the queue.
func (g *Gate) await(ctx context.Context, p *Pass, patience time.Duration) (*Pass, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.turn:
	case <-timer.C:
	case <-ctx.Done():
	}
	g.mu.Lock()
	now := g.options.Now()
	if p.state == queued {
		g.queue.remove(p)
		p.state = left
		wait := g.queue.cpu / time.Duration(g.cores)
		g.next(now) // what it stood before may fit
		g.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		g.noteRefusal(Waited)
		return nil, &OverloadError{Reason: Waited, RetryAfter: max(leastRetry, wait)}
	}
	g.mu.Unlock()
	if err := ctx.Err(); err != nil { // let in just as the caller left
		p.Finish(0)
		p.Release()
		return nil, err
	}
	p.waited = now.Sub(p.since)
	g.noteWait(p.waited)
	return p, nil
}

// leastRetry is the shortest time after which a refused operation is asked to come again.
const leastRetry = time.Second

// patience is how long an operation may wait in the queue, or why it would wait in vain.
func (g *Gate) patience(p *Pass) (time.Duration, *OverloadError) {
	cores := time.Duration(g.cores)
	over := time.Duration(0)
	if g.room > 0 {
		over = g.cpu + p.CPU - g.room
		for _, other := range g.returning {
			over += other.CPU
		}
	}
	wait := (g.queue.ahead(p) + max(0, over)) / cores
	refused := func(reason Reason) (time.Duration, *OverloadError) {
		return 0, &OverloadError{Reason: reason, RetryAfter: max(leastRetry, wait)}
	}
	patience := g.options.Wait
	if wait >= patience {
		g.fullAt = p.since
		return refused(Full)
	}
	if p.Deadline.IsZero() {
		return patience, nil
	}
	// The cores are shared with what runs then.
	needs := p.CPU * time.Duration(max(g.cores, g.running+1)) / cores
	left := p.Deadline.Sub(p.since) - needs
	if wait >= left {
		return refused(Late)
	}
	return min(patience, left), nil
}

// next lets in what may run now: first who ran before, then the queue in its order. g.mu is held.
func (g *Gate) next(now time.Time) {
	for len(g.returning) > 0 {
		p := g.returning[0]
		if !g.fitsAgain(p) {
			return
		}
		g.forget(p)
		g.resume(p, now)
	}
	for {
		p := g.queue.first(now, g.isOverloaded(now))
		if p == nil || !g.fits(p) {
			return
		}
		g.admit(p, now)
		g.queue.remove(p)
		close(p.turn)
	}
}

// isOverloaded reports whether more comes than can be done: the queue is long, and was so long lately that a newcomer
// was refused. A queue that is long but has room for all who come is done in time in its order. g.mu is held.
func (g *Gate) isOverloaded(now time.Time) bool {
	return g.queue.cpu > g.options.Wait*time.Duration(g.cores)/2 && now.Sub(g.fullAt) < g.options.Wait
}

// fits reports whether an operation may begin now. g.mu is held.
func (g *Gate) fits(p *Pass) bool {
	isHeld := g.options.Spare == nil || g.inside == 0 || g.bytes+p.Bytes <= g.options.Spare(g.bytes)
	return isHeld && g.fitsAgain(p)
}

// fitsAgain reports whether an operation that holds its memory already may run now. g.mu is held.
func (g *Gate) fitsAgain(p *Pass) bool { return g.running == 0 || g.room == 0 || g.cpu+p.CPU <= g.room }

// admit lets an operation in. g.mu is held.
func (g *Gate) admit(p *Pass, now time.Time) {
	g.inside++
	g.bytes += p.Bytes
	p.held = p.Bytes
	g.queue.admitted(p)
	g.resume(p, now)
	p.began = g.worked
}

// resume has an operation run. g.mu is held.
func (g *Gate) resume(p *Pass, now time.Time) {
	g.account(now)
	p.state = running
	g.running++
	g.cpu += p.CPU
}

// suspend ends the running of an operation. g.mu is held.
func (g *Gate) suspend(p *Pass, now time.Time) {
	g.account(now)
	g.running--
	g.cpu -= p.CPU
}

// account adds the time since it was last called to the work of those that run. g.mu is held.
func (g *Gate) account(now time.Time) {
	if passed := now.Sub(g.accountedAt); g.running > 0 && passed > 0 {
		g.worked += passed * time.Duration(min(g.cores, g.running)) / time.Duration(g.running)
	}
	g.accountedAt = now
}

func (g *Gate) noteWait(waited time.Duration) {
	if g.options.OnWait != nil {
		g.options.OnWait(waited)
	}
}

func (g *Gate) noteRefusal(reason Reason) {
	if g.options.OnRefusal != nil {
		g.options.OnRefusal(reason)
	}
}

// State is what burdens the process now.
type State struct {
	Need

	// Running are the operations that run, Waiting those in the queue.
	Running, Waiting int
}

// State returns the present one.
func (g *Gate) State() State {
	g.mu.Lock()
	defer g.mu.Unlock()
	return State{Need: Need{CPU: g.cpu, Bytes: g.bytes}, Running: g.running, Waiting: g.queue.length}
}
