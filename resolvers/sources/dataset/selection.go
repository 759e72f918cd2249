package dataset

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Filter is what a query asks of the items of a list. The zero value lets all pass.
type Filter[T any] struct {
	Fields []Field[T]
	// Contains and Also are each a text that must be contained.
	Contains, Also Contains[T]
	// Span, unless nil, is what At must lie in, by which the list's default order goes, latest first.
	Span *Span
	At   func(T) *time.Time
	// Within, unless nil, is a further question whose answer hangs on the moment of the query.
	Within func(T) bool

	ready []func(T) bool // the tests, where they were made before
}

// Ready is a filter for use with many parts.
func Ready[T any](f Filter[T]) Filter[T] {
	f.ready = testsOf(f)
	return f
}

// Matches is a filter as a question to an item.
func Matches[T any](f Filter[T]) func(T) bool {
	tests := testsOf(f)
	return func(item T) bool {
		for _, test := range tests {
			if !test(item) {
				return false
			}
		}
		return holds(&f, item)
	}
}

// anytime reports whether a filter asks the same at every moment.
func anytime[T any](f Filter[T]) bool { return f.Span == nil && f.Within == nil }

// holds answers what hangs on the moment of the query.
func holds[T any](f *Filter[T], item T) bool {
	return (f.Span == nil || f.Span.Holds(f.At(item))) && (f.Within == nil || f.Within(item))
}

// testsOf are the questions of a filter that are the same at every moment.
func testsOf[T any](f Filter[T]) []func(T) bool {
	if f.ready != nil {
		return slices.Clip(f.ready)
	}
	var tests []func(T) bool
	for _, field := range f.Fields {
		if field.Wanted != nil {
			tests = append(tests, testOfField(field))
		}
	}
	for _, contains := range textsIn(f) {
		tests = append(tests, testOfText(contains))
	}
	return tests
}

// textsIn are the texts that a filter asks for.
func textsIn[T any](f Filter[T]) []Contains[T] {
	var texts []Contains[T]
	for _, contains := range []Contains[T]{f.Contains, f.Also} {
		if contains.Text != "" {
			texts = append(texts, contains)
		}
	}
	return texts
}

// textOf is what a filter asks at every moment, the same text for the same question.
func textOf[T any](f Filter[T]) string {
	var text []byte
	add := func(word string) { text = append(strconv.AppendInt(text, int64(len(word)), 10), ":"+word...) }
	for _, field := range f.Fields {
		if field.Wanted == nil {
			continue
		}
		add(field.Name)
		text = append(strconv.AppendInt(text, int64(len(field.Wanted)), 10), '=')
		for _, value := range field.Wanted {
			add(value)
		}
	}
	for _, contains := range textsIn(f) {
		text = append(text, '~')
		add(contains.Name)
		add(strings.ToLower(contains.Text))
	}
	return string(text)
}

// Part is a part of a list.
type Part[T any] struct {
	// Items are those of the part, in the list's default order.
	Items []T
	// Name names the part among those of the list; "" for one that is looked through, as it has few items.
	Name string
	// Holds tells the items of the part from others; nil where all items are.
	Holds func(T) bool
}

func (l *selections[T]) Whole() Part[T] { return Part[T]{Items: l.all, Name: "all"} }

func (l *selections[T]) Region(code string) Part[T] {
	return Part[T]{
		Items: l.byRegion[code], Name: "region " + code,
		Holds: func(item T) bool { return isText(l.regionOf(item), code) },
	}
}

// question is what is asked of a list: see textOf.
type question struct{ part, filter, order string }

// fewItems are looked through one by one: an index would gain nothing.
const fewItems = 256

// keptRows is how many rows of selections a list keeps for each of its own, and keptLeast how many at least.
const (
	keptRows  = 2
	keptLeast = 1024
)

func (l *selections[T]) Selected(part Part[T], f Filter[T], order Order[T]) (items []T, kept bool) {
	items, kept = l.timeless(part, f)
	if !anytime(f) {
		left, sought := within(f, items)
		if len(left) != len(items) {
			return l.cut(part, f, order, left, kept && sought)
		}
	}
	switch {
	case order.Name == l.order.Name:
		return items, kept
	case len(items) == len(l.all):
		return l.InOrder(order), true
	case part.Name == "":
		return Sorted(order, items), false
	}
	return l.keeping(kept, question{part.Name, textOf(f), order.Name}, func() []T {
		if manyOf(items, l.all) {
			return Select(l.InOrder(order), all(append(testsOf(f), testOfPart(part))))
		}
		return Sorted(order, items)
	})
}

// cut are the items of a part that pass a filter, of which some are left out by the moment alone, in an order.
func (l *selections[T]) cut(part Part[T], f Filter[T], order Order[T], within []T, kept bool) ([]T, bool) {
	if order.Name == l.order.Name {
		return within, kept
	}
	if part.Name == "" || !manyOf(within, l.all) {
		return Sorted(order, within), false
	}
	sorted, _ := l.Selected(part, Filter[T]{Fields: f.Fields, Contains: f.Contains, Also: f.Also}, order)
	return Select(sorted, func(item T) bool { return holds(&f, item) }), false
}

