package paging_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// numbers orders whole numbers, which are their own ids.
func numbers(descending bool) dataset.Order[int] {
	order := dataset.Order[int]{
		Name: "n", Descending: descending,
		Key: func(n int) model.SortKey { return model.SortKey{Number: float64(n / 2)} }, // ties
		ID:  func(n int) string { return fmt.Sprintf("%06d", n) },
	}
	if descending {
		order.Name = "n-"
	}
	return order
}

// naive is a page as the Relay connection specification words it: cursors first, then first, then last.
func naive(items []int, order dataset.Order[int], args paging.Args) (page []int, before, after bool) {
	place := func(cursor *string) model.Cursor {
		c, _ := model.ParseCursor(*cursor) // drawn from items
		return c
	}
	page = slices.Clone(items)
	if args.After != nil {
		at := slices.Index(page, itemAt(items, order, place(args.After)))
		page = page[at+1:]
	}
	if args.Before != nil {
		at := slices.Index(page, itemAt(items, order, place(args.Before)))
		if at >= 0 {
			page = page[:at]
		} else {
			page = nil // it stands before where the page begins
		}
	}
	first := args.First
	if first == nil && args.Last == nil {
		fifty := 50
		first = &fifty
	}
	if first != nil && len(page) > *first {
		page = page[:*first]
	}
	if args.Last != nil && len(page) > *args.Last {
		page = page[len(page)-*args.Last:]
	}
	if len(page) == 0 {
		return nil, false, false
	}
	return page, page[0] != items[0], page[len(page)-1] != items[len(items)-1]
}

func itemAt(items []int, order dataset.Order[int], cursor model.Cursor) int {
	return items[slices.IndexFunc(items, func(n int) bool { return dataset.CursorOf(order, n) == cursor })]
}

func TestPaginateAsTheSpecificationSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := numbers(rapid.Bool().Draw(t, "descending"))
		items := dataset.Sorted(order, rapid.SliceOfNDistinct(rapid.IntRange(0, 200), 0, 120, rapid.ID[int]).Draw(t, "items"))
		var args paging.Args
		size := func(name string) *int {
			if !rapid.Bool().Draw(t, "with "+name) {
				return nil
			}
			n := rapid.IntRange(1, 60).Draw(t, name)
			return &n
		}
		cursor := func(name string) *string {
			if len(items) == 0 || !rapid.Bool().Draw(t, "with "+name) {
				return nil
			}
			text := dataset.CursorOf(order, rapid.SampledFrom(items).Draw(t, name)).String()
			return &text
		}
		args.First, args.Last, args.After, args.Before = size("first"), size("last"), cursor("after"), cursor("before")
		got, err := paging.Paginate(items, order, args)
		if err != nil {
			t.Fatal(err)
		}
		want, before, after := naive(items, order, args)
		if diff := cmp.Diff(want, append([]int(nil), got.Nodes...)); diff != "" {
			t.Fatalf("page of %v (-want +got):\n%s", items, diff)
		}
		if *got.TotalCount != len(items) {
			t.Fatalf("total %d of %d", *got.TotalCount, len(items))
		}
		if len(want) > 0 && (got.HasPreviousPage != before || got.HasNextPage != after) {
			t.Fatalf("page %v of %v: previous %v, next %v", want, items, got.HasPreviousPage, got.HasNextPage)
		}
	})
}

// TestPaginateThroughAChangingList walks forward while the list changes between pages: what stays in it is met once, in
// order.
func TestPaginateThroughAChangingList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := numbers(rapid.Bool().Draw(t, "descending"))
		draw := func(name string) []int {
			return rapid.SliceOfNDistinct(rapid.IntRange(0, 100), 0, 60, rapid.ID[int]).Draw(t, name)
		}
		stays := draw("stays")
		size := rapid.IntRange(1, 7).Draw(t, "size")
		args := paging.Args{First: &size}
		var met []int
		for range 200 {
			items := dataset.Sorted(order, slices.Compact(slices.Sorted(slices.Values(append(draw("more"), stays...)))))
			page, err := paging.Paginate(items, order, args)
			if err != nil {
				t.Fatal(err)
			}
			met = append(met, page.Nodes...)
			if !page.HasNextPage {
				break
			}
			args.After = page.PageInfo().EndCursor()
		}
		for _, n := range stays {
			if count := len(slices.DeleteFunc(slices.Clone(met), func(m int) bool { return m != n })); count != 1 {
				t.Fatalf("%d was met %d times in %v", n, count, met)
			}
		}
		if !slices.Equal(met, dataset.Sorted(order, met)) {
			t.Fatalf("met out of order: %v", met)
		}
	})
}

func TestPaginateBounds(t *testing.T) {
	items := make([]int, 120)
	for i := range items {
		items[i] = i
	}
	order := numbers(false)
	page, err := paging.Paginate(items, order, paging.Args{})
	if err != nil || len(page.Nodes) != 50 || !page.HasNextPage {
		t.Errorf("nothing asked: %d items, %v", len(page.Nodes), err)
	}
	page.Nodes = append(page.Nodes, -1)
	if items[50] != 50 || len(page.Nodes) != 51 {
		t.Error("a page lets its user write into the list")
	}
	empty, err := paging.Paginate(nil, order, paging.Args{})
	if err != nil || empty.HasNextPage || empty.HasPreviousPage || *empty.TotalCount != 0 {
		t.Errorf("page of nothing: %+v, %v", empty, err)
	}
	for name, cursor := range map[string]string{
		"of the other direction": dataset.CursorOf(numbers(true), 3).String(), "no cursor": "abc", "empty": "",
	} {
		for _, args := range []paging.Args{{After: &cursor}, {Before: &cursor}} {
			if _, err := paging.Paginate(items, order, args); !errors.Is(err, model.ErrInvalidCursor) {
				t.Errorf("cursor %s: %v", name, err)
			}
		}
	}
}

func BenchmarkPaginate(b *testing.B) {
	order := numbers(false)
	items := make([]int, 50_000)
	for i := range items {
		items[i] = i
	}
	items = dataset.Sorted(order, items)
	middle, size := dataset.CursorOf(order, items[25_000]).String(), 50
	b.ReportAllocs()
	for b.Loop() {
		if _, err := paging.Paginate(items, order, paging.Args{First: &size, After: &middle}); err != nil {
			b.Fatal(err)
		}
	}
}
