package loose_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

const cpu = `[{"cores":"1","model":"","threads":"1","cpu":"16 * 1 * 1 * ","sockets":"16"}]`

func TestQuirk072ParseNested(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       [][]string
	}{
		{"sample of the document", `[['', '', 'Euler', '` + cpu + `']]`, [][]string{{"", "", "Euler", cpu}}},
		{"two rows", `[['a', 'b'], ['c']]`, [][]string{{"a", "b"}, {"c"}}},
		{"no rows", `[]`, [][]string{}},
		{"empty row", `[[]]`, [][]string{{}}},
		{"None", `[[None, 'x']]`, [][]string{{"", "x"}}},
		{"numbers and words", `[[1, -2.5, True]]`, [][]string{{"1", "-2.5", "True"}}},
		{"double quotes", `[["it's", 'a "b"']]`, [][]string{{"it's", `a "b"`}}},
		{
			"escapes", `[['it\'s', 'a\\b', '\n\t\x41\u4e2d\U0001F600\101', '\q']]`,
			[][]string{{"it's", `a\b`, "\n\tA中😀A", `\q`}},
		},
		{"Chinese text", `[['虚拟机', '']]`, [][]string{{"虚拟机", ""}}},
		{"tuples", `(('a', 'b'), ('c',))`, [][]string{{"a", "b"}, {"c"}}},
		{"marked texts", `[[u'a', b'b']]`, [][]string{{"a", "b"}}},
		{"list of dicts in a row", `[['a', [{'cores': '1]'}]]]`, [][]string{{"a", `[{'cores': '1]'}]`}}},
		{"blanks", " [ [ 'a' , 'b' ] ,\n[ 'c' ] ] ", [][]string{{"a", "b"}, {"c"}}},
		{"surrogate", `[['\ud800']]`, [][]string{{"\ufffd"}}},
		{"JSON", `[["a", null, 1, true, [{"cores": "1"}]], []]`, [][]string{{"a", "", "1", "true", `[{"cores": "1"}]`}, {}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := loose.ParseNested(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseNestedRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":            ``,
		"null":               `null`,
		"None":               `None`,
		"flat list":          `['a']`,
		"unclosed list":      `[['a'`,
		"unclosed text":      `[['a]]`,
		"unclosed escape":    `[['a\`,
		"short code point":   `[['\u12']]`,
		"bad code point":     `[['\xzz']]`,
		"missing comma":      `[['a' 'b']]`,
		"missing value":      `[['a', , 'b']]`,
		"trailing text":      `[['a']] x`,
		"wrong bracket":      `[['a')]`,
		"wrong inner":        `[[[1}]]`,
		"deep":               "[['a', " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "]]",
		"secretless message": `[['password'`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := loose.ParseNested(text)
			if err == nil {
				t.Fatalf("accepts it as %q", got)
			}
			if strings.Contains(err.Error(), "password") {
				t.Errorf("message %q quotes the text", err)
			}
		})
	}
	if _, err := loose.ParseNested(strings.Repeat(" ", 9<<20)); !errors.Is(err, loose.ErrNestedTooLarge) {
		t.Errorf("9 MiB give %v, want ErrNestedTooLarge", err)
	}
}

// TestParseNestedReadsWhatPythonWrites renders lists as Python's repr does and reads them back.
func TestParseNestedReadsWhatPythonWrites(t *testing.T) {
	lists := rapid.SliceOfN(rapid.SliceOfN(rapid.String(), 0, 5), 0, 5)
	rapid.Check(t, func(t *rapid.T) {
		want := lists.Draw(t, "lists")
		text := pythonRepr(want)
		got, err := loose.ParseNested(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if len(want) != len(got) {
			t.Fatalf("%s: got %d rows, want %d", text, len(got), len(want))
		}
		for i := range want {
			if strings.Join(want[i], "\x00|") != strings.Join(got[i], "\x00|") {
				t.Fatalf("%s: got %q, want %q", text, got[i], want[i])
			}
		}
	})
}

func pythonRepr(lists [][]string) string {
	rows := make([]string, 0, len(lists))
	for _, list := range lists {
		texts := make([]string, 0, len(list))
		for _, text := range list {
			texts = append(texts,
				"'"+strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text)+"'")
		}
		rows = append(rows, "["+strings.Join(texts, ", ")+"]")
	}
	return "[" + strings.Join(rows, ", ") + "]"
}

func FuzzParseNested(f *testing.F) {
	for _, seed := range []string{
		`[['', '', 'Euler', '` + cpu + `']]`, `[]`, `[["a", null]]`, `(('a',),)`, `[[u'a', None, 1]]`, `[['\u12`,
		`[[{'a': [1, (2,)]}]]`, `[['a'`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := loose.ParseNested(text)
		if err != nil {
			if rows != nil {
				t.Fatalf("%q: rows beside an error", text)
			}
			return
		}
		size := 0
		for _, row := range rows {
			for _, element := range row {
				size += len(element)
			}
		}
		// Only a JSON text with invalid bytes can grow, to three bytes for each (U+FFFD).
		if size > 3*len(text) {
			t.Fatalf("%q: %d bytes came of %d", text, size, len(text))
		}
	})
}
