package guard

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// extent is the size of a selection set with its fragments expanded.
type extent struct {
	// top are the fields of its first level.
	top int
	// fields and aliases of all levels.
	fields, aliases int
	// depth in fields; what stands below __schema and __type does not count.
	depth int
	// schemas are the fields __schema, introspectionFields what stands in and below __schema and __type.
	schemas, introspectionFields, introspectionDepth int
}

// join adds a neighbour's extent.
func (e *extent) join(beside extent) { e.combine(beside, refusal.AddCounts) }

// greatest keeps the larger of each figure.
func (e *extent) greatest(other extent) {
	e.combine(other, func(a, b int) int { return max(a, b) })
}

// combine puts two extents together: their counts by a function, their depths by the larger one.
func (e *extent) combine(other extent, counts func(a, b int) int) {
	e.top = counts(e.top, other.top)
	e.fields = counts(e.fields, other.fields)
	e.aliases = counts(e.aliases, other.aliases)
	e.schemas = counts(e.schemas, other.schemas)
	e.introspectionFields = counts(e.introspectionFields, other.introspectionFields)
	e.depth = max(e.depth, other.depth)
	e.introspectionDepth = max(e.introspectionDepth, other.introspectionDepth)
}

// counter measures a document. Every definition is walked once, however often it is spread: gqlgen's own complexity
// limit walks it each time, which takes minutes for a document of 2 KB.
type counter struct {
	fragments map[string]*ast.FragmentDefinition
	// measured holds the extent of each fragment, open ones as zero: a fragment that spreads itself adds nothing, and
	// validation refuses it afterwards.
	measured map[string]extent
	// directives, variables and valueDepth are those of the text walked so far.
	directives, variables, valueDepth int
	// introspects reports whether any field is __schema or __type.
	introspects bool
}

func newCounter(document *ast.QueryDocument) *counter {
	c := &counter{
		fragments: make(map[string]*ast.FragmentDefinition, len(document.Fragments)),
		measured:  make(map[string]extent, len(document.Fragments)),
	}
	for _, fragment := range document.Fragments {
		if _, taken := c.fragments[fragment.Name]; !taken {
			c.fragments[fragment.Name] = fragment
		}
	}
	for _, operation := range document.Operations {
		c.definition(operation.Directives, operation.VariableDefinitions)
	}
	for _, fragment := range document.Fragments {
		c.definition(fragment.Directives, fragment.VariableDefinition)
	}
	return c
}

// definition counts the head of an operation or a fragment.
func (c *counter) definition(directives ast.DirectiveList, variables ast.VariableDefinitionList) {
	c.variables += len(variables)
	c.directive(directives)
	for _, variable := range variables {
		c.directive(variable.Directives)
		c.value(variable.DefaultValue, 0)
	}
}

// document returns the greatest figures of any operation and any fragment: validation walks even an unused fragment.
func (c *counter) document(document *ast.QueryDocument) extent {
	var total extent
	for _, fragment := range document.Fragments {
		measured := c.fragment(fragment.Name)
		if c.fragments[fragment.Name] != fragment {
			measured = c.selections(fragment.SelectionSet) // a second one of that name
		}
		measured.top = 0
		total.greatest(measured)
	}
	for _, operation := range document.Operations {
		total.greatest(c.selections(operation.SelectionSet))
	}
	return total
}

func (c *counter) fragment(name string) extent {
	if measured, ok := c.measured[name]; ok {
		return measured
	}
	definition, ok := c.fragments[name]
	if !ok {
		return extent{} // validation refuses it
	}
	c.measured[name] = extent{}
	measured := c.selections(definition.SelectionSet)
	c.measured[name] = measured
	return measured
}

func (c *counter) selections(set ast.SelectionSet) extent {
	var total extent
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			total.join(c.field(selection))
		case *ast.InlineFragment:
			c.directive(selection.Directives)
			total.join(c.selections(selection.SelectionSet))
		case *ast.FragmentSpread:
			c.directive(selection.Directives)
			total.join(c.fragment(selection.Name))
		}
	}
	return total
}

func (c *counter) field(field *ast.Field) extent {
	c.directive(field.Directives)
	c.arguments(field.Arguments)
	total := c.selections(field.SelectionSet)
	total.top = 1
	total.fields = refusal.AddCounts(total.fields, 1)
	if field.Alias != field.Name {
		total.aliases = refusal.AddCounts(total.aliases, 1)
	}
	// By the name of the field: an alias, an operation or a fragment called __schema is nothing special.
	if field.Name == "__schema" || field.Name == "__type" {
		c.introspects = true
		total.introspectionFields = total.fields
		total.introspectionDepth = refusal.AddCounts(total.depth, 1)
		total.depth = 1
		if field.Name == "__schema" {
			total.schemas = refusal.AddCounts(total.schemas, 1)
		}
		return total
	}
	total.depth = refusal.AddCounts(total.depth, 1)
	return total
}

func (c *counter) directive(directives ast.DirectiveList) {
	c.directives += len(directives)
	for _, directive := range directives {
		c.arguments(directive.Arguments)
	}
}

func (c *counter) arguments(arguments ast.ArgumentList) {
	for _, argument := range arguments {
		c.value(argument.Value, 0)
	}
}

// value notes how deep a literal nests; level is the number of lists and objects around it.
func (c *counter) value(value *ast.Value, level int) {
	if value == nil {
		return
	}
	if value.Kind == ast.ListValue || value.Kind == ast.ObjectValue {
		level++
		c.valueDepth = max(c.valueDepth, level)
	}
	for _, child := range value.Children {
		c.value(child.Value, level)
	}
}
