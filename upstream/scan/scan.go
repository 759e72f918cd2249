// Package scan finds the parts of a JSON text in one pass, without building anything of them. It accepts no text that
// encoding/json refuses, and says nothing of those that it does not accept: they may be broken, nested deeper than
// MaxDepth or have an escape in a key, and encoding/json decides. All functions take the whole text and the offset of a
// part, and return the offset after it.
package scan

// MaxDepth is how deep objects and arrays may be nested.
const MaxDepth = 64

// Blanks is the offset of the first byte from at on that is no white space.
func Blanks(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\n' || data[at] == '\r' || data[at] == '\t') {
		at++
	}
	return at
}

// Value finds the end of the value that begins at an offset.
func Value(data []byte, at int) (end int, ok bool) { return value(data, at, 0) }

func value(data []byte, at, depth int) (end int, ok bool) {
	if at >= len(data) || depth > MaxDepth {
		return at, false
	}
	switch data[at] {
	case '"':
		end, _, ok = String(data, at)
		return end, ok
	case '{':
		return Object(data, at, func(_ []byte, at int) (int, bool) { return value(data, at, depth+1) })
	case '[':
		return Array(data, at, func(at int) (int, bool) { return value(data, at, depth+1) })
	case 't':
		return word(data, at, "true")
	case 'f':
		return word(data, at, "false")
	case 'n':
		return word(data, at, "null")
	default:
		return number(data, at)
	}
}

// Object calls member for each member of the object that begins at an offset, with the key's text and the offset of its
// value. It ends where member does not accept the value.
func Object(data []byte, at int, member func(key []byte, at int) (end int, ok bool)) (end int, ok bool) {
	if at >= len(data) || data[at] != '{' {
		return at, false
	}
	if at = Blanks(data, at+1); at < len(data) && data[at] == '}' {
		return at + 1, true
	}
	for more := true; more; {
		end, plain, ok := String(data, at)
		if !ok || !plain {
			return at, false
		}
		key := data[at+1 : end-1]
		if at = Blanks(data, end); at >= len(data) || data[at] != ':' {
			return at, false
		}
		if at, ok = member(key, Blanks(data, at+1)); !ok {
			return at, false
		}
		if at, more, ok = next(data, at, '}'); !ok {
			return at, false
		}
	}
	return at, true
}

// Array calls element with the offset of each element of the array that begins at an offset. It ends where element does
// not accept one.
func Array(data []byte, at int, element func(at int) (end int, ok bool)) (end int, ok bool) {
	if at >= len(data) || data[at] != '[' {
		return at, false
	}
	if at = Blanks(data, at+1); at < len(data) && data[at] == ']' {
		return at + 1, true
	}
	for more := true; more; {
		if at, ok = element(at); !ok {
			return at, false
		}
		if at, more, ok = next(data, at, ']'); !ok {
			return at, false
		}
	}
	return at, true
}

// next passes the comma after a part, or the bracket that closes what it is a part of.
func next(data []byte, at int, closing byte) (end int, more, ok bool) {
	if at = Blanks(data, at); at >= len(data) {
		return at, false, false
	}
	switch data[at] {
	case ',':
		return Blanks(data, at+1), true, true
	case closing:
		return at + 1, false, true
	default:
		return at, false, false
	}
}

// String finds the end of the text that begins at an offset, its quotes included. plain: it has no escapes, so that its
// bytes are its text, as far as they are UTF-8.
func String(data []byte, at int) (end int, plain, ok bool) {
	if at >= len(data) || data[at] != '"' {
		return at, false, false
	}
	plain = true
	for at++; at < len(data); at++ {
		switch c := data[at]; {
		case c == '"':
			return at + 1, plain, true
		case c == '\\':
			plain = false
			if at, ok = escape(data, at+1); !ok {
				return at, false, false
			}
		case c < ' ':
			return at, false, false
		}
	}
	return at, false, false
}

// escape passes the letter after a backslash, or u with all its digits but the last byte.
func escape(data []byte, at int) (last int, ok bool) {
	if at >= len(data) {
		return at, false
	}
	switch data[at] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at, true
	case 'u':
		if at+4 >= len(data) {
			return at, false
		}
		for _, c := range data[at+1 : at+5] {
			if !isDigit(c) && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return at, false
			}
		}
		return at + 4, true
	default:
		return at, false
	}
}

func word(data []byte, at int, text string) (end int, ok bool) {
	end = at + len(text)
	return end, end <= len(data) && string(data[at:end]) == text
}

func number(data []byte, at int) (end int, ok bool) {
	if data[at] == '-' {
		at++
	}
	switch {
	case at < len(data) && data[at] == '0':
		at++
	default:
		if at, ok = digits(data, at); !ok {
			return at, false
		}
	}
	if at < len(data) && data[at] == '.' {
		if at, ok = digits(data, at+1); !ok {
			return at, false
		}
	}
	if at < len(data) && (data[at] == 'e' || data[at] == 'E') {
		if at++; at < len(data) && (data[at] == '+' || data[at] == '-') {
			at++
		}
		if at, ok = digits(data, at); !ok {
			return at, false
		}
	}
	return at, true
}

// digits passes one digit or more.
func digits(data []byte, at int) (end int, ok bool) {
	end = at
	for end < len(data) && isDigit(data[end]) {
		end++
	}
	return end, end > at
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
