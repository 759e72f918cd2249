package guard_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/opsgraph/opsgraph/internal/guard"
)

func TestDocuments_areBoundedInNumber(t *testing.T) {
	t.Parallel()
	documents, err := guard.NewDocuments(10, 32<<20)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		documents.Add(t.Context(), fmt.Sprintf("{a%d}", i), &ast.QueryDocument{})
	}
	kept := 0
	for i := range 1000 {
		if _, ok := documents.Get(t.Context(), fmt.Sprintf("{a%d}", i)); ok {
			kept++
		}
	}
	if kept > 10 || kept == 0 {
		t.Errorf("%d documents are kept, of at most 10", kept)
	}
}

// documentsSDL is what the documents of the test ask for.
const documentsSDL = `
type Query { cluster(id: ID!): Cluster nodes(ids: [ID!]!): [Cluster] }
type Cluster { id: ID! children(first: Int): [Cluster!] }
`

// variables declares that many variables.
func variables(count int) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, "$v%d:Int ", i)
	}
	return text.String()
}

// TestHostile_distinctDocuments_H145 keeps documents of the kinds that take most memory for their text, a sixteenth of
// the number and of the memory that is the default, and measures.
func TestHostile_distinctDocuments_H145(t *testing.T) {
	for name, text := range map[string]string{
		"fields":     `{cluster(id:#){` + strings.Repeat("id ", 900) + `}}`,
		"arguments":  `{cluster(id:#){` + strings.Repeat("children(first:1){id}", 300) + `}}`,
		"lists":      `{nodes(ids:[#` + strings.Repeat(" 1", 2000) + `]){id}}`,
		"directives": `{cluster(id:#){` + strings.Repeat("id@skip(if:true)", 400) + `}}`,
		"comments":   `{cluster(id:#){` + strings.Repeat("#\nid ", 900) + `}}`,
		"strings":    `{cluster(id:"#` + strings.Repeat("a", 30000) + `"){id}}`,
		"variables":  `query(` + variables(90) + `){cluster(id:"#"){id}}`,
	} {
		t.Run(name, func(t *testing.T) { keepMany(t, text) })
	}
}

// keepMany keeps documents that differ in the place of a #.
func keepMany(t *testing.T, text string) {
	t.Helper()
	const count, most = 64, 2 << 20
	documents, err := guard.NewDocuments(count, most)
	if err != nil {
		t.Fatal(err)
	}
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: documentsSDL})
	before := heap()
	for i := range count {
		query := strings.Replace(text, "#", strconv.Itoa(i), 1)
		document, err := parser.ParseQuery(&ast.Source{Input: query})
		if err != nil {
			t.Fatal(err)
		}
		// One rule is enough: the walk fills in the definitions, which take the memory.
		if list := validator.ValidateWithRules(schema, document, rules.NewRules(rules.KnownTypeNamesRule)); list != nil {
			t.Fatal(list)
		}
		documents.Add(t.Context(), query, document)
	}
	grown := heap() - before
	t.Logf("%d bytes of text, heap grown by %.1f MiB", len(text), float64(grown)/(1<<20))
	if grown > most {
		t.Errorf("the heap has grown by %d bytes, of at most %d", grown, most)
	}
	if grown < most/10 {
		t.Errorf("the heap has grown by %d bytes only: is anything kept?", grown)
	}
	runtime.KeepAlive(documents)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func TestNewDocuments_faults(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int64{{0, 1}, {1, 0}, {-1, 1}, {1, -1}} {
		if documents, err := guard.NewDocuments(int(size[0]), size[1]); err == nil {
			t.Errorf("%v: made %v", size, documents)
		}
	}
}

// TestDocuments_attached wants what was made of a document to count with it, and to be forgotten with it.
func TestDocuments_attached(t *testing.T) {
	t.Parallel()
	const one, two = "{ a }", "{ b }"
	documents, err := guard.NewDocuments(10, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	first, second := &ast.QueryDocument{}, &ast.QueryDocument{}
	left := ""
	attach := func(query string, document *ast.QueryDocument, bytes int64) bool {
		return documents.Attach(query, document, bytes, func() { left += query })
	}
	if attach(one, first, 1) {
		t.Error("attached to a document that is not kept")
	}
	documents.Add(t.Context(), one, first)
	documents.Add(t.Context(), two, second)
	if attach(one, second, 1) {
		t.Error("attached to another document of the same text")
	}
	if attach(one, first, 1<<20) {
		t.Error("attached more than fits")
	}
	if !attach(one, first, 512<<10) || !attach(one, first, 128<<10) || left != "" {
		t.Errorf("not attached, or %q left", left)
	}
	if !attach(two, second, 512<<10) || left != one+one {
		t.Errorf("%q left for the second", left)
	}
	if _, ok := documents.Get(t.Context(), one); ok {
		t.Error("the first has not made room")
	}
	documents.Add(t.Context(), two, second)
	if left != one+one+two {
		t.Errorf("%q left after the second was replaced", left)
	}
}
