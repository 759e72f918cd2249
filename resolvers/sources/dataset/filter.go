package dataset

// Wanted is the set of values that one field of a filter accepts; nil accepts every value, also none.
type Wanted[T comparable] map[T]struct{}

// SetOf makes the set of a filter field; a field that is not given accepts every value, an empty list none.
func SetOf[T comparable](values []T) Wanted[T] {
	if values == nil {
		return nil
	}
	set := make(Wanted[T], len(values))
	for _, value := range values {
		set[value] = struct{}{}
	}
	return set
}

// Has reports whether the set accepts a value; nil stands for one that the upstream left out.
func (w Wanted[T]) Has(value *T) bool {
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
