package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// partial is a list that knows what it lacks.
type partial interface{ Missing() dataset.Extent }

// list is a list that is read whole, the same one for the whole operation. What it lacks is noted.
func list[K comparable, V partial](ctx context.Context, s *Set, from cache.Set[K, V], key K) (V, error) {
	a := load(s, from).one(ctx, key)
	if a.err != nil {
		return a.value, a.err
	}
	s.uses.incomplete(from.Operation(), a.value.Missing())
	return a.value, nil
}

// sought is what a list was searched for; nil where it has none. In a list that lacks rows that is an error: it may be
// one of them.
func sought[T any](thing *T, in partial, operation string) (*T, error) {
	if thing == nil && in.Missing().Lacks() {
		return nil, dataset.GapError(operation)
	}
	return thing, nil
}

// inRegion is the part of a region, or the whole list where region is empty. It fails when rows of the region could not
// be read.
func inRegion[T any](l *dataset.List[T], operation, region string) (dataset.Part[T], error) {
	if region == "" {
		return l.Whole(), nil
	}
	if l.GapIn(region) {
		return dataset.Part[T]{}, dataset.GapError(operation)
	}
	return l.Region(region), nil
}

// page is a page of the items of a part of a list that pass a filter, in an order.
func page[T any](
	l *dataset.List[T], part dataset.Part[T], f dataset.Filter[T], order dataset.Order[T], args paging.Args,
) (*model.Connection[T], error) {
	p, err := paging.NewPager(order, args)
	if err != nil {
		return nil, err
	}
	return pageOf(l, part, f, p), nil
}

// pageOf is a page of the items of a part of a list that pass a filter.
func pageOf[T any](
	l *dataset.List[T], part dataset.Part[T], f dataset.Filter[T], p *paging.Pager[T],
) *model.Connection[T] {
	items, _ := l.Selected(part, f, p.Order)
	return whole(p.Page(items), l.Truncated)
}

// cut is a page of items that stand in an order. The total of truncated ones is not known.
func cut[T any](items []T, truncated bool, order dataset.Order[T], args paging.Args) (*model.Connection[T], error) {
	page, err := paging.Paginate(items, order, args)
	if err != nil {
		return nil, err
	}
	return whole(page, truncated), nil
}

// whole is a page without a total where its list was truncated.
func whole[T any](page *model.Connection[T], truncated bool) *model.Connection[T] {
	if truncated {
		page.TotalCount = nil
	}
	return page
}
