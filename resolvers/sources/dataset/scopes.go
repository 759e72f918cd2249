package dataset

import (
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"
)

// MostScopes is of how many tenants a replica remembers small things that it could find out again: where each token is
// a tenant of its own there may be any number of them.
const MostScopes = 4096

// ByScope remembers something small of each tenant, of those that were asked about last. It is safe for concurrent use.
type ByScope[V any] interface {
	// Value is what is remembered of a tenant; false when nothing is.
	Value(scope string) (V, bool)
	// Put remembers a value of a tenant.
	Put(scope string, value V)
	// Len is how many tenants something is remembered of.
	Len() int
}

// NewByScope makes an empty memory of at most so many tenants.
func NewByScope[V any](most int) (ByScope[V], error) {
	held, err := lru.New[string, V](most)
	if err != nil {
		return nil, fmt.Errorf("memory of tenants: %w", err)
	}
	return byScope[V]{held}, nil
}

type byScope[V any] struct{ held *lru.Cache[string, V] }

func (b byScope[V]) Value(scope string) (V, bool) { return b.held.Get(scope) }

func (b byScope[V]) Put(scope string, value V) { b.held.Add(scope, value) }

func (b byScope[V]) Len() int { return b.held.Len() }
