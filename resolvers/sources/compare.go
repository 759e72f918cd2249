package sources

import (
	"maps"
	"slices"
	"time"
)

// compareTimes orders instants; nil comes last.
func compareTimes(a, b *time.Time) int {
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

// later tells whether a is known and after b; every instant is after an unknown one.
func later(a, b *time.Time) bool {
	return a != nil && (b == nil || a.After(*b))
}

// firstDifference is the first of some comparisons that is not equal.
func firstDifference(comparisons ...int) int {
	for _, comparison := range comparisons {
		if comparison != 0 {
			return comparison
		}
	}
	return 0
}

func sortedKeys[V any](index map[string]V) []string {
	return slices.Sorted(maps.Keys(index))
}
