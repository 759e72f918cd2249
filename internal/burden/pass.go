package burden

import (
	"context"
	"slices"
	"time"
)

// state is where an operation stands.
type state int

const (
	queued    state = iota
	running         // counts with its processor time
	paused          // waits for an upstream
	returning       // has what it waited for, and waits for room
	left
)

// Pass is the right of one operation to run. Safe for concurrent use.
type Pass struct {
	Ask

	gate  *Gate
	turn  chan struct{} // closed when it is let in
	since time.Time     // when it came

	waited time.Duration // for its turn, once it is let in

	// All below is guarded by the gate's lock.
	state     state
	began     time.Duration // the gate's work when it was let in
	pauses    int           // waits for upstreams that have not ended
	hasPaused bool
	again     chan struct{} // closed when it runs again; nil unless it is returning
	held      int64         // bytes
}

// Pause gives the processor time back while the operation waits for an upstream; who waited calls resume before going
// on. It counts as waiting while any of its waits lasts. Then it takes the time again, before all who have not begun;
// resume returns where ctx ends, too, so that what is finished can be answered.
func (p *Pass) Pause() (resume func(ctx context.Context)) {
	g := p.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	p.pauses++
	p.hasPaused = true
	now := g.options.Now()
	switch p.state {
	case running:
		g.suspend(p, now)
		p.state = paused
		g.next(now)
	case returning: // who waits for room may go on: the operation counts as waiting again
		g.forget(p)
		p.state = paused
	case queued, paused, left:
	}
	return p.resume
}

// resume ends one wait.
func (p *Pass) resume(ctx context.Context) {
	g := p.gate
	g.mu.Lock()
	p.pauses--
	if p.pauses > 0 || p.state != paused {
		g.mu.Unlock()
		return
	}
	p.state, p.again = returning, make(chan struct{})
	again := p.again
	g.returning = append(g.returning, p)
	g.next(g.options.Now())
	g.mu.Unlock()
	select {
	case <-again:
		g.options.Yield() // as who is let in: see Enter
	case <-ctx.Done():
		g.mu.Lock()
		defer g.mu.Unlock()
		if p.state == returning && p.again == again {
			g.forget(p)
			g.resume(p, g.options.Now()) // it runs, room or not
		}
	}
}

// forget takes an operation from those that wait to run again. g.mu is held.
func (g *Gate) forget(p *Pass) {
	g.returning = slices.DeleteFunc(g.returning, func(other *Pass) bool { return other == p })
	close(p.again)
	p.again = nil
}

// Finish ends the run of an operation whose answer has so many bytes, which it holds until [Pass.Release]. It returns
// the processor time that the operation had: what the cores gave, shared evenly among those that ran. It is known only
// for one that never waited for an upstream. A second call does nothing.
func (p *Pass) Finish(answer int64) (took time.Duration, known bool) {
	g := p.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.options.Now()
	switch p.state {
	case running:
		g.suspend(p, now)
		took, known = g.worked-p.began, !p.hasPaused
	case returning:
		g.forget(p)
	case paused:
	case queued, left:
		return 0, false
	}
	p.state = left
	g.inside--
	keep := min(p.held, answer)
	g.bytes -= p.held - keep
	p.held = keep
	g.queue.leave(p)
	g.next(now)
	return took, known
}

// Release gives back what is held of the answer: it is written. A second call does nothing.
func (p *Pass) Release() {
	g := p.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.state != left || p.held == 0 {
		return
	}
	g.bytes -= p.held
	p.held = 0
	g.next(g.options.Now())
}

// Waited is how long the operation waited until it was let in.
func (p *Pass) Waited() time.Duration { return p.waited }

type passKey struct{}

// With returns a context with the pass of its operation.
func With(ctx context.Context, p *Pass) context.Context { return context.WithValue(ctx, passKey{}, p) }

// From is the pass of a context's operation; nil where it has none.
func From(ctx context.Context) *Pass {
	p, _ := ctx.Value(passKey{}).(*Pass)
	return p
}
