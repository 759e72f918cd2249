package cost

import (
	"math"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// level is what is known beforehand of the objects that a selection set is about.
type level struct {
	estimate.Objects

	definition *ast.Definition
	// place is the place in the answer: fields of one place are about the same objects.
	place int
	// item is what the nodes of a connection are, or the node of an edge; nil elsewhere.
	item *level
}

// costWalk goes through one operation as its executor would: fields of one response key once, fragments once a level,
// without skipped ones. It begins no work and changes nothing that is held.
type costWalk struct {
	*Check

	operation  *graphql.OperationContext
	root       *ast.Definition
	options    loaders.Options
	conditions estimate.Conditions
	nodes      float64
	fields     float64
	asked      *tally
	places     int
}

func (w *costWalk) selections(at level, set ast.SelectionSet) {
	if at.Most == 0 {
		return
	}
	if isPlain(set) {
		for _, selection := range set {
			if field, ok := selection.(*ast.Field); ok {
				w.field(at, field, field.SelectionSet)
			}
		}
		return
	}
	names := append([]string{at.definition.Name}, at.definition.Interfaces...)
	for _, field := range graphql.CollectFields(w.operation, set, names) {
		w.field(at, field.Field, field.Selections)
	}
}

// plainFields is how many fields of a level are compared with each other: more are left to the executor's way.
const plainFields = 24

// isPlain reports whether a selection set is what the executor would make of it: fields alone, each once, none with a
// directive.
func isPlain(set ast.SelectionSet) bool {
	if len(set) > plainFields {
		return false
	}
	for i, selection := range set {
		field, ok := selection.(*ast.Field)
		if !ok || len(field.Directives) > 0 {
			return false
		}
		for _, before := range set[:i] {
			if other, ok := before.(*ast.Field); ok && other.Alias == field.Alias {
				return false
			}
		}
	}
	return true
}

// field counts one field of a level with what is selected of it.
func (w *costWalk) field(at level, field *ast.Field, selected ast.SelectionSet) {
	w.fields = math.Min(w.fields+float64(at.Most), refusal.MaxCount)
	if field.Definition == nil || strings.HasPrefix(field.Name, "__") {
		return // introspection has limits of its own
	}
	cost, priced := w.table[field.Definition]
	switch {
	case priced:
	case len(selected) == 0:
		return // most fields: a value of an object that is counted
	default:
		cost = w.plain
	}
	q := question{
		level: at, cost: cost,
		arguments: argumentsOf(field.Definition.Arguments, field.Arguments, w.operation.Variables),
	}
	q.size = cost.size(q.arguments)
	for _, r := range q.cost.readings {
		w.read(q, r)
	}
	if len(selected) == 0 {
		return
	}
	if kind := field.Definition.Type; kind.Name() != nodeInterface {
		w.descend(q, w.below(q, kind), selected)
		return
	}
	for _, below := range w.belowIDs(q) { // only ids of any kind lead to several types
		w.descend(q, below, selected)
	}
}

// descend counts the objects that a field leads to, and what is selected of them.
func (w *costWalk) descend(q question, below level, selected ast.SelectionSet) {
	w.nodes = math.Min(w.nodes+float64(below.Most)*q.cost.weight, refusal.MaxCount)
	w.selections(below, selected)
}

// level is a new place of the answer.
func (w *costWalk) level(definition *ast.Definition, most int) level {
	w.places++
	return level{definition: definition, place: w.places, Objects: estimate.Objects{Most: most}}
}

// below is what is known of the objects of a field of one type.
func (w *costWalk) below(q question, kind *ast.Type) level {
	plain := w.level(w.schema.Types[kind.Name()], q.Most)
	if kind.NonNull && kind.Elem == nil {
		plain.Least = q.Least
	}
	switch {
	case q.item != nil && kind.Name() == q.item.definition.Name:
		return *q.item
	case q.item != nil && kind.Elem != nil: // the edges of a connection
		plain.Least, plain.Most, plain.item = q.item.Least, q.item.Most, q.item
	case q.cost.item != nil:
		item := w.level(q.cost.item, saturatingMultiply(q.Most, q.size))
		item.Regions = q.Regions
		w.refine(q, &item)
		plain.item = &item
		return plain
	case kind.Elem != nil:
		plain.Most = saturatingMultiply(q.Most, q.size)
	}
	w.refine(q, &plain)
	return plain
}

// nodeInterface is the type of what an id of any kind leads to.
const nodeInterface = "Node"

// belowIDs is what ids lead to, by kind; an id that is given twice is two objects.
func (w *costWalk) belowIDs(q question) []level {
	var levels []level
	byKind := map[model.Kind]int{}
	for _, text := range idsOf(q) {
		id, err := model.ParseID(text)
		if err != nil {
			continue
		}
		i, some := byKind[id.Kind]
		if !some {
			i = len(levels)
			byKind[id.Kind] = i
			levels = append(levels, w.level(w.schema.Types[id.Kind.TypeName()], 0))
		}
		levels[i].Most++
		if kind := id.Type(); kind != "" {
			levels[i].Types = append(levels[i].Types, kind)
		}
	}
	return levels
}

// refine adds what the readings of a field and the sources know of the objects that it leads to.
func (w *costWalk) refine(q question, below *level) {
	for _, r := range q.cost.readings {
		switch {
		case r.per != estimate.PerType:
		case r.types != nil:
			below.Types = r.types
		case r.only != "":
			below.Types = q.arguments.Texts(r.only)
		case q.Types != nil:
			below.Types, _ = w.sources.Operations[r.operation].Types(q.definition.Name, q.Types)
		}
	}
	if known := w.sources.Objects[below.definition.Name]; known != nil {
		below.Objects = known(w.question(q, reading{}), below.Objects)
		below.Least, below.Most = min(below.Least, refusal.MaxCount), min(below.Most, refusal.MaxCount)
	}
}
