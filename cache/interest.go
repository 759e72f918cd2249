package cache

import "context"

// interest records whether queries wait for a fetch that began in the background: those of this process that join its
// flights, and those of other replicas. Nil: a query waited from the start. Its methods need the store's lock.
type interest struct {
	shown bool
	came  chan struct{} // closed once shown
}

func newInterest() *interest { return &interest{came: make(chan struct{})} }

// show notes that a query waits now.
func (i *interest) show() {
	if i != nil && !i.shown {
		i.shown = true
		close(i.came)
	}
}

// none reports whether no query has waited so far.
func (i *interest) none() bool { return i != nil && !i.shown }

type interestKey struct{}

// Awaited returns, inside a fetch that began in the background, a channel that is closed once a query waits for it:
// until then the fetch may take the slower lane of a quota. Nil: a query waited when the fetch began.
func Awaited(ctx context.Context) <-chan struct{} {
	if i, _ := ctx.Value(interestKey{}).(*interest); i != nil {
		return i.came
	}
	return nil
}

func withInterest(ctx context.Context, i *interest) context.Context {
	return context.WithValue(ctx, interestKey{}, i)
}
