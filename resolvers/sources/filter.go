package sources

import "sync"

// wanted is the set of values that one field of a filter accepts; nil accepts every value, also none.
type wanted[T comparable] map[T]struct{}

// setOf makes the set of a filter field; a field that is not given accepts every value, an empty list none.
func setOf[T comparable](values []T) wanted[T] {
	if values == nil {
		return nil
	}
	set := make(wanted[T], len(values))
	for _, value := range values {
		set[value] = struct{}{}
	}
	return set
}

// has tells whether the set accepts a value; nil stands for one that the upstream left out.
func (w wanted[T]) has(value *T) bool {
	if w == nil {
		return true
	}
	if value == nil {
		return false
	}
	_, ok := w[*value]
	return ok
}

// Select is the part of items that match, in their order; the slice itself when all of them do.
func Select[T any](items []T, matches func(T) bool) []T {
	for i, item := range items {
		if matches(item) {
			continue
		}
		selected := append(make([]T, 0, len(items)-1), items[:i]...)
		for _, later := range items[i+1:] {
			if matches(later) {
				selected = append(selected, later)
			}
		}
		return selected
	}
	return items
}

// orderCache keeps the orders that were asked of one generation, so that each is sorted once.
type orderCache[T any] struct {
	mu     sync.Mutex
	sorted map[string][]T
}

func (c *orderCache[T]) in(order Order[T], defaultName string, items []T) []T {
	if order.Name == defaultName {
		return items
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if sorted, ok := c.sorted[order.Name]; ok {
		return sorted
	}
	if c.sorted == nil {
		c.sorted = map[string][]T{}
	}
	c.sorted[order.Name] = order.Sorted(items)
	return c.sorted[order.Name]
}
