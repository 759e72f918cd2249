package answers

import (
	"context"
	"sync"
)

// Flights has equal queries that are under way share one execution. T is its outcome. Safe for concurrent use.
type Flights[T any] struct {
	mu    sync.Mutex
	under map[Key]*Flight[T]
}

// NewFlights makes it, with nothing under way.
func NewFlights[T any]() *Flights[T] { return &Flights[T]{under: map[Key]*Flight[T]{}} }

// Flight is one execution and those who wait for it, of whom the first one carries it out.
type Flight[T any] struct {
	of      *Flights[T]
	key     Key
	ctx     context.Context // of the execution
	cancel  context.CancelFunc
	release func() bool // the leader's watch over its own caller

	done    chan struct{}
	outcome T    // once done is closed
	ended   bool // outcome is set; false where the execution broke off

	// Guarded by of.mu:
	led     bool // the first caller still wants the outcome
	waiting int  // the others who do
	over    bool // it takes no more callers
}

// Join joins the execution of a key, or begins one: leads is true for the caller that has to carry it out in the
// flight's context, and to end it. That context has the values of the first caller's and its deadline; it ends when no
// caller's own lives any more.
func (f *Flights[T]) Join(ctx context.Context, key Key) (flight *Flight[T], leads bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if flight := f.under[key]; flight != nil {
		flight.waiting++
		return flight, false
	}
	flight = &Flight[T]{of: f, key: key, done: make(chan struct{}), led: true}
	kept := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		flight.ctx, flight.cancel = context.WithDeadline(kept, deadline)
	} else {
		flight.ctx, flight.cancel = context.WithCancel(kept)
	}
	f.under[key] = flight
	flight.release = context.AfterFunc(ctx, func() { flight.leave(func() { flight.led = false }) })
	return flight, true
}

// Context is that of the execution.
func (f *Flight[T]) Context() context.Context { return f.ctx }

// End ends an execution with its outcome, which is made only when others wait. Only the first call counts.
func (f *Flight[T]) End(outcome func() T) {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	if f.over {
		return
	}
	f.close()
	if f.waiting > 0 {
		f.outcome, f.ended = outcome(), true
	}
	close(f.done)
}

// Abandon ends an execution that has not been ended, without an outcome, and frees its context.
func (f *Flight[T]) Abandon() {
	f.release()
	f.of.mu.Lock()
	if !f.over {
		f.close()
		close(f.done)
	}
	f.of.mu.Unlock()
	f.cancel()
}

// close takes no more callers. The lock is held.
func (f *Flight[T]) close() {
	f.over = true
	if f.of.under[f.key] == f {
		delete(f.of.under, f.key)
	}
}

// Wait waits for the outcome while ctx lives; false when there is none.
func (f *Flight[T]) Wait(ctx context.Context) (outcome T, ok bool) {
	select {
	case <-f.done:
		return f.outcome, f.ended
	case <-ctx.Done():
		f.Leave()
		return outcome, false
	}
}

// Leave takes out a caller who joined and does not wait.
func (f *Flight[T]) Leave() { f.leave(func() { f.waiting-- }) }

// leave takes a caller out whose own time has ended; with the last one the execution ends.
func (f *Flight[T]) leave(out func()) {
	f.of.mu.Lock()
	out()
	last := !f.led && f.waiting == 0
	if last {
		f.close()
	}
	f.of.mu.Unlock()
	if last {
		f.cancel()
	}
}
