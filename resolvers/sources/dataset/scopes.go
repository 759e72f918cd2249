package dataset

import (
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"
)

// MostScopes is of how many tenants a replica remembers small things that it could find out again: where each token is
// a tenant of its own there may be any number of them.
const MostScopes = 4096

// ByScope remembers something small of each tenant, of those that were asked about last. It is safe for concurrent use.
type ByScope[V any] struct{ held *lru.Cache[string, V] }

// NewByScope makes an empty memory.
func NewByScope[V any]() (ByScope[V], error) {
	held, err := lru.New[string, V](MostScopes)
	if err != nil {
		return ByScope[V]{}, fmt.Errorf("memory of tenants: %w", err)
	}
	return ByScope[V]{held}, nil
}

// Value is what is remembered of a tenant; false when nothing is.
func (b ByScope[V]) Value(scope string) (V, bool) { return b.held.Get(scope) }

// Put remembers a value of a tenant.
func (b ByScope[V]) Put(scope string, value V) { b.held.Add(scope, value) }

// Len is how many tenants something is remembered of.
func (b ByScope[V]) Len() int { return b.held.Len() }
