package dataset_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// row is an item with all that a filter may ask of one.
type row struct {
	id                  string
	region, kind, other *string
	name, note          *string
	tags                []string
	at                  *time.Time
}

func latest() dataset.Order[*row] {
	return dataset.Order[*row]{
		Name: "t-", Descending: true,
		Key: func(r *row) model.SortKey { return dataset.TimeKey(r.at) }, ID: func(r *row) string { return r.id },
	}
}

func byName() dataset.Order[*row] {
	return dataset.Order[*row]{
		Name: "n", Key: func(r *row) model.SortKey { return dataset.TextKey(r.name) }, ID: func(r *row) string { return r.id },
	}
}

func listOf(rows []*row) *dataset.List[*row] {
	list := dataset.NewList(dataset.Sorted(latest(), rows), latest(), dataset.Extent{}, func(r *row) *string { return r.region })
	return &list
}

// asked is what a query asks, apart from the types of package dataset.
type asked struct {
	region      string
	kinds       []string
	codes       []string
	contains    string
	also        string // what a note or a tag contains
	from, to    time.Time
	ranged      bool
	even        bool
	orderByName bool
}

func (a asked) filter() dataset.Filter[*row] {
	f := dataset.Filter[*row]{
		Fields: []dataset.Field[*row]{
			{Name: "kind", Of: func(r *row) *string { return r.kind }, Wanted: a.kinds},
			{
				Name: "code", Of: func(r *row) *string { return r.kind },
				Also: func(r *row) *string { return r.other }, Wanted: a.codes,
			},
		},
		Contains: dataset.Contains[*row]{Name: "words", Text: a.contains, Of: []func(*row) *string{
			func(r *row) *string { return r.name }, func(r *row) *string { return r.note },
		}},
		Also: dataset.Contains[*row]{
			Name: "more", Text: a.also, Of: []func(*row) *string{func(r *row) *string { return r.note }},
			Lists: []func(*row) []string{func(r *row) []string { return r.tags }},
		},
		At: func(r *row) *time.Time { return r.at },
	}
	if a.ranged {
		f.Span = &dataset.Span{From: a.from, To: a.to}
	}
	if a.even {
		f.Within = func(r *row) bool { return len(r.id)%2 == 0 }
	}
	return f
}

// accepts is the filter as its words say it, row by row.
func (a asked) accepts(r *row) bool {
	is := func(value *string, wanted []string) bool { return value != nil && slices.Contains(wanted, *value) }
	holds := func(text, part string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(part)) }
	has := func(text *string, part string) bool { return text != nil && holds(*text, part) }
	tagged := slices.ContainsFunc(r.tags, func(tag string) bool { return holds(tag, a.also) })
	switch {
	case a.region != "" && !is(r.region, []string{a.region}),
		a.kinds != nil && !is(r.kind, a.kinds),
		a.codes != nil && !is(r.kind, a.codes) && !is(r.other, a.codes),
		a.contains != "" && !has(r.name, a.contains) && !has(r.note, a.contains),
		a.also != "" && !has(r.note, a.also) && !tagged,
		a.even && len(r.id)%2 != 0:
		return false
	case !a.ranged:
		return true
	}
	return r.at != nil && (a.from.IsZero() || !r.at.Before(a.from)) && (a.to.IsZero() || r.at.Before(a.to))
}

func (a asked) of(list *dataset.List[*row]) ([]*row, bool) {
	part, order := list.Whole(), latest()
	if a.region != "" {
		part = list.Region(a.region)
	}
	if a.orderByName {
		order = byName()
	}
	return list.Selected(part, a.filter(), order)
}

// expected walks all rows.
func (a asked) expected(rows []*row) []*row {
	var accepted []*row
	for _, r := range rows {
		if a.accepts(r) {
			accepted = append(accepted, r)
		}
	}
	slices.SortFunc(accepted, func(x, y *row) int {
		var byKey int
		if a.orderByName {
			byKey = cmp.Or(dataset.NoneLast(x.name, y.name),
				strings.Compare(strings.ToLower(dataset.Text(x.name)), strings.ToLower(dataset.Text(y.name))))
		} else if byKey = dataset.NoneLast(x.at, y.at); byKey == 0 && x.at != nil {
			byKey = cmp.Compare(y.at.UnixMilli(), x.at.UnixMilli())
		}
		return cmp.Or(byKey, strings.Compare(x.id, y.id))
	})
	return accepted
}

