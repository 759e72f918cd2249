package loose

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Bounds of ParseNested. A host has some dozens of virtual machines of some hundred bytes each.
const (
	maxNestedBytes = 8 << 20
	maxNestedDepth = 32
)

// ErrNestedTooLarge is returned by ParseNested for a text beyond its bounds.
var ErrNestedTooLarge = errors.New("nested list is too large")

// ParseNested reads a list of lists inside a text, in Python's notation (QUIRKS 72) or, in case that changes,
// in JSON. Texts may be in single or double quotes with backslash escapes; tuples count as lists; None and null give
// ""; numbers, True and False give their notation; a list or object inside a row gives its notation as sent. "[]" gives
// an empty list. Anything else is an error with the offset and never the text. The sample of the wire:
//
//	[['', '', 'Euler', '[{"cores":"1"}]']]
func ParseNested(text string) ([][]string, error) {
	if len(text) > maxNestedBytes {
		return nil, ErrNestedTooLarge
	}
	if rows, ok := nestedJSON(text); ok {
		return rows, nil
	}
	p := pythonParser{text: text}
	rows, err := p.rows()
	if err != nil {
		return nil, fmt.Errorf("nested list at offset %d: %w", p.at, err)
	}
	return rows, nil
}

func nestedJSON(text string) ([][]string, bool) {
	var lists [][]json.RawMessage
	if err := json.Unmarshal([]byte(text), &lists); err != nil || lists == nil {
		return nil, false
	}
	rows := make([][]string, 0, len(lists))
	for _, list := range lists {
		row := make([]string, 0, len(list))
		for _, element := range list {
			row = append(row, elementText(element))
		}
		rows = append(rows, row)
	}
	return rows, true
}

func elementText(element json.RawMessage) string {
	var text string
	if element == nil || json.Unmarshal(element, &text) == nil {
		return text // null leaves it empty
	}
	return string(bytes.TrimSpace(element))
}

// pythonParser reads Python's repr of a list of lists.
type pythonParser struct {
	text string
	at   int
}

var (
	errListExpected   = errors.New("a list is expected")
	errRowExpected    = errors.New("a list in the list is expected")
	errUnclosed       = errors.New("a bracket or quote is not closed")
	errCommaExpected  = errors.New("a comma is expected")
	errValueExpected  = errors.New("a value is expected")
	errTrailing       = errors.New("text follows the list")
	errNestedTooDeep  = errors.New("brackets are nested too deep")
	errBadEscape      = errors.New("an escape sequence is broken")
	errMismatchedPair = errors.New("a bracket is closed by another kind")
)

func (p *pythonParser) rows() ([][]string, error) {
	rows := [][]string{}
	err := p.list(errListExpected, func() error {
		row := []string{}
		err := p.list(errRowExpected, func() error {
			value, err := p.value()
			row = append(row, value)
			return err
		})
		rows = append(rows, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.blanks()
	if p.at < len(p.text) {
		return nil, errTrailing
	}
	return rows, nil
}

// list reads a bracketed, comma-separated list and calls element at the start of each element. A comma after the last
// one is allowed, as in the tuple ('a',).
func (p *pythonParser) list(missing error, element func() error) error {
	p.blanks()
	closing := byte(']')
	switch p.peek() {
	case '[':
	case '(':
		closing = ')'
	default:
		return missing
	}
	p.at++
	for {
		p.blanks()
		if p.peek() == closing {
			p.at++
			return nil
		}
		if p.at >= len(p.text) {
			return errUnclosed
		}
		if err := element(); err != nil {
			return err
		}
		p.blanks()
		switch p.peek() {
		case ',':
			p.at++
		case closing:
		default:
			return errCommaExpected
		}
	}
}

func (p *pythonParser) value() (string, error) {
	switch c := p.peek(); c {
	case '\'', '"':
		return p.quoted()
	case '[', '(', '{':
		return p.bracketed()
	case 'u', 'b': // Python 2 marks its texts with u, Python 3 its bytes with b
		if p.at+1 < len(p.text) && (p.text[p.at+1] == '\'' || p.text[p.at+1] == '"') {
			p.at++
			return p.quoted()
		}
	}
	return p.word()
}

func (p *pythonParser) word() (string, error) {
	start := p.at
	for p.at < len(p.text) && !strings.ContainsRune(",[](){}'\" \t\r\n", rune(p.text[p.at])) {
		p.at++
	}
	switch word := p.text[start:p.at]; word {
	case "":
		return "", errValueExpected
	case "None":
		return "", nil
	default:
		return word, nil
	}
}

// bracketed skips a list, tuple or dict inside a row and gives it as sent.
func (p *pythonParser) bracketed() (string, error) {
	start := p.at
	var open []byte
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case '\'', '"':
			if _, err := p.quoted(); err != nil {
				return "", err
			}
			continue
		case '[', '(', '{':
			if len(open) >= maxNestedDepth {
				return "", errNestedTooDeep
			}
			open = append(open, c)
		case ']', ')', '}':
			if pair := string(open[len(open)-1]) + string(c); pair != "[]" && pair != "()" && pair != "{}" {
				return "", errMismatchedPair
			}
			open = open[:len(open)-1]
		}
		p.at++
		if len(open) == 0 {
			return p.text[start:p.at], nil
		}
	}
	return "", errUnclosed
}

func (p *pythonParser) blanks() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// peek is the byte at the cursor, 0 at the end of the text.
func (p *pythonParser) peek() byte {
	if p.at >= len(p.text) {
		return 0
	}
	return p.text[p.at]
}
