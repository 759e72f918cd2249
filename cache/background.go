package cache

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// background owns the goroutines of one store: refreshes outlive the query that began them, and Close ends them and
// waits.
type background struct {
	ctx  context.Context // the life of the store, not of a call
	stop context.CancelFunc

	mu     sync.Mutex // orders start against close
	closed bool
	tasks  sync.WaitGroup
}

func newBackground() *background {
	ctx, stop := context.WithCancel(context.Background())
	return &background{ctx: ctx, stop: stop}
}

// start runs task with a context that has the values of ctx (credentials, trace), not its deadline, and ends with the
// store. It returns false when the store is closed.
func (b *background) start(ctx context.Context, task func(ctx context.Context)) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.tasks.Go(func() {
		ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		defer cancel()
		defer context.AfterFunc(b.ctx, cancel)()
		task(ctx)
	})
	return true
}

func (b *background) close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.stop()
	b.tasks.Wait()
}

// PanicError is a panic of a fetch or build function as an error, so that a bad record costs a refresh and not the
// process.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// catch turns a panic into an error.
func catch(err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{Value: v, Stack: debug.Stack()}
	}
}

// every runs a task at each interval until stop is called, which waits for the task.
func every(ctx context.Context, interval time.Duration, task func(ctx context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				task(ctx)
			}
		}
	}()
	return func() { cancel(); <-ended }
}
