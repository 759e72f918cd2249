// Package paging cuts pages of connections from lists that stand in an order, as Relay's specification of connections
// says.
package paging

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// DefaultPage is how many items a connection gives when neither first nor last is asked.
const DefaultPage = 50

// Args are the arguments of a connection. Their bounds are checked before execution; nil means not given.
type Args struct {
	First  *int
	After  *string
	Last   *int
	Before *string
}

// Paginate cuts a page from items, which are complete and stand in the given order, as Relay's specification of
// connections says: after and before, then first, then last. A cursor of another order is model.ErrInvalidCursor.
func Paginate[T any](items []T, order dataset.Order[T], args Args) (*model.Connection[T], error) {
	p, err := NewPager(order, args)
	if err != nil {
		return nil, err
	}
	return p.Page(items), nil
}

// Pager cuts pages of one order by the same arguments. Safe for concurrent use, unless room was reserved.
type Pager[T any] struct {
	// Order is the one that items have to stand in.
	Order dataset.Order[T]

	args          Args
	after, before model.Cursor // where the arguments have them
	cursorOf      func(T) string
	room          []page[T]
}

// page is a connection with what it points to.
type page[T any] struct {
	connection model.Connection[T]
	total      int
}

// Reserve makes room for so many pages at once: those of a level.
func (p *Pager[T]) Reserve(pages int) { p.room = make([]page[T], pages) }

// next is the room of the next page.
func (p *Pager[T]) next() *page[T] {
	if len(p.room) == 0 {
		return new(page[T])
	}
	next := &p.room[0]
	p.room = p.room[1:]
	return next
}

// NewPager makes the pager of an order and arguments. A cursor of another order is model.ErrInvalidCursor.
func NewPager[T any](order dataset.Order[T], args Args) (*Pager[T], error) {
	p := &Pager[T]{Order: order, args: args}
	p.cursorOf = func(item T) string { return dataset.CursorOf(p.Order, item).String() }
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

// Page cuts a page from items: see [Paginate].
func (p *Pager[T]) Page(items []T) *model.Connection[T] {
	from, to := 0, len(items)
	if p.args.After != nil {
		from = dataset.SeekAfter(p.Order, items, p.after)
	}
	if p.args.Before != nil {
		to = max(from, dataset.SeekBefore(p.Order, items, p.before))
	}
	switch {
	case p.args.First != nil:
		to = min(to, from+max(0, *p.args.First))
	case p.args.Last == nil:
		to = min(to, from+DefaultPage)
	}
	if p.args.Last != nil {
		from = max(from, to-max(0, *p.args.Last))
	}
	page := p.next()
	page.total = len(items)
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
