package cache

import (
	"context"
	"fmt"
	"sync"
)

// background owns the goroutines of one cache: refreshes outlive the query that began them, and
// Close ends them and waits.
type background struct {
	ctx  context.Context // the life of the cache, not of a call
	stop context.CancelFunc

	mu     sync.Mutex // orders start against close
	closed bool
	tasks  sync.WaitGroup
}

func newBackground() *background {
	ctx, stop := context.WithCancel(context.Background())
	return &background{ctx: ctx, stop: stop}
}

// start runs task with a context that keeps the values of ctx (credentials, trace) but neither its
// end nor its deadline, and that ends with the cache. False when the cache is closed.
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

// PanicError is a panic of a fetch or build function, turned into an error so that a bad record
// costs a refresh and not the process.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }
