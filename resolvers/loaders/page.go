package loaders

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
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

// Paginate cuts a page out of items, which are complete and stand in the given order, as the Relay connection specification says:
// after and before first, then first, then last. It fails with model.ErrInvalidCursor on a cursor of another order.
func Paginate[T any](items []T, order sources.Order[T], args PageArgs) (*model.Connection[T], error) {
	from, to := 0, len(items)
	if args.After != nil {
		cursor, err := cursorOf(*args.After, order.Name)
		if err != nil {
			return nil, err
		}
		from = order.SeekAfter(items, cursor)
	}
	if args.Before != nil {
		cursor, err := cursorOf(*args.Before, order.Name)
		if err != nil {
			return nil, err
		}
		to = max(from, order.SeekBefore(items, cursor))
	}
	first := args.First
	if first == nil && args.Last == nil {
		page := defaultPage
		first = &page
	}
	if first != nil {
		to = min(to, from+max(0, *first))
	}
	if args.Last != nil {
		from = max(from, to-max(0, *args.Last))
	}
	total := len(items)
	return &model.Connection[T]{
		Nodes:           items[from:to:to],
		TotalCount:      &total,
		HasPreviousPage: from > 0,
		HasNextPage:     to < total,
		CursorOf:        func(item T) string { return order.Cursor(item).String() },
	}, nil
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
