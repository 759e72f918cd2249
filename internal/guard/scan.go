package guard

import (
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// textCounts is what a document's text has, as far as it can be read.
type textCounts struct {
	tokens, operations, fragments int
	// loneSurrogate reports an escape \uD800 to \uDFFF without its other half, which the lexer would turn into U+FFFD.
	loneSurrogate bool
	// malformed is the lexer's error of the token that ended the pass; nil when the text was read to its end. The parser
	// would only report that it is no token.
	malformed error
}

// scanText counts the tokens and definitions of a document without parsing it, in one pass and constant memory. It ends
// at the first malformed token.
func scanText(query string) textCounts {
	var counts textCounts
	tokens := lexer.New(&ast.Source{Input: query})
	nesting, outside := 0, true
	for {
		token, err := tokens.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			counts.malformed = err
			return counts
		}
		counts.tokens++
		switch token.Kind {
		case lexer.Comment, lexer.BlockString:
			continue
		case lexer.String:
			// U+FFFD is rare in a query, and what a lone surrogate becomes.
			if strings.ContainsRune(token.Value, utf8.RuneError) {
				counts.loneSurrogate = counts.loneSurrogate || hasLoneSurrogate(source(query, token.Pos))
			}
			continue
		default:
		}
		if outside {
			outside = false
			if token.Kind == lexer.Name && token.Value == "fragment" {
				counts.fragments++
			} else {
				counts.operations++
			}
		}
		switch token.Kind {
		case lexer.BraceL, lexer.ParenL, lexer.BracketL:
			nesting++
		case lexer.BraceR, lexer.ParenR, lexer.BracketR:
			nesting--
			outside = nesting <= 0 && token.Kind == lexer.BraceR
		default:
		}
	}
}

// source returns the text of a token. Its position counts characters, not bytes.
func source(query string, position ast.Position) string {
	start, end, character := len(query), len(query), 0
	for offset := range query {
		if character == position.Start {
			start = offset
		}
		if character == position.End {
			end = offset
			break
		}
		character++
	}
	return query[min(start, end):end]
}

// hasLoneSurrogate finds an escape of half a surrogate pair in the source of a string.
func hasLoneSurrogate(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++ // the escaped character, so that the second of two backslashes begins nothing
		if text[i] != 'u' {
			continue
		}
		switch surrogateAt(text, i-1) {
		case 'D':
			if surrogateAt(text, i+5) != 'd' {
				return true
			}
			i += 6
		case 'd':
			return true
		}
	}
	return false
}

// surrogateAt reports whether the escape at offset is a leading surrogate ('D'), a trailing one ('d') or neither (0).
func surrogateAt(text string, offset int) byte {
	if offset+6 > len(text) || text[offset] != '\\' || text[offset+1] != 'u' || text[offset+2]|0x20 != 'd' {
		return 0
	}
	switch digit := text[offset+3] | 0x20; {
	case digit == '8' || digit == '9' || digit == 'a' || digit == 'b':
		return 'D'
	case digit >= 'c' && digit <= 'f':
		return 'd'
	}
	return 0
}
