package guard

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// constraintDirective marks arguments and input fields in the schema with their bounds.
const constraintDirective = "constraint"

// What is accepted where the schema sets no bound of its own.
const (
	defaultMaxItems  = 1000
	defaultMaxLength = 4096
)

// A Format judges the value of an argument or input field that has @constraint(format:): text as a string, an input
// object as map[string]any. Its error is shown to the client: a sentence that says what is right and does not repeat
// the value.
type Format = func(value any) error

// constraint is one @constraint, or what holds without one. Bounds on text and numbers of a list are for its items.
type constraint struct {
	min, max             float64
	minLength, maxLength int
	minItems, maxItems   int
	pattern              *regexp.Regexp // matches the whole text; nil for any
	patternText          string
	format               Format // nil for none
}

// unconstrained holds for arguments and input fields without @constraint.
func unconstrained() *constraint {
	return &constraint{min: math.Inf(-1), max: math.Inf(1), maxLength: defaultMaxLength, maxItems: defaultMaxItems}
}

// newConstraint reads a @constraint; the error says what in the schema is wrong.
func newConstraint(
	directive *ast.Directive, kind *ast.Type, definition *ast.Definition, formats map[string]Format,
) (*constraint, error) {
	c := unconstrained()
	for _, argument := range directive.Arguments {
		if argument.Value.Kind == ast.NullValue {
			continue
		}
		if err := appliesTo(argument.Name, kind, definition); err != nil {
			return nil, err
		}
		if err := c.set(argument.Name, argument.Value.Raw, formats); err != nil {
			return nil, fmt.Errorf("%s: %w", argument.Name, err)
		}
	}
	if c.min > c.max || c.minLength > c.maxLength || c.minItems > c.maxItems {
		return nil, errors.New("a lower bound is above its upper bound")
	}
	return c, nil
}

// set takes one argument of the directive.
func (c *constraint) set(name, raw string, formats map[string]Format) error {
	var err error
	switch name {
	case "min":
		c.min, err = strconv.ParseFloat(raw, 64)
	case "max":
		c.max, err = strconv.ParseFloat(raw, 64)
	case "minLength":
		c.minLength, err = parseBound(raw)
	case "maxLength":
		c.maxLength, err = parseBound(raw)
	case "minItems":
		c.minItems, err = parseBound(raw)
	case "maxItems":
		c.maxItems, err = parseBound(raw)
	case "pattern":
		c.patternText = raw
		c.pattern, err = regexp.Compile(`\A(?:` + raw + `)\z`)
	case "format":
		var known bool
		if c.format, known = formats[raw]; !known || c.format == nil {
			err = fmt.Errorf("no format is called %q", raw)
		}
	default:
		err = errors.New("not an argument of the directive")
	}
	return err
}

// parseBound reads a bound on a length or a number of items.
func parseBound(raw string) (int, error) {
	bound, err := strconv.ParseUint(raw, 10, 31)
	if err != nil {
		return 0, errors.New("not a whole number from 0")
	}
	return int(bound), nil
}

// appliesTo refuses a bound that its type can never break: a mistake in the schema.
func appliesTo(name string, kind *ast.Type, definition *ast.Definition) error {
	custom := definition.Kind == ast.Scalar && !definition.BuiltIn
	isNumber := definition.Name == "Int" || definition.Name == "Float"
	isText := definition.Name == "String" || definition.Name == "ID"
	var ok bool
	switch name {
	case "min", "max":
		ok = isNumber || custom
	case "minLength", "maxLength", "pattern":
		ok = isText || custom
	case "minItems", "maxItems":
		ok = kind.Elem != nil
	case "format":
		ok = isText || custom || definition.Kind == ast.InputObject
	default:
		ok = true
	}
	if !ok {
		return fmt.Errorf("%s means nothing for %s", name, kind)
	}
	return nil
}

// itemsFault says what is wrong with the length of a list, empty when nothing is.
func (c *constraint) itemsFault(count int) string {
	switch {
	case count > c.maxItems:
		return fmt.Sprintf("at most %d items are accepted; %d were given", c.maxItems, count)
	case count < c.minItems:
		return fmt.Sprintf("at least %d items are needed; %d were given", c.minItems, count)
	}
	return ""
}

// numberFault says what is wrong with a number, empty when nothing is.
func (c *constraint) numberFault(number float64, value any) string {
	switch {
	case number > c.max:
		return fmt.Sprintf("at most %s is accepted; %s was given", formatBound(c.max), given(value))
	case number < c.min:
		return fmt.Sprintf("at least %s is accepted; %s was given", formatBound(c.min), given(value))
	}
	return ""
}

// textFault says what is wrong with a text, empty when nothing is. Control characters are refused everywhere: no text
// that the gateway takes has lines, and some go on to the upstream in URLs and headers (H-073).
func (c *constraint) textFault(text string) string {
	length := utf8.RuneCountInString(text)
	switch {
	case length > c.maxLength:
		return fmt.Sprintf("at most %d characters are accepted; %d were given", c.maxLength, length)
	case length < c.minLength:
		return fmt.Sprintf("at least %d characters are needed; %d were given", c.minLength, length)
	}
	for _, character := range text {
		if unicode.IsControl(character) {
			return fmt.Sprintf("control characters are not accepted; %U was given", character)
		}
	}
	if c.pattern != nil && !c.pattern.MatchString(text) {
		return fmt.Sprintf("it must match %s; %s was given", refusal.Clip(c.patternText, 100), refusal.Quoted(text))
	}
	return c.formatFault(text)
}

// formatFault says what the format finds wrong with a value, empty when nothing is.
func (c *constraint) formatFault(value any) string {
	if c.format == nil {
		return ""
	}
	if err := c.format(value); err != nil {
		return fmt.Sprintf("%s; %s was given", err, given(value))
	}
	return ""
}

func formatBound(bound float64) string { return strconv.FormatFloat(bound, 'f', -1, 64) }
