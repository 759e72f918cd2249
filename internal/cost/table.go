package cost

import (
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// The directives of the schema by which operations are priced.
const (
	listSizeDirective = "listSize"
	costDirective     = "cost"
	upstreamDirective = "upstream"
)

// What one reading of @upstream covers, by the values of UpstreamReading.
const (
	perList      = "LIST"
	perType      = "TYPE"
	perArguments = "ARGUMENTS"
	perParent    = "PARENT"
	perRegion    = "REGION"
	perID        = "ID"
	perCommand   = "COMMAND"
)

// costTable is what the schema says of the fields that have a size, a weight or a reading; of others there is nothing to say.
type costTable map[*ast.FieldDefinition]*fieldCost

// fieldCost is what the directives of one field say.
type fieldCost struct {
	// assumed is the size where no argument of slicing is given; 0 for a field that is no list.
	assumed int
	slicing []string
	// pages tells that the list is the field's nodes and edges.
	pages    bool
	weight   float64
	readings []reading
}

// reading is one @upstream of a field.
type reading struct {
	operation, per                   string
	calls, minutes, batch            int
	types                            []string
	only, given, without, knownCodes string
}

// plainCost is that of a field without directives.
func plainCost() *fieldCost { return &fieldCost{weight: 1} }

// newCostTable reads the directives of a schema.
func newCostTable(schema *ast.Schema) (costTable, error) {
	table := costTable{}
	for _, definition := range schema.Types {
		for _, field := range definition.Fields {
			cost, err := fieldCostOf(schema, field)
			if err != nil {
				return nil, fmt.Errorf("%s.%s: %w", definition.Name, field.Name, err)
			}
			if cost != nil {
				table[field] = cost
			}
		}
	}
	return table, nil
}

// of is what is known of a field; never nil.
func (t costTable) of(field *ast.FieldDefinition) *fieldCost {
	if cost, ok := t[field]; ok {
		return cost
	}
	return plainCost()
}

// fieldCostOf reads the directives of a field; nil when it has none of them.
func fieldCostOf(schema *ast.Schema, field *ast.FieldDefinition) (*fieldCost, error) {
	size, weight := field.Directives.ForName(listSizeDirective), field.Directives.ForName(costDirective)
	upstream := field.Directives.ForNames(upstreamDirective)
	if size == nil && weight == nil && len(upstream) == 0 {
		return nil, nil //nolint:nilnil // nothing is said, which is no failure
	}
	cost := plainCost()
	if size != nil {
		arguments := directiveArguments(schema, size)
		cost.assumed, _ = arguments.number("assumedSize")
		cost.slicing, cost.pages = arguments.texts("slicingArguments"), len(arguments.texts("sizedFields")) > 0
	}
	if weight != nil {
		var err error
		if cost.weight, err = strconv.ParseFloat(directiveArguments(schema, weight).text("weight"), 64); err != nil || cost.weight < 0 {
			return nil, fmt.Errorf("@%s: a weight is a number from 0: %w", costDirective, err)
		}
	}
	for _, directive := range upstream {
		arguments := directiveArguments(schema, directive)
		r := reading{
			operation: arguments.text("operation"), per: arguments.text("per"), types: arguments.texts("types"),
			only: arguments.text("only"), given: arguments.text("given"), without: arguments.text("without"),
			knownCodes: arguments.text("unlessKnown"),
		}
		r.calls, _ = arguments.number("calls")
		r.minutes, _ = arguments.number("minutes")
		r.batch, _ = arguments.number("batch")
		cost.readings = append(cost.readings, r)
	}
	return cost, nil
}

// directiveArguments are the arguments of a directive, defaults included.
func directiveArguments(schema *ast.Schema, directive *ast.Directive) askedArguments {
	return argumentsOf(schema.Directives[directive.Name].Arguments, directive.Arguments, nil)
}
