package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// defaultPage is how many items a connection gives when neither first nor last is asked.
const defaultPage = 50

// PageArgs are the arguments of a connection. Their bounds are checked before execution; nil means not given.
type PageArgs struct {
	First  *int
	After  *string
	Last   *int
	Before *string
}

// partial is a list that knows what it lacks.
type partial interface{ Missing() dataset.Extent }

// list is a list that is read whole, the same one for the whole operation. What it lacks is noted.
func list[K comparable, V partial](ctx context.Context, s *Set, from *cache.Set[K, V], key K) (V, error) {
	a := load(s, from).one(ctx, key)
	if a.err != nil {
		return a.value, a.err
	}
	s.uses.incomplete(from.Operation(), a.value.Missing())
	return a.value, nil
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
	l *dataset.List[T], part dataset.Part[T], f dataset.Filter[T], order dataset.Order[T], args PageArgs,
) (*model.Connection[T], error) {
	p, err := newPager(order, args)
	if err != nil {
		return nil, err
	}
	return pageOf(l, part, f, p), nil
}

// pageOf is a page of the items of a part of a list that pass a filter.
func pageOf[T any](
	l *dataset.List[T], part dataset.Part[T], f dataset.Filter[T], p *pager[T],
) *model.Connection[T] {
	items, _ := l.Selected(part, f, p.order)
	return whole(p.page(items), l.Truncated)
}

// cut is a page of items that stand in an order. The total of truncated ones is not known.
func cut[T any](items []T, truncated bool, order dataset.Order[T], args PageArgs) (*model.Connection[T], error) {
	page, err := Paginate(items, order, args)
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

// Paginate cuts a page from items, which are complete and stand in the given order, as Relay's specification of
// connections says: after and before, then first, then last. A cursor of another order is model.ErrInvalidCursor.
func Paginate[T any](items []T, order dataset.Order[T], args PageArgs) (*model.Connection[T], error) {
	p, err := newPager(order, args)
	if err != nil {
		return nil, err
	}
	return p.page(items), nil
}

// pager cuts pages of one order by the same arguments.
type pager[T any] struct {
	order         dataset.Order[T]
	args          PageArgs
	after, before model.Cursor // where the arguments have them
	cursorOf      func(T) string
}

func newPager[T any](order dataset.Order[T], args PageArgs) (*pager[T], error) {
	p := &pager[T]{order: order, args: args}
	p.cursorOf = func(item T) string { return p.order.Cursor(item).String() }
	var err error
	if args.After != nil {
		if p.after, err = cursorOf(*args.After, order.Name); err != nil {
			return nil, err
		}
	}
	if args.Before != nil {
		if p.before, err = cursorOf(*args.Before, order.Name); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// page cuts a page from items: see [Paginate].
func (p *pager[T]) page(items []T) *model.Connection[T] {
	from, to := 0, len(items)
	if p.args.After != nil {
		from = p.order.SeekAfter(items, p.after)
	}
	if p.args.Before != nil {
		to = max(from, p.order.SeekBefore(items, p.before))
	}
	switch {
	case p.args.First != nil:
		to = min(to, from+max(0, *p.args.First))
	case p.args.Last == nil:
		to = min(to, from+defaultPage)
	}
	if p.args.Last != nil {
		from = max(from, to-max(0, *p.args.Last))
	}
	page := &struct {
		connection model.Connection[T]
		total      int
	}{total: len(items)}
	page.connection = model.Connection[T]{
		Nodes:           items[from:to:to],
		TotalCount:      &page.total,
		HasPreviousPage: from > 0,
		HasNextPage:     to < len(items),
		CursorOf:        p.cursorOf,
	}
	return &page.connection
}

func cursorOf(text, order string) (model.Cursor, error) {
	cursor, err := model.ParseCursor(text)
	if err != nil {
		return model.Cursor{}, err
	}
	if cursor.Order != order {
		return model.Cursor{}, model.ErrInvalidCursor
	}
	return cursor, nil
}
