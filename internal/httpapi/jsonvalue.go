package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// DecodeJSON reads a text that is exactly one JSON value, more strictly than encoding/json does: it must be UTF-8, nest
// at most depth levels, and have no key twice in an object. Numbers stay as written (json.Number). The error ends a
// sentence for the client ("is not UTF-8") and repeats nothing of the text but the name of a doubled key.
func DecodeJSON(text []byte, depth int) (any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("is not UTF-8")
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
