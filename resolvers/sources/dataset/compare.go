package dataset

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// CompareTimes orders instants; nil comes last.
func CompareTimes(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	default:
		return a.Compare(*b)
	}
}

// Later reports whether a is known and after b; every instant is after an unknown one.
func Later(a, b *time.Time) bool {
	return a != nil && (b == nil || a.After(*b))
}

// SortedKeys are the keys of an index, in order.
func SortedKeys[V any](index map[string]V) []string {
	return slices.Sorted(maps.Keys(index))
}

// NamesThenNone are the keys in order, and the empty one, which stands for nothing, last.
func NamesThenNone[K ~string, V any](index map[K]V) []K {
	return slices.SortedFunc(maps.Keys(index), func(a, b K) int {
		return cmp.Or(NoneLast(SomeOrNil(a), SomeOrNil(b)), strings.Compare(string(a), string(b)))
	})
}

// NoneLast orders any value before nil.
func NoneLast[T any](a, b *T) int {
	switch {
	case (a == nil) == (b == nil):
		return 0
	case a == nil:
		return 1
	default:
		return -1
	}
}

// RegionName is a name within a region: names count in no other.
type RegionName struct{ Region, Name string }

// IndexUnique keeps the value under its key, or nil once another value has the same key.
func IndexUnique[K comparable, V any](index map[K]*V, key K, value *V) {
	if before, taken := index[key]; taken && before != value {
		value = nil
	}
	index[key] = value
}

// OnlyOne is the one value that the keys lead to; nil when they lead to none or to several.
func OnlyOne[V any](keys []string, index map[string]*V) *V {
	var found *V
	for _, key := range keys {
		value, known := index[key]
		if !known {
			continue
		}
		if value == nil || (found != nil && found != value) {
			return nil
		}
		found = value
	}
	return found
}
