package reword

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// mostConditions is how many variables of @skip and @include a disguise declares.
const mostConditions = 5

// disguise writes a query in the odd ways that GraphQL allows. Unlike other rewordings it may change what is asked.
type disguise struct {
	*Query

	random     *rand.Rand
	conditions []string // variables
}

// Disguise rewrites a query at random: keys without their aliases, parts of a selection set asked again in fragments
// that merge with it, fragments on interfaces, conditions on fields and fragments, variables with defaults, nulls and
// values missing, single values in place of lists, and further operations beside it. The result is valid wherever the
// query was. name is the operation to ask for; empty where it is the only one.
func Disguise(schema *ast.Schema, random *rand.Rand, document, variables string) (text, values, name string) {
	r, err := New(schema, document, variables)
	if err != nil {
		return document, variables, ""
	}
	d := &disguise{Query: r, random: random}
	if d.chance(0.5) {
		d.sets(d.unalias)
	}
	if d.chance(0.4) {
		d.Fields(d.loosen)
	}
	if d.chance(0.6) {
		d.sets(d.repeat)
	}
	if d.chance(0.5) {
		d.sets(d.abstract)
	}
	if d.chance(0.2) {
		d.Split()
	}
	if d.chance(0.5) {
		d.sets(d.condition)
	}
	if d.chance(0.15) {
		name = d.accompany()
	}
	text, values = d.Text()
	return text, values, name
}

func (d *disguise) chance(share float64) bool { return d.random.Float64() < share }

// unalias takes aliases off where no other field of the set has the name. Sets that merge with this one have the field
// under the same name only if they are copies of it.
func (d *disguise) unalias(set *ast.SelectionSet, _ string) {
	times := map[string]int{}
	for _, selection := range *set {
		field, ok := selection.(*ast.Field)
		if !ok {
			return // a fragment may have the name too
		}
		times[field.Name]++
	}
	for _, selection := range *set {
		if field, ok := selection.(*ast.Field); ok && times[field.Name] == 1 {
			field.Alias = field.Name
		}
	}
}

// loosen writes arguments in other ways that mean the same.
func (d *disguise) loosen(f *ast.Field) {
	for _, argument := range f.Arguments {
		definition := f.Definition.Arguments.ForName(argument.Name)
		if holdsVariable(argument.Value) {
			continue
		}
		value := argument.Value
		if value.Kind == ast.ListValue && len(value.Children) == 1 && d.chance(0.5) {
			argument.Value = value.Children[0].Value // a single value stands for a list of it
			continue
		}
		switch d.random.IntN(5) {
		case 0: // a variable
			argument.Value = d.variable(definition.Type, constant(value))
		case 1: // one whose default is the value
			argument.Value = d.withDefault(definition.Type, value, false)
		case 2: // one whose default is not used; the place may be never null, the variable is not told so
			argument.Value = d.withDefault(definition.Type, value, true)
		}
	}
	for _, definition := range f.Definition.Arguments {
		if definition.Type.NonNull || f.Arguments.ForName(definition.Name) != nil || d.chance(0.8) {
			continue
		}
		var value *ast.Value
		switch d.random.IntN(3) {
		case 0:
			value = &ast.Value{Kind: ast.NullValue, Raw: "null"}
		case 1: // null given
			value = d.variable(definition.Type, nil)
		default: // nothing given
			value = d.variable(definition.Type, nil)
			delete(d.Values, value.Raw)
		}
		f.Arguments = append(f.Arguments, &ast.Argument{Name: definition.Name, Value: value})
	}
}

// withDefault declares a variable with a default: the value, which is then left out, or any other thing of its kind.
func (d *disguise) withDefault(kind *ast.Type, value *ast.Value, given bool) *ast.Value {
	loose := *kind
	loose.NonNull = false
	named := d.variable(&loose, constant(value))
	declared := d.Operation.VariableDefinitions.ForName(named.Raw)
	declared.DefaultValue = value
	if !given {
		delete(d.Values, named.Raw)
	}
	return named
}

// repeat asks for some of a set once more, in a fragment or as it is: both merge.
func (d *disguise) repeat(set *ast.SelectionSet, on string) {
	if len(*set) == 0 || d.chance(0.7) {
		return
	}
	again := d.some(*set)
	if len(again) == 0 {
		return
	}
	var more ast.SelectionSet
	switch d.random.IntN(4) {
	case 0:
		more = again
	case 1:
		more = ast.SelectionSet{&ast.InlineFragment{SelectionSet: again, ObjectDefinition: d.schema.Types[on]}}
	case 2:
		more = ast.SelectionSet{&ast.InlineFragment{TypeCondition: on, SelectionSet: again}}
	default:
		more = ast.SelectionSet{d.fragment(on, again)}
	}
	if d.chance(0.5) {
		*set = append(slices.Clone(*set), more...)
	} else {
		*set = append(more, *set...)
	}
}

// some copies a part of a set.
func (d *disguise) some(set ast.SelectionSet) ast.SelectionSet {
	var part ast.SelectionSet
	for _, selection := range set {
		field, ok := selection.(*ast.Field)
		if !ok || d.chance(0.4) {
			continue
		}
		copied := *field
		if len(field.SelectionSet) > 0 {
			if copied.SelectionSet = d.some(field.SelectionSet); len(copied.SelectionSet) == 0 {
				copied.SelectionSet = ast.SelectionSet{d.typename("")}
			}
		}
		part = append(part, &copied)
	}
	return part
}

