package streams

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// startOrder lets the queries of a socket begin after the subscriptions that were sent before them stand: whoever
// subscribes first and then reads misses no change.
type startOrder struct {
	mu       sync.Mutex
	starting []chan struct{} // of operations that may be subscriptions and do not stand yet
}

// start is the place of one operation in the order.
type start struct {
	order   *startOrder
	earlier []chan struct{}
	stands  chan struct{}
	once    sync.Once
}

// join adds an operation behind those that were sent before.
func (o *startOrder) join() *start {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := &start{order: o, earlier: slices.Clone(o.starting), stands: make(chan struct{})}
	o.starting = append(o.starting, s.stands)
	return s
}

// done ends the wait for the operation: it stands, has ended, or is no subscription.
func (s *start) done() {
	s.once.Do(func() {
		s.order.mu.Lock()
		defer s.order.mu.Unlock()
		s.order.starting = slices.DeleteFunc(s.order.starting, func(c chan struct{}) bool { return c == s.stands })
		close(s.stands)
	})
}

// dispatch executes an operation in its turn.
func (s *start) dispatch(
	ctx context.Context, exec graphql.GraphExecutor, operation *graphql.OperationContext,
) (graphql.ResponseHandler, context.Context) {
	defer s.done()
	if operation.Operation.Operation != ast.Subscription {
		s.done()
		for _, stands := range s.earlier {
			select {
			case <-stands:
			case <-ctx.Done():
			}
		}
	}
	return exec.DispatchOperation(ctx, operation)
}