func optional[V any](g *rapid.Generator[V]) *rapid.Generator[*V] {
	return rapid.OneOf(rapid.Just[*V](nil), rapid.Ptr(g, false), rapid.Ptr(g, false), rapid.Ptr(g, false))
}

// words are texts with letters that change their length or their number when their case does, and bytes that are no
// letters at all.
func words() *rapid.Generator[string] {
	return rapid.StringOfN(rapid.SampledFrom([]rune("abAB-1İıßſKkΣσςéÉ世\uFFFD")), 0, 12, -1)
}

func instants(start time.Time) *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time { // some share a millisecond
		return start.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "half milliseconds")) * time.Millisecond / 2)
	})
}

// TestSelectedIsWhatAWalkFinds asks a list the same and different questions, and holds each answer against a walk over
// all rows.
func TestSelectedIsWhatAWalkFinds(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	few := rapid.SampledFrom([]string{"", "a", "b", "c", "a2", "2a"})
	rapid.Check(t, func(t *rapid.T) {
		rows := make([]*row, rapid.SampledFrom([]int{0, 3, 300, 700}).Draw(t, "rows"))
		names := rapid.SliceOfN(rapid.OneOf(words(), rapid.Just("a\xffb"), rapid.String()), 1, 40).Draw(t, "names")
		long := strings.Repeat("x", rapid.SampledFrom([]int{0, 60}).Draw(t, "long")) // sorted suffixes, or none
		text := rapid.Map(rapid.SampledFrom(names), func(s string) string { return s + long })
		one := rapid.Custom(func(t *rapid.T) *row {
			return &row{
				region: optional(few).Draw(t, "region"), kind: optional(few).Draw(t, "kind"), other: optional(few).Draw(t, "other"),
				name: optional(text).Draw(t, "name"), note: optional(text).Draw(t, "note"),
				tags: rapid.SliceOfN(text, 0, 3).Draw(t, "tags"), at: optional(instants(start)).Draw(t, "at"),
			}
		})
		for i := range rows {
			rows[i] = one.Draw(t, "row")
			rows[i].id = fmt.Sprintf("%d%s", i, strings.Repeat("x", i%2))
		}
		list := listOf(rows)
		kinds := rapid.OneOf(rapid.Just[[]string](nil), rapid.SliceOfN(few, 0, 3))
		needle := rapid.OneOf(rapid.Just(""), words(), rapid.SampledFrom(names), rapid.SampledFrom([]string{"a", "x", "\xff", "xx"}))
		moment := rapid.OneOf(rapid.Just(time.Time{}), instants(start))
		question := rapid.Custom(func(t *rapid.T) asked {
			return asked{
				region: few.Draw(t, "region"), kinds: kinds.Draw(t, "kinds"), codes: kinds.Draw(t, "codes"),
				contains: needle.Draw(t, "contains"), also: needle.Draw(t, "also"),
				from: moment.Draw(t, "from"), to: moment.Draw(t, "to"),
				ranged: rapid.Bool().Draw(t, "ranged"), even: rapid.Bool().Draw(t, "even") && rapid.Bool().Draw(t, "really"),
				orderByName: rapid.Bool().Draw(t, "by name"),
			}
		})
		questions := rapid.SliceOfN(question, 1, 12).Draw(t, "questions")
		for _, a := range slices.Concat(questions, questions) {
			got, kept := a.of(list)
			if want := a.expected(rows); !slices.Equal(got, want) {
				t.Fatalf("asked %+v: %d rows, want %d\n got %v\nwant %v", a, len(got), len(want), got, want)
			}
			again, _ := a.of(list)
			if kept && dataset.PlaceOf(got) != dataset.PlaceOf(again) {
				t.Fatalf("asked %+v: said to be kept, and is another slice the next time", a)
			}
		}
	})
}

