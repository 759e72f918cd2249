package loose

import "encoding/json"

// Wire returns the value as sent and how it stood on the wire, as a number that only SetWire reads: what both keep
// loses nothing. "" and 0 are an absent value's.
func (s scalar) Wire() (text string, wireForm byte) {
	sent := s.notation()
	return sent.text, byte(sent.form)
}

// SetWire sets the value from what Wire returned. It returns false, and sets nothing, where no JSON value is so: the
// text of a number, a boolean or nested JSON must be one.
func (s *scalar) SetWire(text string, wireForm byte) bool {
	switch form(wireForm) {
	case formAbsent:
		if text != "" {
			return false
		}
		*s = scalar{}
		return true
	case formQuoted:
	case formBare:
		if !bare(text) {
			return false
		}
	case formNested:
		if text == "" || text[0] != '{' && text[0] != '[' || !json.Valid([]byte(text)) {
			return false
		}
	default:
		return false
	}
	*s = scalarOf(text, form(wireForm))
	return true
}

// bare reports whether a text is a JSON number or boolean without blanks. Whole numbers, which most are, are told
// without a parser.
func bare(text string) bool {
	whole := text != "" && text[0] >= '1' && text[0] <= '9'
	for i := 1; whole && i < len(text); i++ {
		whole = text[i] >= '0' && text[i] <= '9'
	}
	switch {
	case whole, text == "true", text == "false":
		return true
	case text == "" || text[0] != '-' && (text[0] < '0' || text[0] > '9'):
		return false
	}
	last := text[len(text)-1]
	return last >= '0' && last <= '9' && json.Valid([]byte(text))
}
