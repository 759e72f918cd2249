package httpapi_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/httpapi"
)

// FuzzDecodeJSON compares the strict reader with encoding/json: both read a text alike, or the strict one refuses it
// for one of the documented reasons.
func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{a}","variables":{"n":1e400,"list":[1,[2,{}],null,true]}}`, `[]`, `""`, ` 5 `, `{"a":1,"a":2}`,
		`{"a":{"b":[{}]}}`,
		`{"\u0061":1,"a":2}`, "\"\\ud800\"", "\xff", `{"a":1}{"b":2}`, `[[[[[[[[]]]]]]]]`, `nul`, `{"a" 1}`, `[1,]`, `-0`,
		`01`, " {\t\"a\" : [ 1 , \"\\n\\ud83d\\ude00\" ] } \n", `{"a":[{"b":1,"b":2}]}`, `[[[[[[1]]]]]]`, `[[[[[[{}]]]]]]`, `{"a":}`, `{,}`,
		`[tru]`, `{"a":"\x"}`, `""1`, `{"a":1,}`, `[null,false,-0.5e+3]`,
	} {
		f.Add([]byte(seed))
	}
	const depth = 6
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := httpapi.DecodeJSON(text, depth)
		if err != nil {
			reasoned := !utf8.Valid(text) || strings.Contains(err.Error(), "nests deeper") ||
				strings.Contains(err.Error(), "twice in one object")
			if json.Valid(text) && !reasoned {
				t.Fatalf("%q is refused: %v", text, err)
			}
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		var want any
		if err := decoder.Decode(&want); err != nil || !json.Valid(text) {
			t.Fatalf("%q is taken, encoding/json says %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (-encoding/json +ours): %s", text, diff)
		}
	})
}
