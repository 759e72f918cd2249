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
	Selections[T]
}

// Selections are what queries ask of a list. It is an interface so that a package that merely names a list does not
// compile how it is searched once more.
type Selections[T any] interface {
	// InRegion holds the items of a region in the default order.
	InRegion(code string) []T
	// RegionCodes are the regions that items name, in order. The caller must not change them.
	RegionCodes() []string
	// InOrder holds all items in an order.
	InOrder(order Order[T]) []T
	// Whole is the whole list.
	Whole() Part[T]
	// Region is the part of a region.
	Region(code string) Part[T]
	// Selected are the items of a part that pass a filter, in an order. kept means that the same question to this list
	// gets the same slice: it may be the identity of what is worked out from it. The caller must not change it.
	Selected(part Part[T], f Filter[T], order Order[T]) (items []T, kept bool)
	// MostKept is how many items the selections may have, all together, that are kept of the list.
	MostKept() int
}

// selections are those of one list.
type selections[T any] struct {
	all      []T
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
	return List[T]{All: sorted, Extent: extent, Selections: &selections[T]{
		all: sorted, order: order, regionOf: regionOf, byRegion: byRegion, codes: SortedKeys(byRegion),
	}}
}

func (l *selections[T]) InRegion(code string) []T { return l.byRegion[code] }

func (l *selections[T]) RegionCodes() []string { return slices.Clip(l.codes) }

func (l *selections[T]) InOrder(order Order[T]) []T {
	if order.Name == l.order.Name {
		return l.all
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if sorted, ok := l.sorted[order.Name]; ok {
		return sorted
	}
	if l.sorted == nil {
		l.sorted = map[string][]T{}
	}
	l.sorted[order.Name] = Sorted(order, l.all)
	return l.sorted[order.Name]
}
