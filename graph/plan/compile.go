package plan

import (
	"errors"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Why an operation has no plan; gqlgen's executor carries it out.
var (
	errIntrospection = errors.New("asks for the schema itself")
	errTooLarge      = errors.New("too many fields and types")
	errCondition     = errors.New("@skip or @include without a Boolean")
)

// mostFields bounds the fields of a plan: those of the document times the types of abstract positions. What the limits
// of documents let in by default stays far below.
const mostFields = 50_000

// Memory of a plan in bytes, measured and rounded up. That of arguments is what reading them leaves.
const (
	weightPlan      = 512
	weightSelection = 192
	weightField     = 376
	weightArguments = 1024
	weightValue     = 64
)

// Plan is a query, compiled for one setting of its conditions. It never changes, but for what it remembers of what its
// text alone settles.
type Plan struct {
	root       *selection
	selections int // how many there are; each has a number below
	fields     int
	reads      int // fields of which a run keeps something; each has a number below
	arguments  int // fields whose arguments are settled
	values     int // in these arguments
}

// bytes is the memory that a plan takes.
func (p *Plan) bytes() int64 {
	return weightPlan + int64(p.selections)*weightSelection + int64(p.fields)*weightField +
		int64(p.arguments)*weightArguments + int64(p.values)*weightValue
}

// selection is what is asked of objects of one type at one place of the query.
type selection struct {
	number int
	object *Object
	of     *field // what holds the objects; nil for Query
	fields []field
	// early are the fields that are read before the answer is written: calls, and what has calls below it.
	early []*field
}

// kind is how a field is written.
type kind uint8

const (
	kindName kind = iota // __typename
	kindLeaf
	kindOne
	kindMany
)

// field is a position: a field of a selection.
type field struct {
	number int
	in     *selection
	table  *Field
	kind   kind
	early  bool
	// nonNull and nonNullElement are what the schema forbids: the field, or an element of it, to be null.
	nonNull, nonNullElement bool
	key                     []byte // ,"name":
	// leaf writes the field where nothing is needed but its object: no arguments, and no answer that was read before.
	leaf      func(w *Writer, object any, args Args) bool
	name      []byte // of the type, quoted, for kindName
	collected graphql.CollectedField
	// settled means that no variable is in the arguments: they are read once, and all executions share what was read.
	settled bool
	args    atomic.Pointer[Args]

	abstract   *Abstract    // nil where all objects are of one type
	selections []*selection // of each type that the objects may have
}

// call reports whether a resolver is asked.
func (f *field) call() bool { return f.table != nil && f.table.Call != nil }

// compiler makes one plan.
type compiler struct {
	tables    *tables
	document  *ast.QueryDocument
	variables map[string]any
	plan      *Plan
}

// compile makes the plan of a query. The values of variables settle conditions, nothing else.
func (t *tables) compile(
	document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any,
) (*Plan, error) {
	c := &compiler{tables: t, document: document, variables: variables, plan: &Plan{}}
	query := t.objects[t.schema.Query.Name]
	root, err := c.selection(query, nil, []ast.SelectionSet{operation.SelectionSet})
	if err != nil {
		return nil, err
	}
	c.plan.root = root
	return c.plan, nil
}

// selection compiles what is asked of one type: sets are the selection sets of all fields that share a response key.
func (c *compiler) selection(object *Object, of *field, sets []ast.SelectionSet) (*selection, error) {
	s := &selection{number: c.plan.selections, object: object, of: of}
	c.plan.selections++
	collected := collector{compiler: c, object: object}
	for _, set := range sets {
		if err := collected.add(set); err != nil {
			return nil, err
		}
	}
	if c.plan.fields+len(collected.fields) > mostFields {
		return nil, errTooLarge
	}
	s.fields = make([]field, len(collected.fields))
	for i, from := range collected.fields {
		f := &s.fields[i]
		if err := c.field(f, s, from); err != nil {
			return nil, err
		}
		if f.early {
			s.early = append(s.early, f)
		}
		if f.early || f.table != nil && f.table.Args != nil {
			f.number = c.plan.reads
			c.plan.reads++
		}
	}
	return s, nil
}

// field compiles a position.
func (c *compiler) field(f *field, in *selection, from graphql.CollectedField) error {
	f.number, f.in, f.collected = -1, in, from
	c.plan.fields++
	f.key = append(strconv.AppendQuote([]byte{','}, from.Alias), ':')
	if from.Name == "__typename" {
		f.kind, f.name, f.nonNull = kindName, strconv.AppendQuote(nil, in.object.Name), true
		return nil
	}
	if f.table = c.tables.field(in.object, from.Name); f.table == nil {
		return errIntrospection
	}
	if f.table.Args != nil {
		c.arguments(f)
	}
	of := from.Definition.Type
	f.nonNull = of.NonNull
	f.early = f.call()
	if len(from.SelectionSet) == 0 {
		f.kind = kindLeaf
		if f.table.Args == nil && !f.early {
			f.leaf = f.table.Leaf
		}
		return nil
	}
	f.kind = kindOne
	if of.Elem != nil {
		f.kind, f.nonNullElement = kindMany, of.Elem.NonNull
	}
	return c.below(f, of.Name())
}

// arguments finds out whether the arguments of a field are settled.
func (c *compiler) arguments(f *field) {
	values := 0
	for _, argument := range f.collected.Arguments {
		if !countValues(argument.Value, &values) {
			return
		}
	}
	f.settled = true
	c.plan.arguments++
	c.plan.values += values
}

// countValues counts a value and those in it. It reports false where one is a variable.
func countValues(value *ast.Value, count *int) bool {
	*count++
	if value.Kind == ast.Variable {
		return false
	}
	for _, child := range value.Children {
		if !countValues(child.Value, count) {
			return false
		}
	}
	return true
}

// below compiles what is asked of the objects of a field, for each type that they may have.
func (c *compiler) below(f *field, name string) error {
	types := []string{name}
	if f.abstract = c.tables.abstracts[name]; f.abstract != nil {
		types = types[:0]
		for _, possible := range c.tables.schema.PossibleTypes[name] {
			types = append(types, possible.Name)
		}
	}
	sets := []ast.SelectionSet{f.collected.Selections}
	for _, possible := range types {
		below, err := c.selection(c.tables.objects[possible], f, sets)
		if err != nil {
			return err
		}
		f.selections = append(f.selections, below)
		f.early = f.early || len(below.early) > 0
	}
	return nil
}

// collector gathers the fields that are asked of one type, in the order of the answer, equal response keys merged.
type collector struct {
	compiler *compiler
	object   *Object
	fields   []graphql.CollectedField
	index    map[string]int // of fields by response key
	spread   []string       // fragments that were spread already
}

func (c *collector) add(set ast.SelectionSet) error {
	for _, selected := range set {
		var err error
		switch selected := selected.(type) {
		case *ast.Field:
			err = c.addField(selected)
		case *ast.InlineFragment:
			err = c.addFragment(selected.Directives, selected.TypeCondition, selected.SelectionSet)
		case *ast.FragmentSpread:
			err = c.addSpread(selected)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) addField(selected *ast.Field) error {
	if included, err := c.compiler.included(selected.Directives); !included {
		return err
	}
	at, known := c.index[selected.Alias]
	if !known {
		if c.index == nil {
			c.index = map[string]int{}
		}
		at = len(c.fields)
		c.index[selected.Alias] = at
		c.fields = append(c.fields, graphql.CollectedField{Field: selected, IsNonDeferrable: true})
	}
	merged := &c.fields[at]
	if len(merged.Selections) == 0 {
		merged.Selections = slices.Clip(selected.SelectionSet)
	} else {
		merged.Selections = append(merged.Selections, selected.SelectionSet...)
	}
	return nil
}

func (c *collector) addFragment(directives ast.DirectiveList, condition string, set ast.SelectionSet) error {
	if included, err := c.compiler.included(directives); !included {
		return err
	}
	if condition != "" && !slices.Contains(c.object.Satisfies, condition) {
		return nil
	}
	return c.add(set)
}

func (c *collector) addSpread(selected *ast.FragmentSpread) error {
	if slices.Contains(c.spread, selected.Name) {
		return nil
	}
	if included, err := c.compiler.included(selected.Directives); !included {
		return err
	}
	c.spread = append(c.spread, selected.Name)
	fragment := c.compiler.document.Fragments.ForName(selected.Name)
	return c.addFragment(nil, fragment.TypeCondition, fragment.SelectionSet)
}

// included settles @skip and @include.
func (c *compiler) included(directives ast.DirectiveList) (bool, error) {
	for _, directive := range directives {
		if directive.Name != "skip" && directive.Name != "include" {
			continue
		}
		condition := directive.Arguments.ForName("if")
		if condition == nil {
			return false, errCondition
		}
		value, err := condition.Value.Value(c.variables)
		if err != nil {
			return false, errCondition
		}
		holds, ok := value.(bool)
		if !ok {
			return false, errCondition
		}
		if holds == (directive.Name == "skip") {
			return false, nil
		}
	}
	return true, nil
}
