package cost

import (
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// The directives of the schema by which operations are priced.
const (
	listSizeDirective = "listSize"
	costDirective     = "cost"
	upstreamDirective = "upstream"
)

// costTable is what the schema says of the fields that have a size, a weight or a reading.
type costTable map[*ast.FieldDefinition]*fieldCost

// fieldCost is what the directives of one field say.
type fieldCost struct {
	// assumed is the size where no argument of slicing is given; 0 for a field that is no list.
	assumed int
	slicing []string
	// item is the type of the nodes of a connection, or of what else the field's object lists; nil where the field is
	// the list itself.
	item     *ast.Definition
	weight   float64
	readings []reading
}

// reading is one @upstream of a field.
type reading struct {
	operation                        string
	per                              estimate.Per
	calls, minutes, batch            int
	types                            []string
	only, given, without, knownCodes string
}

// plainCost is that of a field without directives.
func plainCost() *fieldCost { return &fieldCost{weight: 1} }

// newCostTable reads the directives of a schema. A reading for which no source has an answer is an error.
func newCostTable(schema *ast.Schema, operations map[string]estimate.Operation) (costTable, error) {
	table := costTable{}
	for _, definition := range schema.Types {
		for _, field := range definition.Fields {
			cost, err := fieldCostOf(schema, field)
			if err == nil && cost != nil {
				err = cost.check(operations)
			}
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

// check fails on a reading for which no source has an answer.
func (c *fieldCost) check(operations map[string]estimate.Operation) error {
	for _, r := range c.readings {
		if err := operations[r.operation].Check(r.per); err != nil {
			return fmt.Errorf("@%s of %s: %w", upstreamDirective, r.operation, err)
		}
	}
	return nil
}

// fieldCostOf reads the directives of a field; nil when it has none of them.
func fieldCostOf(schema *ast.Schema, field *ast.FieldDefinition) (*fieldCost, error) {
	size, weight := field.Directives.ForName(listSizeDirective), field.Directives.ForName(costDirective)
	upstream := field.Directives.ForNames(upstreamDirective)
	if size == nil && weight == nil && len(upstream) == 0 {
		return nil, nil //nolint:nilnil // the field has no directive, which is no failure
	}
	cost := plainCost()
	if size != nil {
		arguments := directiveArguments(schema, size)
		cost.assumed, _ = arguments.Number("assumedSize")
		cost.slicing = arguments.Texts("slicingArguments")
		if sized := arguments.Texts("sizedFields"); len(sized) > 0 {
			items := schema.Types[field.Type.Name()].Fields.ForName(sized[0])
			if items == nil {
				return nil, fmt.Errorf("@%s: %s has no %s", listSizeDirective, field.Type.Name(), sized[0])
			}
			cost.item = schema.Types[items.Type.Name()]
		}
	}
	if weight != nil {
		var err error
		cost.weight, err = strconv.ParseFloat(directiveArguments(schema, weight).Text("weight"), 64)
		if err != nil || cost.weight < 0 {
			return nil, fmt.Errorf("@%s: a weight is a number from 0: %w", costDirective, err)
		}
	}
	for _, directive := range upstream {
		arguments := directiveArguments(schema, directive)
		r := reading{
			operation: arguments.Text("operation"), per: estimate.Per(arguments.Text("per")), types: arguments.Texts("types"),
			only: arguments.Text("only"), given: arguments.Text("given"), without: arguments.Text("without"),
			knownCodes: arguments.Text("unlessKnown"),
		}
		r.calls, _ = arguments.Number("calls")
		r.minutes, _ = arguments.Number("minutes")
		r.batch, _ = arguments.Number("batch")
		cost.readings = append(cost.readings, r)
	}
	return cost, nil
}

// directiveArguments are the arguments of a directive, defaults included.
func directiveArguments(schema *ast.Schema, directive *ast.Directive) estimate.Arguments {
	return argumentsOf(schema.Directives[directive.Name].Arguments, directive.Arguments, nil)
}
