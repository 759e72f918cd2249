package cost

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// question is one field at a level.
type question struct {
	level
	arguments estimate.Arguments
	cost      *fieldCost
	size      int // how many items the field's list has at most
}

// question is what a source is asked for a reading of the field.
func (w *costWalk) question(q question, r reading) estimate.Question {
	parent := q.definition.Name
	if q.definition == w.root {
		parent = ""
	}
	return estimate.Question{
		Scope: w.options.Scope, DomainID: w.options.DomainID, Conditions: w.conditions,
		Arguments: q.arguments, Parent: parent, Parents: q.Objects, Size: q.size, Page: q.cost.item != nil,
		Calls: r.calls, Minutes: r.minutes, Batch: r.batch,
	}
}

// read notes what one reading of a field asks for. A reading does not count when the field would fail before any call.
func (w *costWalk) read(q question, r reading) {
	if w.absent[r.operation] {
		return
	}
	if r.given != "" && !q.arguments.Given(r.given) || r.without != "" && q.arguments.Given(r.without) {
		return
	}
	if r.knownCodes != "" && w.allKnown(q.arguments.Texts(r.knownCodes)) {
		return
	}
	some, all := concerns(q, r)
	if !some {
		return
	}
	operation, asked := w.sources.Operations[r.operation], w.question(q, r)
	asked.Certain = all && q.Least > 0
	switch r.per {
	case estimate.PerID:
		asked.Certain = false // the thing of an id may not be there
		for _, id := range slices.Compact(slices.Sorted(slices.Values(idsOf(q)))) {
			var err error
			if asked.ID, err = model.ParseID(id); err == nil && operation.IDs[asked.ID.Kind] != nil {
				w.asked.add(r, operation, q.place, operation.IDs[asked.ID.Kind](asked))
			}
		}
	case estimate.PerType:
		types, each := readTypes(asked, r, operation)
		asked.Certain = asked.Certain && each
		for _, asked.Type = range types {
			w.asked.add(r, operation, q.place, operation.For(r.per)(asked))
		}
	default:
		w.asked.add(r, operation, q.place, operation.For(r.per)(asked))
	}
}

// idsOf are the global ids that a field asks for, in the order of the query.
func idsOf(q question) []string { return append(q.arguments.Texts("ids"), q.arguments.Texts("id")...) }

// allKnown reports whether every asked code is that of a known region, so that no list is needed to find out.
func (w *costWalk) allKnown(codes []string) bool {
	return codes != nil && !slices.ContainsFunc(codes, func(code string) bool {
		return !w.sources.RegionKnown(w.options.Scope, code)
	})
}

// readTypes are the types of a reading, and whether each of them is surely read when the field is resolved.
func readTypes(q estimate.Question, r reading, operation estimate.Operation) (types []string, certain bool) {
	switch {
	case r.types != nil: // the parent may lack the key that the reading needs
		types = r.types
	case r.only != "":
		types, _ = operation.Types("", q.Arguments.Texts(r.only))
		certain = true
	default:
		types, certain = operation.Types(q.Parent, q.Parents.Types)
		certain = certain && q.Parents.Types != nil
	}
	return slices.Compact(slices.Sorted(slices.Values(types))), certain
}

// concerns reports whether a reading that is for some types alone concerns any of the parents, and all of them.
func concerns(q question, r reading) (some, all bool) {
	if r.types == nil || r.per == estimate.PerType {
		return true, true
	}
	if r.only != "" { // one of several lists, which is left out only where another one alone is asked for
		asked := q.arguments.Texts(r.only)
		mine := len(asked) != 1 || slices.Contains(r.types, asked[0])
		return mine, mine
	}
	if q.Types == nil {
		return true, false
	}
	all = len(q.Types) > 0
	for _, kind := range q.Types {
		mine := slices.Contains(r.types, kind)
		some, all = some || mine, all && mine
	}
	return some, all
}
