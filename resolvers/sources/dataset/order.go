package dataset

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
)

// Order says how items of one type are ordered: by a sort key, null last in either direction, ties by the item's own
// key. Name is short, differs between orders and directions, and is part of every cursor.
type Order[T any] struct {
	Name       string
	Descending bool
	Key        func(T) model.SortKey
	ID         func(T) string
}

// CursorOf is an item's place in an order.
func CursorOf[T any](o Order[T], item T) model.Cursor {
	return model.Cursor{Order: o.Name, Key: o.Key(item), ID: o.ID(item)}
}

// Sorted returns items in an order, in a slice of its own.
func Sorted[T any](o Order[T], items []T) []T {
	keyed := make([]place[T], len(items))
	for i, item := range items {
		keyed[i] = place[T]{key: o.Key(item), id: o.ID(item), item: item}
	}
	slices.SortStableFunc(keyed, func(a, b place[T]) int { return compare(o.Descending, a.key, a.id, b.key, b.id) })
	sorted := make([]T, len(items))
	for i := range keyed {
		sorted[i] = keyed[i].item
	}
	return sorted
}

// Merged returns the items of two lists that are both in an order as one list in it, in a slice of its own. Of equal
// items those of the first list come first.
func Merged[T any](o Order[T], first, second []T) []T {
	merged := make([]T, 0, len(first)+len(second))
	at := func(items []T) place[T] {
		if len(items) == 0 {
			return place[T]{}
		}
		return place[T]{key: o.Key(items[0]), id: o.ID(items[0]), item: items[0]}
	}
	a, b := at(first), at(second)
	for len(first) > 0 && len(second) > 0 {
		if compare(o.Descending, b.key, b.id, a.key, a.id) < 0 {
			merged, second = append(merged, b.item), second[1:]
			b = at(second)
			continue
		}
		merged, first = append(merged, a.item), first[1:]
		a = at(first)
	}
	return append(append(merged, first...), second...)
}

type place[T any] struct {
	key  model.SortKey
	id   string
	item T
}

// SeekAfter is the index of the first item after the cursor, whose own item may be gone.
func SeekAfter[T any](o Order[T], items []T, c model.Cursor) int {
	return sort.Search(len(items), func(i int) bool {
		return compare(o.Descending, o.Key(items[i]), o.ID(items[i]), c.Key, c.ID) > 0
	})
}

// SeekBefore is the index of the first item that is not before the cursor, whose own item may be gone.
func SeekBefore[T any](o Order[T], items []T, c model.Cursor) int {
	return sort.Search(len(items), func(i int) bool {
		return compare(o.Descending, o.Key(items[i]), o.ID(items[i]), c.Key, c.ID) >= 0
	})
}

func compare(descending bool, a model.SortKey, aID string, b model.SortKey, bID string) int {
	switch {
	case a.Null && b.Null:
		return strings.Compare(aID, bID)
	case a.Null:
		return 1
	case b.Null:
		return -1
	}
	byKey := cmp.Or(cmp.Compare(a.Number, b.Number), strings.Compare(a.Text, b.Text))
	if descending {
		byKey = -byKey
	}
	return cmp.Or(byKey, strings.Compare(aID, bID))
}

// TextKey orders by a text without regard to case; nil comes last.
func TextKey(text *string) model.SortKey {
	if text == nil {
		return model.SortKey{Null: true}
	}
	return model.SortKey{Text: strings.ToLower(*text)}
}

// NumberKey orders by a number; nil comes last.
func NumberKey(number *float64) model.SortKey {
	if number == nil {
		return model.SortKey{Null: true}
	}
	return model.SortKey{Number: *number}
}

// TimeKey orders by an instant; nil comes last.
func TimeKey(t *time.Time) model.SortKey {
	if t == nil {
		return model.SortKey{Null: true}
	}
	return model.SortKey{Number: float64(t.UnixMilli())}
}

// SeverityKey orders by severity, the least one first; nil comes last.
func SeverityKey(severity *model.AlarmSeverity) model.SortKey {
	if severity == nil {
		return model.SortKey{Null: true}
	}
	return model.SortKey{Number: float64(len(model.AllAlarmSeverity) - slices.Index(model.AllAlarmSeverity, *severity))}
}
