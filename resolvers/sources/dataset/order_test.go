package dataset_test

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// thing is something that can be ordered: by a number, by a text or by nothing.
type thing struct {
	key model.SortKey
	id  string
}

func thingOrder(descending bool) dataset.Order[thing] {
	return dataset.Order[thing]{
		Name: "t", Descending: descending,
		Key: func(t thing) model.SortKey { return t.key }, ID: func(t thing) string { return t.id },
	}
}

// things draws items with few different keys, so that ties are common, and ids of their own.
func things(t *rapid.T) []thing {
	keys := rapid.OneOf(
		rapid.Just(model.SortKey{Null: true}),
		rapid.Custom(func(t *rapid.T) model.SortKey {
			return model.SortKey{Number: float64(rapid.IntRange(-2, 2).Draw(t, "n"))}
		}),
		rapid.Custom(func(t *rapid.T) model.SortKey {
			return model.SortKey{Text: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "s")}
		}),
	)
	list := make([]thing, rapid.IntRange(0, 20).Draw(t, "length"))
	for i := range list {
		list[i] = thing{key: keys.Draw(t, "key"), id: strconv.Itoa(i)}
	}
	return list
}

func TestOrderIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := things(t)
		order := thingOrder(rapid.Bool().Draw(t, "descending"))
		sorted := dataset.Sorted(order, items)
		again := dataset.Sorted(order, rapid.Permutation(items).Draw(t, "shuffled"))
		if !slices.Equal(sorted, again) {
			t.Fatalf("the order depends on the order that was there before:\n%v\n%v", sorted, again)
		}
		if nulls := slices.IndexFunc(sorted, func(i thing) bool { return i.key.Null }); nulls >= 0 {
			for _, item := range sorted[nulls:] {
				if !item.key.Null {
					t.Fatalf("%v comes after nothing", item)
				}
			}
		}
	})
}

func TestMergedIsSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := thingOrder(rapid.Bool().Draw(t, "descending"))
		first, second := things(t), things(t) // the same ids: equal items of both lists
		before := slices.Clone(first)
		got := dataset.Merged(order, dataset.Sorted(order, first), dataset.Sorted(order, second))
		if want := dataset.Sorted(order, slices.Concat(first, second)); !slices.Equal(got, want) {
			t.Fatalf("merged\n%v\nwant\n%v", got, want)
		}
		if !slices.Equal(first, before) {
			t.Fatal("merging changes a list")
		}
	})
}

func TestSeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := thingOrder(rapid.Bool().Draw(t, "descending"))
		all := dataset.Sorted(order, things(t))
		if len(all) == 0 {
			return
		}
		at := rapid.IntRange(0, len(all)-1).Draw(t, "at")
		cursor, err := model.ParseCursor(dataset.CursorOf(order, all[at]).String())
		if err != nil {
			t.Fatal(err)
		}
		if got := dataset.SeekAfter(order, all, cursor); got != at+1 {
			t.Fatalf("after item %d begins at %d", at, got)
		}
		if got := dataset.SeekBefore(order, all, cursor); got != at {
			t.Fatalf("before item %d ends at %d", at, got)
		}
		// The list goes on without the item: the items after it stay.
		without := slices.Delete(slices.Clone(all), at, at+1)
		after, before := dataset.SeekAfter(order, without, cursor), dataset.SeekBefore(order, without, cursor)
		if after != at || before != at {
			t.Fatalf("with item %d gone, after is %d and before is %d", at, after, before)
		}
	})
}

func TestSelect(t *testing.T) {
	items := []int{1, 2, 3, 4, 5, 6}
	even := func(n int) bool { return n%2 == 0 }
	if got := dataset.Select(items, even); !slices.Equal(got, []int{2, 4, 6}) ||
		!slices.Equal(items, []int{1, 2, 3, 4, 5, 6}) {
		t.Errorf("selected %v of %v", got, items)
	}
	all := dataset.Select(items, func(int) bool { return true })
	if &all[0] != &items[0] {
		t.Error("a filter that lets all pass copies them")
	}
	if got := dataset.Select(items, func(int) bool { return false }); got == nil || len(got) != 0 {
		t.Errorf("nothing selected is %v", got)
	}
	if got := dataset.Select([]int{2, 3}, even); !slices.Equal(got, []int{2}) {
		t.Errorf("selected %v", got)
	}
}