// typename selects the name of the type, under a key of its own if one is given.
func (d *disguise) typename(alias string) *ast.Field {
	if alias == "" {
		alias = "__typename"
	}
	return &ast.Field{
		Alias: alias, Name: "__typename",
		Definition: &ast.FieldDefinition{Name: "__typename", Type: ast.NonNullNamedType("String", nil)},
	}
}

// abstract adds fragments on interfaces: those of a type that has some, and of each other.
func (d *disguise) abstract(set *ast.SelectionSet, on string) {
	definition := d.schema.Types[on]
	interfaces := definition.Interfaces
	if definition.Kind == ast.Interface {
		interfaces = []string{"Node", "Job"}
	}
	if len(interfaces) == 0 || d.chance(0.3) {
		return
	}
	kind := interfaces[d.random.IntN(len(interfaces))]
	field := d.schema.Types[kind].Fields[d.random.IntN(len(d.schema.Types[kind].Fields))]
	within := ast.SelectionSet{&ast.Field{Alias: field.Name, Name: field.Name, Definition: field}}
	if strings.HasPrefix(field.Name, "__") {
		within = ast.SelectionSet{d.typename("")}
	}
	if d.chance(0.3) { // within it, fragments on what it may be
		d.count++
		within = append(within, &ast.InlineFragment{
			TypeCondition: []string{"Host", "Region", "MeterJob", "Node"}[d.random.IntN(3)],
			SelectionSet:  ast.SelectionSet{d.typename(fmt.Sprintf("kind%d", d.count))},
		})
		if !d.possible(on, kind, within[1].(*ast.InlineFragment).TypeCondition) {
			within = within[:1]
		}
	}
	if !d.possible(on, kind) {
		return
	}
	*set = append(slices.Clone(*set), &ast.InlineFragment{TypeCondition: kind, SelectionSet: within})
}

// possible reports whether fragments on types, one within the other, can match.
func (d *disguise) possible(types ...string) bool {
	for i := 1; i < len(types); i++ {
		some := false
		for _, a := range d.schema.GetPossibleTypes(d.schema.Types[types[i-1]]) {
			some = some || slices.Contains(d.schema.GetPossibleTypes(d.schema.Types[types[i]]), a)
		}
		if !some {
			return false
		}
	}
	return true
}

// condition puts @skip and @include on some of a set.
func (d *disguise) condition(set *ast.SelectionSet, _ string) {
	for i, selection := range *set {
		if d.chance(0.85) {
			continue
		}
		if field, ok := selection.(*ast.Field); ok && len(field.Directives) > 0 {
			continue // one may stand there once
		}
		directives := ast.DirectiveList{d.directive()}
		if d.chance(0.15) && directives[0].Name == "skip" {
			directives = append(directives, &ast.Directive{Name: "include", Arguments: d.directive().Arguments})
		}
		switch s := selection.(type) {
		case *ast.Field:
			copied := *s // a copy may stand in another place
			copied.Directives = directives
			(*set)[i] = &copied
		case *ast.InlineFragment:
			s.Directives = directives
		case *ast.FragmentSpread:
			s.Directives = directives
		}
	}
}

func (d *disguise) directive() *ast.Directive {
	value := &ast.Value{Kind: ast.BooleanValue, Raw: fmt.Sprint(d.chance(0.5))}
	if d.chance(0.85) {
		value = &ast.Value{Kind: ast.Variable, Raw: d.conditional()}
	}
	return &ast.Directive{
		Name:      []string{"skip", "include"}[d.random.IntN(2)],
		Arguments: ast.ArgumentList{{Name: "if", Value: value}},
	}
}

// conditional is a Boolean variable: given, with a default that is used, or with one that is not.
func (d *disguise) conditional() string {
	if len(d.conditions) >= mostConditions || len(d.conditions) > 0 && d.chance(0.5) {
		return d.conditions[d.random.IntN(len(d.conditions))]
	}
	value := d.chance(0.5)
	var named *ast.Value
	switch d.random.IntN(3) {
	case 0:
		named = d.variable(ast.NonNullNamedType("Boolean", nil), value)
	case 1:
		literal := &ast.Value{Kind: ast.BooleanValue, Raw: fmt.Sprint(value)}
		named = d.withDefault(ast.NamedType("Boolean", nil), literal, false)
	default:
		named = d.withDefault(ast.NonNullNamedType("Boolean", nil),
			&ast.Value{Kind: ast.BooleanValue, Raw: fmt.Sprint(!value)}, true)
		d.Values[named.Raw] = value
		d.Operation.VariableDefinitions.ForName(named.Raw).Type = ast.NonNullNamedType("Boolean", nil)
	}
	d.conditions = append(d.conditions, named.Raw)
	return named.Raw
}

// accompany names the operation and puts others beside it.
func (d *disguise) accompany() string {
	d.Operation.Name = "Asked"
	other := &ast.OperationDefinition{
		Operation: ast.Query, Name: "Other", SelectionSet: ast.SelectionSet{d.typename("other")},
	}
	if d.chance(0.5) {
		d.Document.Operations = ast.OperationList{d.Operation, other}
	} else {
		d.Document.Operations = ast.OperationList{other, d.Operation}
	}
	return d.Operation.Name
}
