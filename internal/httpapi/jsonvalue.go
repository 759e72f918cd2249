package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/upstream/scan"
)

// DecodeJSON reads a text that is exactly one JSON value, more strictly than encoding/json does: it must be UTF-8, nest
// at most depth levels, and have no key twice in an object. Numbers stay as written (json.Number). The error ends a
// sentence for the client ("is not UTF-8") and repeats nothing of the text but the name of a doubled key.
func DecodeJSON(text []byte, depth int) (any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("is not UTF-8")
	}
	if value, ok := usual(text, depth); ok {
		return value, nil
	}
	reader := jsonReader{decoder: json.NewDecoder(bytes.NewReader(text)), levels: depth, limit: depth}
	reader.decoder.UseNumber()
	value, err := reader.value()
	if err != nil {
		return nil, err
	}
	if _, err := reader.decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("goes on after the end of its JSON value")
	}
	return value, nil
}

// usual reads a text in one pass. It reports false for one that is unusual, such as one with an escape in a key, and
// for one at fault: what that is, encoding/json finds out.
func usual(text []byte, depth int) (value any, ok bool) {
	end, ok := onePass{text, depth}.value(scan.Blanks(text, 0), 0, &value)
	return value, ok && scan.Blanks(text, end) == len(text)
}

// onePass reads the values of a text that nest at most depth levels.
type onePass struct {
	text  []byte
	depth int
}

// value reads the value at an offset, which is within so many others, and returns the offset after it.
func (p onePass) value(at, within int, into *any) (end int, ok bool) {
	if at >= len(p.text) {
		return at, false
	}
	switch first := p.text[at]; {
	case first == '"':
		return p.string(at, into)
	case (first == '{' || first == '[') && within >= p.depth:
		return at, false
	case first == '{':
		return p.object(at, within, into)
	case first == '[':
		return p.array(at, within, into)
	}
	if end, ok = scan.Value(p.text, at); ok {
		switch p.text[at] {
		case 't', 'f':
			*into = p.text[at] == 't'
		case 'n':
		default:
			*into = json.Number(p.text[at:end])
		}
	}
	return end, ok
}

func (p onePass) object(at, within int, into *any) (end int, ok bool) {
	object := map[string]any{}
	*into = object
	return scan.Object(p.text, at, func(key []byte, at int) (int, bool) {
		if _, taken := object[string(key)]; taken {
			return at, false
		}
		var member any
		end, ok := p.value(at, within+1, &member)
		object[string(key)] = member
		return end, ok
	})
}

func (p onePass) array(at, within int, into *any) (end int, ok bool) {
	array := []any{}
	end, ok = scan.Array(p.text, at, func(at int) (int, bool) {
		var element any
		end, ok := p.value(at, within+1, &element)
		array = append(array, element)
		return end, ok
	})
	*into = array
	return end, ok
}

// string reads a string.
func (p onePass) string(at int, into *any) (end int, ok bool) {
	end, plain, ok := scan.String(p.text, at)
	if !ok {
		return at, false
	}
	text := string(p.text[at+1 : end-1])
	if !plain && json.Unmarshal(p.text[at:end], &text) != nil {
		return at, false
	}
	*into = text
	return end, true
}

// jsonReader reads one value token by token; levels are the levels of nesting still allowed.
type jsonReader struct {
	decoder       *json.Decoder
	levels, limit int
}

func (r *jsonReader) value() (any, error) {
	token, err := r.token()
	if err != nil {
		return nil, err
	}
	delimiter, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	if r.levels == 0 {
		return nil, fmt.Errorf("nests deeper than %d levels, which is the limit", r.limit)
	}
	r.levels--
	defer func() { r.levels++ }()
	if delimiter == '{' {
		return r.object()
	}
	return r.array()
}

func (r *jsonReader) object() (any, error) {
	object := map[string]any{}
	for r.decoder.More() {
		token, err := r.token()
		if err != nil {
			return nil, err
		}
		key, ok := token.(string)
		if !ok {
			return nil, r.malformed()
		}
		if _, taken := object[key]; taken {
			return nil, fmt.Errorf("has the key %s twice in one object", refusal.Quoted(key))
		}
		if object[key], err = r.value(); err != nil {
			return nil, err
		}
	}
	_, err := r.token()
	return object, err
}

func (r *jsonReader) array() (any, error) {
	array := []any{}
	for r.decoder.More() {
		item, err := r.value()
		if err != nil {
			return nil, err
		}
		array = append(array, item)
	}
	_, err := r.token()
	return array, err
}

// token reads the next token. The decoder's own messages are dropped: they quote the text.
func (r *jsonReader) token() (json.Token, error) {
	token, err := r.decoder.Token()
	if err != nil {
		return nil, r.malformed()
	}
	return token, nil
}

func (r *jsonReader) malformed() error {
	return fmt.Errorf("is not valid JSON near byte %d", r.decoder.InputOffset())
}
