package loose

import (
	"strconv"
	"strings"
)

// quoted reads a Python text from its opening quote through its closing one.
func (p *pythonParser) quoted() (string, error) {
	quote := p.text[p.at]
	p.at++
	var text strings.Builder
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case quote:
			p.at++
			return text.String(), nil
		case '\\':
			if err := p.escape(&text); err != nil {
				return "", err
			}
		default:
			text.WriteByte(c)
			p.at++
		}
	}
	return "", errUnclosed
}

// escape reads one escape sequence. Python leaves unknown ones as they are, backslash included.
func (p *pythonParser) escape(text *strings.Builder) error {
	p.at++
	if p.at >= len(p.text) {
		return errUnclosed
	}
	c := p.text[p.at]
	p.at++
	switch c {
	case '\n':
		return nil
	case 'x':
		return p.codePoint(text, 2)
	case 'u':
		return p.codePoint(text, 4)
	case 'U':
		return p.codePoint(text, 8)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		p.at--
		p.octal(text)
		return nil
	}
	if at := strings.IndexByte(`\'"abfnrtv`, c); at >= 0 {
		text.WriteByte("\\'\"\a\b\f\n\r\t\v"[at])
		return nil
	}
	text.WriteByte('\\')
	text.WriteByte(c)
	return nil
}

// codePoint reads so many hexadecimal digits. Surrogates and numbers beyond Unicode become U+FFFD.
func (p *pythonParser) codePoint(text *strings.Builder, digits int) error {
	if p.at+digits > len(p.text) {
		return errBadEscape
	}
	code, err := strconv.ParseUint(p.text[p.at:p.at+digits], 16, 32)
	if err != nil {
		return errBadEscape
	}
	p.at += digits
	if code > 0x10FFFF {
		code = 0xFFFD
	}
	text.WriteRune(rune(code))
	return nil
}

func (p *pythonParser) octal(text *strings.Builder) {
	code := rune(0)
	for range 3 {
		c := p.peek()
		if c < '0' || c > '7' {
			break
		}
		code = code*8 + rune(c-'0')
		p.at++
	}
	text.WriteRune(code)
}
