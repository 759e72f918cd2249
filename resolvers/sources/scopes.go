package sources

import (
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"
)

// mostScopes is of how many tenants a replica remembers the small things that it could find out again: where each token is a tenant of its
// own there may be any number of them.
const mostScopes = 4096

// byScope remembers something small of each tenant, of those that were asked about last. It is safe for concurrent use.
type byScope[V any] struct{ held *lru.Cache[string, V] }

func newByScope[V any]() (byScope[V], error) {
	held, err := lru.New[string, V](mostScopes)
	if err != nil {
		return byScope[V]{}, fmt.Errorf("memory of tenants: %w", err)
	}
	return byScope[V]{held}, nil
}

func (b byScope[V]) value(scope string) (V, bool) { return b.held.Get(scope) }

func (b byScope[V]) put(scope string, value V) { b.held.Add(scope, value) }
