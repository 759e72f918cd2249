package dataset

import "slices"

// Field is one thing that a filter asks of items: one of some values.
type Field[T any] struct {
	// Name names the field among those of the items.
	Name string
	// Of is the value of an item, nil where it has none; Also, unless nil, is another one that counts too.
	Of, Also func(T) *string
	// Wanted are the values that are accepted; nil accepts every item, also one without a value.
	Wanted []string
}

// TextsOf are values of a filter as texts; nil stays nil, which accepts all.
func TextsOf[V ~string](values []V) []string {
	if values == nil {
		return nil
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return texts
}

// WantedIs are the values of a field that is true or false as a filter asks for it; nil accepts all.
func WantedIs(value *bool) []string {
	switch {
	case value == nil:
		return nil
	case *value:
		return []string{Yes}
	default:
		return []string{No}
	}
}

// Yes and No are the values of a field that is true or false.
const (
	Yes = "yes"
	No  = "no"
)

// YesNo is the value of such a field.
func YesNo(value bool) *string {
	text := No
	if value {
		text = Yes
	}
	return &text
}

// testOfField is a field as a question to an item.
func testOfField[T any](f Field[T]) func(T) bool {
	wanted := SetOf(f.Wanted)
	if len(f.Wanted) == 1 { // the common case, without hashing
		only := f.Wanted[0]
		return func(item T) bool {
			value := f.Of(item)
			return value != nil && *value == only || f.Also != nil && isText(f.Also(item), only)
		}
	}
	return func(item T) bool { return wanted.Has(f.Of(item)) || f.Also != nil && wanted.Has(f.Also(item)) }
}

func isText(value *string, text string) bool { return value != nil && *value == text }

// postings are the places of a list's items by the values of one field.
type postings struct {
	// byValue is where the places of a value stand.
	byValue map[string]stretch
	places  []int32
}

// stretch is a part of a slice.
type stretch struct{ from, to int32 }

// postingsOf reads a field of all items.
func postingsOf[T any](items []T, f Field[T]) *postings {
	p := &postings{byValue: map[string]stretch{}}
	each := func(note func(value string, place int)) {
		for i, item := range items {
			first := f.Of(item)
			if first != nil {
				note(*first, i)
			}
			if f.Also == nil {
				continue
			}
			if second := f.Also(item); second != nil && (first == nil || *first != *second) {
				note(*second, i)
			}
		}
	}
	total := int32(0)
	each(func(value string, _ int) {
		s := p.byValue[value]
		s.to++
		p.byValue[value] = s
		total++
	})
	at := int32(0)
	for value, s := range p.byValue { // the stretches in any order, each empty for now
		p.byValue[value] = stretch{at, at}
		at += s.to
	}
	p.places = make([]int32, total)
	each(func(value string, place int) {
		s := p.byValue[value]
		p.places[s.to] = int32(place)
		s.to++
		p.byValue[value] = s
	})
	return p
}

// count is how many places the values have, at most.
func (p *postings) count(values []string) int {
	count := 0
	for _, value := range values {
		s := p.byValue[value]
		count += int(s.to - s.from)
	}
	return count
}

// union is the places of the values, in order and each once.
func (p *postings) union(values []string) []int32 {
	if len(values) == 1 {
		s := p.byValue[values[0]]
		return p.places[s.from:s.to]
	}
	var places []int32
	for _, value := range values {
		s := p.byValue[value]
		places = append(places, p.places[s.from:s.to]...)
	}
	slices.Sort(places)
	return slices.Compact(places)
}