// manyOf reports whether items are so many of all that leaving out the others is cheaper than sorting them.
func manyOf[T any](items, all []T) bool { return len(items) > len(all)/8 }

// testOfPart is a part as a question to an item.
func testOfPart[T any](p Part[T]) func(T) bool {
	return func(item T) bool { return p.Holds == nil || p.Holds(item) }
}

// within are those of items, which are in the list's default order, that the moment of the query leaves. sought means
// that they are a stretch of the items.
func within[T any](f Filter[T], items []T) (within []T, sought bool) {
	holdsNow := func(item T) bool { return holds(&f, item) }
	if f.Within != nil {
		return Select(items, holdsNow), false
	}
	// The order knows milliseconds: what shares one with an end of the span is looked at.
	upTo := func(end time.Time, with bool) int {
		limit := end.UnixMilli()
		return sort.Search(len(items), func(i int) bool {
			at := f.At(items[i])
			return at == nil || at.UnixMilli() < limit || with && at.UnixMilli() == limit
		})
	}
	from, to := 0, sort.Search(len(items), func(i int) bool { return f.At(items[i]) == nil })
	inner, outer := from, to
	if !f.Span.To.IsZero() {
		from, inner = upTo(f.Span.To, true), upTo(f.Span.To, false)
	}
	if !f.Span.From.IsZero() {
		to, outer = max(from, upTo(f.Span.From, false)), upTo(f.Span.From, true)
	}
	for from < min(inner, to) && !holdsNow(items[from]) {
		from++
	}
	for to > max(outer, from) && !holdsNow(items[to-1]) {
		to--
	}
	edges := slices.Concat(items[from:min(max(inner, from), to)], items[max(min(outer, to), from):to])
	if slices.ContainsFunc(edges, func(item T) bool { return !holdsNow(item) }) {
		return Select(items[from:to:to], holdsNow), false
	}
	return items[from:to:to], true
}

// keeping is what is kept for a question, or what is worked out now and kept.
func (l *selections[T]) keeping(keep bool, q question, work func() []T) (items []T, kept bool) {
	if !keep {
		return work(), false
	}
	if items, kept = l.kept.Get(q); kept {
		return items, true
	}
	items = work()
	return l.kept.Put(q, items, len(items), l.MostKept())
}

func (l *selections[T]) MostKept() int { return max(keptLeast, keptRows*len(l.all)) }

// timeless are the items of a part that pass what a filter asks at every moment, in default order.
func (l *selections[T]) timeless(part Part[T], f Filter[T]) (items []T, kept bool) {
	if len(f.Fields) == 0 && f.Contains.Text == "" && f.Also.Text == "" { // as of each parent of a level without a filter
		return part.Items, part.Name != ""
	}
	tests := testsOf(f)
	if len(tests) == 0 {
		return part.Items, part.Name != ""
	}
	if part.Name == "" || len(part.Items) <= fewItems {
		return Select(part.Items, all(tests)), false
	}
	return l.keeping(true, question{part: part.Name, filter: textOf(f)}, func() []T { return l.search(part, f, tests) })
}

// search finds the items by the index that leaves the fewest to look at.
func (l *selections[T]) search(part Part[T], f Filter[T], tests []func(T) bool) []T {
	fewest, places := len(part.Items)/2, func() []int32 { return nil }
	found := false
	for _, field := range f.Fields {
		if field.Wanted == nil {
			continue
		}
		index := l.postingsOf(field)
		if count := index.count(field.Wanted); count <= fewest {
			found, fewest, places = true, count, func() []int32 { return index.union(field.Wanted) }
		}
	}
	for _, contains := range textsIn(f) {
		if fewest <= fewItems {
			break
		}
		named := l.textsOf(contains).containing(strings.ToLower(contains.Text))
		if len(named) <= fewest {
			found, fewest, places = true, len(named), func() []int32 { return named }
		}
	}
	if !found {
		return Select(part.Items, all(tests))
	}
	matches := all(append(slices.Clip(tests), testOfPart(part)))
	held := places()
	items := make([]T, 0, len(held))
	for _, place := range held {
		if item := l.all[place]; matches(item) {
			items = append(items, item)
		}
	}
	return items
}

// all puts questions together.
func all[T any](tests []func(T) bool) func(T) bool {
	if len(tests) == 1 {
		return tests[0]
	}
	return func(item T) bool {
		for _, test := range tests {
			if !test(item) {
				return false
			}
		}
		return true
	}
}

// postingsOf is the index of a field, made when it is first asked for.
func (l *selections[T]) postingsOf(f Field[T]) *postings {
	l.mu.Lock()
	defer l.mu.Unlock()
	index := l.postings[f.Name]
	if index == nil {
		if l.postings == nil {
			l.postings = map[string]*postings{}
		}
		index = postingsOf(l.all, f)
		l.postings[f.Name] = index
	}
	return index
}

// textsOf is the index of a text, made when it is first asked for.
func (l *selections[T]) textsOf(c Contains[T]) *texts {
	l.mu.Lock()
	defer l.mu.Unlock()
	index := l.texts[c.Name]
	if index == nil {
		if l.texts == nil {
			l.texts = map[string]*texts{}
		}
		index = textsOf(l.all, c)
		l.texts[c.Name] = index
	}
	return index
}
