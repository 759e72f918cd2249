package scan_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/scan"
)

// whole reports whether a text is one value and nothing else.
func whole(text string) bool {
	data := []byte(text)
	end, ok := scan.Value(data, scan.Blanks(data, 0))
	return ok && scan.Blanks(data, end) == len(data)
}

// TestValue holds what the package accepts against encoding/json: of these texts it may leave to it only the deep one
// and those with an escape in a key.
func TestValue(t *testing.T) {
	for _, text := range []string{
		``, ` `, `null`, `nul`, `nulL`, `true`, `tru`, `false`, `falsy`, `0`, `00`, `01`, `-0`, `-`, `-a`, `+1`, `1.`, `.5`,
		`1.5`, `1e5`, `1e`, `1E+5`, `1e-`, `1e+05`, `12345678901234567890`, `1 2`, `""`, `"`, `"a`, `"a\"b"`, `"a\`, `"\x"`,
		`"\u12"`, `"\u12g4"`, `"\uD83D\uDE00"`, `"\ud800"`, "\"\xff\"", "\"a\nb\"", "\"a\x00b\"", "\"\u2028\"", `"/\/\b\f\n\r\t\\"`,
		`[]`, `[ ]`, `[1]`, `[1,]`, `[,1]`, `[1 2]`, `[1,2]`, `[`, `[1`, `[1,`, `]`, `[}`, `[[],{}]`, `{}`, `{ }`, `{"a":1}`,
		`{"a":1,}`, `{,"a":1}`, `{"a"}`, `{"a":}`, `{"a" : 1 , "b" : [ ] }`, `{a:1}`, `{"a":1 "b":2}`, `{"a":1,"a":2}`, `{`,
		`{"a`, `{"a":1`, `{"a":1,`, `{1:2}`, `{"a":{"b":{"c":[1,{"d":null}]}}}`, `{}{}`, `{} x`, "\v1", "\ufeff1", `nullnull`,
		strings.Repeat("[", 50) + strings.Repeat("]", 50),
	} {
		if got, want := whole(text), json.Valid([]byte(text)); got != want {
			t.Errorf("%q is accepted: %v, by encoding/json: %v", text, got, want)
		}
	}
	for _, text := range []string{
		strings.Repeat("[", 100) + strings.Repeat("]", 100), `{"\u0061":1}`, strings.Repeat("[", 1_000_000),
	} {
		if whole(text) {
			t.Errorf("%.20q is accepted, but left to encoding/json by what the package says", text)
		}
	}
}

// TestPlain tells texts whose bytes can be taken as they are from those with escapes.
func TestPlain(t *testing.T) {
	for text, want := range map[string]bool{`""`: true, `"弹性"`: true, `"a\\"`: false, `"\u0041"`: false, "\"\xff\"": true} {
		end, plain, ok := scan.String([]byte(text+`,"x"`), 0)
		if !ok || plain != want || end != len(text) {
			t.Errorf("%q ends at %d, plain %v, ok %v", text, end, plain, ok)
		}
	}
}

// TestMembers gives members and elements in their order, and stops where one is not accepted.
func TestMembers(t *testing.T) {
	data := []byte(`{"a" : [1, 2,"x"] ,"b":{}}`)
	var seen []string
	end, ok := scan.Object(data, 0, func(key []byte, at int) (int, bool) {
		seen = append(seen, string(key))
		if data[at] != '[' {
			return scan.Value(data, at)
		}
		return scan.Array(data, at, func(at int) (int, bool) {
			end, ok := scan.Value(data, at)
			seen = append(seen, string(data[at:end]))
			return end, ok
		})
	})
	if got := strings.Join(seen, " "); !ok || end != len(data) || got != `a 1 2 "x" b` {
		t.Errorf("members %s, end %d, ok %v", got, end, ok)
	}
	calls := 0
	refuse := func(at int) (int, bool) { calls++; return at, false }
	if _, ok := scan.Array([]byte(`[1,2]`), 0, refuse); ok || calls != 1 {
		t.Errorf("goes on after an element that is not accepted: %d", calls)
	}
}

// FuzzValue: nothing is accepted that encoding/json refuses, and what it accepts is left to it for the stated reasons
// only. The end of a value is that of encoding/json's decoder.
func FuzzValue(f *testing.F) {
	for _, text := range []string{
		`{"total":"3","list":[{"a":"x","b":1.5e3,"c":null},{"a":"\"","b":"弹"}]}`, `"\ud83d\ude00"`, `[1,2,3]x`, `-0.0e-1`, `{"a":}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		valid := json.Valid(data)
		if got := whole(string(data)); got && !valid {
			t.Fatalf("%q is accepted", data)
		} else if !got && valid && !excused(data) {
			t.Fatalf("%q is not accepted", data)
		}
	})
}

// excused reports whether a valid text is one that the package leaves to encoding/json: deep, or with an escape.
func excused(data []byte) bool {
	depth := 0
	for _, c := range data {
		if c == '[' || c == '{' {
			depth++
		}
	}
	return depth > scan.MaxDepth || strings.Contains(string(data), `\`)
}
