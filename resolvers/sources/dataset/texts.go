package dataset

import (
	"bytes"
	"index/suffixarray"
	"slices"
	"sort"
	"strings"
)

// Contains is what a filter asks of texts of items: that one of them contains another text, in any case.
type Contains[T any] struct {
	// Name names the texts among those of the items, and Of are those of an item; nil where it has none. Lists are
	// further ones, of which an item has any number.
	Name  string
	Of    []func(T) *string
	Lists []func(T) []string
	// Text is what must be contained; "" accepts every item, also one without a text.
	Text string
}

// testOfText is what must be contained as a question to an item.
func testOfText[T any](c Contains[T]) func(T) bool {
	folded := strings.ToLower(c.Text)
	holds := func(text string) bool { return strings.Contains(strings.ToLower(text), folded) }
	return func(item T) bool {
		return slices.ContainsFunc(c.Of, func(of func(T) *string) bool {
			text := of(item)
			return text != nil && holds(*text)
		}) || slices.ContainsFunc(c.Lists, func(of func(T) []string) bool { return slices.ContainsFunc(of(item), holds) })
	}
}

// eachText gives all texts of an item.
func eachText[T any](c Contains[T], item T, note func(text string)) {
	for _, of := range c.Of {
		if text := of(item); text != nil {
			note(*text)
		}
	}
	for _, of := range c.Lists {
		for _, text := range of(item) {
			note(text)
		}
	}
}

// between stands between texts. It is no part of UTF-8, and what strings.ToLower returns is UTF-8: nothing that is
// looked for reaches over it.
const between = 0xFF

// sortedFrom is how many bytes of text are sorted by their suffixes: fewer are read through as quickly.
const sortedFrom = 8 << 10

// texts finds the items whose texts contain another one without reading all of them: it has each distinct text once,
// folded, and all their suffixes in order.
type texts struct {
	all      []byte // the distinct texts, one after the other with something between them
	starts   []int32
	suffixes *suffixarray.Index // nil where there is little to read
	// places are those of the items by text: those of text i begin at firsts[i].
	firsts, places []int32
}

// textsOf reads the texts that a filter may ask for, of all items.
func textsOf[T any](items []T, c Contains[T]) *texts {
	t := &texts{}
	known := map[string]int32{}
	var numbers, ends, counts []int32 // the text of each place; where an item's texts end; how many places a text has
	for _, item := range items {
		eachText(c, item, func(text string) {
			number := t.number(known, text)
			if int(number) == len(counts) {
				counts = append(counts, 0)
			}
			counts[number]++
			numbers = append(numbers, number)
		})
		ends = append(ends, int32(len(numbers)))
	}
	t.firsts = make([]int32, len(counts)+1)
	for n, count := range counts {
		t.firsts[n+1] = t.firsts[n] + count
	}
	t.places = make([]int32, len(numbers))
	next, from := slices.Clone(t.firsts), int32(0)
	for place, end := range ends {
		for _, number := range numbers[from:end] {
			t.places[next[number]] = int32(place)
			next[number]++
		}
		from = end
	}
	t.all, t.starts = slices.Clip(t.all), slices.Clip(t.starts)
	if len(t.all) >= sortedFrom {
		t.suffixes = suffixarray.New(t.all)
	}
	return t
}

// number is that of a text, which is added where it is not known.
func (t *texts) number(known map[string]int32, text string) int32 {
	folded := strings.ToLower(text)
	number, ok := known[folded]
	if !ok {
		number = int32(len(t.starts))
		known[folded] = number
		t.starts = append(t.starts, int32(len(t.all)))
		t.all = append(append(t.all, folded...), between)
	}
	return number
}

// containing are the places of the items whose text contains a folded one that is not empty, in order.
func (t *texts) containing(folded string) []int32 {
	var places []int32
	for _, n := range t.numbers([]byte(folded)) {
		places = append(places, t.places[t.firsts[n]:t.firsts[n+1]]...)
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// numbers are those of the texts that contain a folded one, each once.
func (t *texts) numbers(folded []byte) []int32 {
	if t.suffixes != nil {
		most := len(t.starts)/8 + 1
		if found := t.suffixes.Lookup(folded, most+1); len(found) <= most {
			numbers := make([]int32, len(found))
			for i, at := range found {
				numbers[i] = int32(sort.Search(len(t.starts), func(n int) bool { return int(t.starts[n]) > at })) - 1
			}
			slices.Sort(numbers)
			return slices.Compact(numbers)
		}
	}
	return t.scan(folded) // so many contain it that reading all is quicker
}

// scan reads through all texts.
func (t *texts) scan(folded []byte) []int32 {
	var numbers []int32
	for n, from := 0, 0; ; {
		found := bytes.Index(t.all[from:], folded)
		if found < 0 {
			return numbers
		}
		at := from + found
		for n+1 < len(t.starts) && int(t.starts[n+1]) <= at {
			n++
		}
		numbers = append(numbers, int32(n))
		if n+1 == len(t.starts) {
			return numbers
		}
		n++
		from = int(t.starts[n])
	}
}