// TestSelectedKeepsWithinBounds asks more questions than are kept.
func TestSelectedKeepsWithinBounds(t *testing.T) {
	t.Parallel()
	rows := make([]*row, 5000)
	for i := range rows {
		name := fmt.Sprintf("n%d", i)
		rows[i] = &row{id: name, name: &name, kind: &[]string{"a", "b"}[i%2]}
	}
	list := listOf(rows)
	first, kept := asked{kinds: []string{"a"}, contains: "n"}.of(list)
	if !kept || len(first) != 2500 {
		t.Fatalf("%d rows, kept %t; want 2500 that are kept", len(first), kept)
	}
	for i := range 100 {
		asked{kinds: []string{"a", "b"}, contains: fmt.Sprint(i)}.of(list)
	}
	again, _ := asked{kinds: []string{"a"}, contains: "n"}.of(list)
	if dataset.PlaceOf(first) == dataset.PlaceOf(again) {
		t.Error("the first selection is kept after a hundred others")
	}
	if !slices.Equal(first, again) {
		t.Error("the same question has another answer")
	}
}

func TestKept(t *testing.T) {
	t.Parallel()
	var kept dataset.Kept[string, int]
	if _, ok := kept.Put("too heavy", 1, 11, 10); ok {
		t.Error("kept what weighs more than all may")
	}
	kept.Put("first", 1, 6, 10)
	if got, ok := kept.Put("first", 2, 6, 10); !ok || got != 1 {
		t.Errorf("second put: %d, %t; want the first value", got, ok)
	}
	kept.Put("second", 2, 6, 10)
	if _, ok := kept.Get("first"); ok {
		t.Error("the oldest did not make room")
	}
	if got, ok := kept.Get("second"); !ok || got != 2 {
		t.Errorf("second: %d, %t; want 2", got, ok)
	}
}

// FuzzContains holds the index of texts against strings.Contains.
func FuzzContains(f *testing.F) {
	f.Add("host-01\nHOST-02\nİstanbul\n\xff", "st")
	f.Add("aa\naaa\n", "AA")
	f.Fuzz(func(t *testing.T, names, needle string) {
		var rows []*row
		for i, name := range strings.Split(names, "\n") {
			for copies := range 300 { // so many that an index is asked
				long := name + strings.Repeat("-", copies%100)
				rows = append(rows, &row{id: fmt.Sprint(i, " ", copies), name: &long, tags: []string{"tag", long}[:copies%3]})
			}
		}
		list := listOf(rows)
		for _, a := range []asked{{contains: needle}, {also: needle}, {contains: needle, also: needle}} {
			got, _ := a.of(list)
			if want := a.expected(rows); !slices.Equal(got, want) {
				t.Errorf("%+v in %q: %d rows, want %d", a, names, len(got), len(want))
			}
		}
	})
}

// BenchmarkSelected prints what a question costs that was not asked before, and one that was, beside rows of a site.
func BenchmarkSelected(b *testing.B) {
	for _, size := range []int{200, 20_000} {
		rows := make([]*row, size)
		for i := range rows {
			name, kind := fmt.Sprintf("cn-r-%d-compute-%05d", i%10, i), fmt.Sprint("kind", i%100)
			region := name[:len("cn-r-0")]
			rows[i] = &row{id: name, name: &name, region: &region, kind: &kind}
		}
		list := listOf(rows)
		for _, question := range []struct {
			name string
			of   func(i int) asked
		}{
			{"a name", func(i int) asked { return asked{contains: fmt.Sprintf("compute-%05d", i%size)} }},
			{"part of names", func(i int) asked { return asked{contains: fmt.Sprintf("-%04d", i%(size/10))} }},
			{"a letter", func(int) asked { return asked{contains: "c"} }},
			{"a name in a region", func(i int) asked { return asked{region: "cn-r-1", contains: fmt.Sprint("-000", i%100)} }},
			{"a value", func(i int) asked { return asked{kinds: []string{fmt.Sprint("kind", i%100)}} }},
		} {
			question.of(0).of(list) // indexes are made
			b.Run(fmt.Sprintf("%d/%s", size, question.name), func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					question.of(i).of(list)
					i++
				}
			})
		}
		b.Run(fmt.Sprintf("%d/index of names", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				asked{contains: "zz"}.of(listOf(rows))
			}
		})
	}
}
