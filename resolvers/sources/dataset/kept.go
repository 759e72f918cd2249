package dataset

import "sync"

// Kept keeps what was worked out from one generation, the latest of it, within bounds. The zero value keeps nothing
// yet. It is safe for concurrent use; two that miss at once both work it out, and one is kept.
type Kept[K comparable, V any] struct {
	mu     sync.Mutex
	values map[K]keptValue[V]
	order  []K // oldest first
	weight int
}

type keptValue[V any] struct {
	value  V
	weight int
}

// mostKept is how many values are kept at most.
const mostKept = 64

// Get is what is kept under a key.
func (k *Kept[K, V]) Get(key K) (V, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	held, ok := k.values[key]
	return held.value, ok
}

// Put keeps a value that weighs so much, while all of them weigh no more than most: the oldest go first. It returns
// what is kept under the key, which may be that of another, and false where the value alone is too heavy.
func (k *Kept[K, V]) Put(key K, value V, weight, most int) (V, bool) {
	if weight > most {
		return value, false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if held, ok := k.values[key]; ok {
		return held.value, true
	}
	for len(k.order) > 0 && (len(k.order) >= mostKept || k.weight+weight > most) {
		k.weight -= k.values[k.order[0]].weight
		delete(k.values, k.order[0])
		k.order = k.order[1:]
	}
	if k.values == nil {
		k.values = map[K]keptValue[V]{}
	}
	k.values[key] = keptValue[V]{value, weight}
	k.order = append(k.order, key)
	k.weight += weight
	return value, true
}

// Place is the identity of a part of one generation's items: equal ones hold the same items. It keeps them alive.
type Place[T any] struct {
	first *T
	items int
}

// PlaceOf is the identity of items, which must never change.
func PlaceOf[T any](items []T) Place[T] {
	if len(items) == 0 {
		return Place[T]{}
	}
	return Place[T]{&items[0], len(items)}
}

// Once is what is kept under the identity of items, or what is worked out from them now and kept, while the items of
// all that is kept are no more than most.
func Once[T, V any](k *Kept[Place[T], V], items []T, most int, work func() V) V {
	of := PlaceOf(items)
	if held, ok := k.Get(of); ok {
		return held
	}
	value, _ := k.Put(of, work(), len(items), most)
	return value
}
