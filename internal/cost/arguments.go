package cost

import (
	"math"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/internal/literal"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// argumentsOf are the values of a field's arguments with variables put in and defaults filled in.
func argumentsOf(
	definitions ast.ArgumentDefinitionList, given ast.ArgumentList, variables map[string]any,
) estimate.Arguments {
	if len(definitions) == 0 {
		return nil
	}
	values := make(estimate.Arguments, len(given))
	for _, definition := range definitions {
		if argument := given.ForName(definition.Name); argument != nil {
			if value, ok := literal.Of(argument.Value, variables); ok {
				values[definition.Name] = value
				continue
			}
		}
		if definition.DefaultValue != nil {
			values[definition.Name], _ = literal.Of(definition.DefaultValue, nil)
		}
	}
	return values
}

// size is how many items a list has at most, by its arguments. What a filter names makes a page no longer than it is.
func (c *fieldCost) size(arguments estimate.Arguments) int {
	size, sliced, named := c.assumed, false, math.MaxInt
	for _, name := range c.slicing {
		bound, isNumber := arguments.Number(name)
		switch {
		case !arguments.Given(name):
			continue
		case !isNumber:
			bound = len(arguments.Texts(name))
		}
		if !isNumber && c.item != nil {
			named = min(named, bound)
		} else if !sliced || bound < size {
			size, sliced = bound, true
		}
	}
	return max(0, min(size, named))
}
