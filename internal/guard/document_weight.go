package guard

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Memory of the nodes of a parsed document in bytes, positions and places in slices included: measured, rounded up.
const (
	weightAlways    = 2 << 10
	weightSelection = 320
	weightArgument  = 128
	weightValue     = 256
	weightDirective = 192
	weightComment   = 128
)

// weightOf estimates the memory of a parsed document. Its length does not show it: a field of one letter takes a
// hundred times its text, a long name hardly more than itself.
func weightOf(query string, document *ast.QueryDocument) int64 {
	weight := weightAlways + len(query)*9/8 + strings.Count(query, "#")*weightComment
	for _, operation := range document.Operations {
		weight += weightSelection + weightOfDirectives(operation.Directives)
		weight += weightOfVariables(operation.VariableDefinitions)
		weight += weightOfSelections(operation.SelectionSet)
	}
	for _, fragment := range document.Fragments {
		weight += weightSelection + weightOfDirectives(fragment.Directives)
		weight += weightOfVariables(fragment.VariableDefinition)
		weight += weightOfSelections(fragment.SelectionSet)
	}
	return int64(weight)
}

func weightOfSelections(set ast.SelectionSet) int {
	weight := 0
	for _, selection := range set {
		weight += weightSelection
		switch selection := selection.(type) {
		case *ast.Field:
			weight += weightOfArguments(selection.Arguments) + weightOfDirectives(selection.Directives)
			weight += weightOfSelections(selection.SelectionSet)
		case *ast.InlineFragment:
			weight += weightOfDirectives(selection.Directives) + weightOfSelections(selection.SelectionSet)
		case *ast.FragmentSpread:
			weight += weightOfDirectives(selection.Directives)
		}
	}
	return weight
}

func weightOfVariables(variables ast.VariableDefinitionList) int {
	weight := 0
	for _, variable := range variables {
		weight += weightSelection + weightOfDirectives(variable.Directives) + weightOfValue(variable.DefaultValue)
	}
	return weight
}

func weightOfDirectives(directives ast.DirectiveList) int {
	weight := 0
	for _, directive := range directives {
		weight += weightDirective + weightOfArguments(directive.Arguments)
	}
	return weight
}

func weightOfArguments(arguments ast.ArgumentList) int {
	weight := 0
	for _, argument := range arguments {
		weight += weightArgument + weightOfValue(argument.Value)
	}
	return weight
}

func weightOfValue(value *ast.Value) int {
	if value == nil {
		return 0
	}
	weight := weightValue
	for _, child := range value.Children {
		weight += weightArgument + weightOfValue(child.Value)
	}
	return weight
}
