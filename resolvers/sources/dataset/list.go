package dataset

import (
	"slices"
	"sync"

	"github.com/opsgraph/opsgraph/cache"
)

// Extent says how much of the upstream's rows a list has.
type Extent struct {
	// Gaps are the rows that can't be used, by region code.
	Gaps []cache.Gap
	// Truncated reports that the list was longer than the pages that are read or, with Repeats, that the upstream answered
	// the same page again.
	Truncated, Repeats bool
	// Foreign counts rows about something else than what was asked, which are left out.
	Foreign int
	// Code is a code beside the data that is not known as one of success; empty means none.
	Code string
}

// ExtentOf is the extent of what was fetched.
func ExtentOf[R any](f cache.Fetched[R]) Extent {
	return Extent{Gaps: f.Gaps, Truncated: f.Truncated, Repeats: f.Repeats, Foreign: f.Foreign, Code: f.Code}
}

// Lacks reports whether something that a list does not have may exist all the same.
func (e Extent) Lacks() bool { return e.Truncated || len(e.Gaps) > 0 || e.Code != "" }

// Missing is the extent itself, for code that reads lists of all kinds.
func (e Extent) Missing() Extent { return e }

// GapIn reports whether rows of a region could not be read; rows of an unknown region count for every region.
func (e Extent) GapIn(region string) bool {
	return slices.ContainsFunc(e.Gaps, func(gap cache.Gap) bool {
		return gap.Part == region || gap.Part == "" || !CodePattern.MatchString(gap.Part)
	})
}

// List is one generation of a complete list. It is immutable but for what is worked out from it when first asked for:
// orders, indexes and selections.
type List[T any] struct {
	// All holds every item in the default order.
	All []T
	Extent

	order    Order[T] // the default one
	regionOf func(T) *string
	byRegion map[string][]T
	codes    []string

	mu       sync.Mutex
	sorted   map[string][]T
	postings map[string]*postings
	texts    map[string]*texts
	kept     Kept[question, []T]
}

// NewList makes a list of items that stand in the given order, the default one.
func NewList[T any](sorted []T, order Order[T], extent Extent, regionOf func(T) *string) List[T] {
	byRegion := map[string][]T{}
	for _, item := range sorted {
		if region := regionOf(item); region != nil {
			byRegion[*region] = append(byRegion[*region], item)
		}
	}
	return List[T]{
		All: sorted, Extent: extent, order: order, regionOf: regionOf, byRegion: byRegion, codes: SortedKeys(byRegion),
	}
}

// InRegion holds the items of a region in the default order.
func (l *List[T]) InRegion(code string) []T { return l.byRegion[code] }

// RegionCodes are the regions that items name, in order. The caller must not change them.
func (l *List[T]) RegionCodes() []string { return slices.Clip(l.codes) }

// InOrder holds all items in an order.
func (l *List[T]) InOrder(order Order[T]) []T {
	if order.Name == l.order.Name {
		return l.All
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if sorted, ok := l.sorted[order.Name]; ok {
		return sorted
	}
	if l.sorted == nil {
		l.sorted = map[string][]T{}
	}
	l.sorted[order.Name] = order.Sorted(l.All)
	return l.sorted[order.Name]
}
