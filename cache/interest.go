package cache

import "context"

// interest is that of queries in a fetch that began behind, when none waited for it. Those who join,
// here or in another replica, show theirs; who holds the lock of the fetch may call its methods. nil: queries waited from the
// start.
type interest struct {
	shown bool
	came  chan struct{} // closed once shown
}

func newInterest() *interest { return &interest{came: make(chan struct{})} }

// show tells that a query waits now.
func (i *interest) show() {
	if i != nil && !i.shown {
		i.shown = true
		close(i.came)
	}
}

// none tells that no query has waited so far.
func (i *interest) none() bool { return i != nil && !i.shown }

type interestKey struct{}

// Awaited gives, inside a fetch that began behind, what is closed once a query waits for it: until
// then it may take the slower lane of a quota. nil: a query waited when the fetch began.
func Awaited(ctx context.Context) <-chan struct{} {
	if i, _ := ctx.Value(interestKey{}).(*interest); i != nil {
		return i.came
	}
	return nil
}

func withInterest(ctx context.Context, i *interest) context.Context {
	return context.WithValue(ctx, interestKey{}, i)
}
