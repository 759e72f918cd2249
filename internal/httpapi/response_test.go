package httpapi_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/httpapi"
)

// word appends its own JSON.
type word string

func (w word) AppendJSON(to []byte) []byte { return append(append(append(to, '"'), w...), '"') }

// TestEncode holds an answer to what encoding/json makes of it, whatever its extensions are and whatever room the
// buffer has.
func TestEncode(t *testing.T) {
	t.Parallel()
	for _, response := range []*graphql.Response{
		{Data: json.RawMessage(`{"a":1}`)},
		{Errors: gqlerror.List{{Message: "no <b>"}}},
		{Data: json.RawMessage(`{"a":1}`), Extensions: map[string]any{"freshness": word("now")}},
		{
			Data: json.RawMessage(`null`), Errors: gqlerror.List{{Message: "late"}},
			Extensions: map[string]any{"warnings": []string{"<x>", "y"}, "freshness": word("now"), "cost": nil, "a": 1.5},
		},
	} {
		plain := map[string]any{}
		if len(response.Errors) > 0 {
			plain["errors"] = response.Errors
		}
		if len(response.Data) > 0 {
			plain["data"] = response.Data
		}
		if len(response.Extensions) > 0 {
			plain["extensions"] = response.Extensions
		}
		for _, room := range []int{0, 4096} {
			buffer := bytes.NewBuffer(make([]byte, 0, room))
			if err := httpapi.Encode(buffer, response); err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if err := json.Unmarshal(buffer.Bytes(), &got); err != nil {
				t.Fatalf("%s: %v", buffer, err)
			}
			text, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			want, err := json.Marshal(plain)
			if err != nil {
				t.Fatal(err)
			}
			if string(text) != string(want) {
				t.Errorf("%s, want %s", buffer, want)
			}
		}
	}
	unfit := &graphql.Response{Extensions: map[string]any{"a": func() {}}}
	if err := httpapi.Encode(&bytes.Buffer{}, unfit); err == nil {
		t.Error("a function was encoded")
	}
}
