package differ

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/e2e/kit/reword"
	"github.com/opsgraph/opsgraph/internal/guard"
)

// conditioned makes a query with so many conditions of variables of their own, on fields and on fragments below each
// other, half of them on interfaces; each call sets the variables anew.
func conditioned(random *rand.Rand, conditions int) (document string, variables func() string) {
	var declared, parts, fragments []string
	for i := range conditions {
		declared = append(declared, fmt.Sprintf("$c%d: Boolean!", i))
		word := []string{"skip", "include"}[random.IntN(2)]
		switch random.IntN(4) {
		case 0:
			parts = append(parts, fmt.Sprintf("k%d: __typename @%s(if: $c%d)", i%12, word, i))
		case 1:
			parts = append(parts, fmt.Sprintf("... on Node @%s(if: $c%d) { id ... on Host { name } }", word, i))
		case 2:
			parts = append(parts, fmt.Sprintf("... on Host @%s(if: $c%d) { region { code nameEn @include(if: $c%d) } }", word, i, i))
		default:
			parts = append(parts, fmt.Sprintf("...F%d @%s(if: $c%d)", i, word, i))
			fragments = append(fragments, fmt.Sprintf("fragment F%d on Node { ... on Region { code } ... on Job { status } id }", i))
		}
	}
	document = fmt.Sprintf("query (%s) { nodes(ids: $ids) { %s } hosts(first: 2) { nodes { %s } } } %s",
		strings.Join(append(declared, "$ids: [ID!]!"), ", "), strings.Join(parts, " "), strings.Join(parts, " "),
		strings.Join(fragments, " "))
	return document, func() string {
		values := make([]string, conditions)
		for i := range values {
			values[i] = fmt.Sprintf(`"c%d": %t`, i, random.IntN(2) == 0)
		}
		return "{" + strings.Join(append(values, `"ids": %s`), ", ") + "}"
	}
}

// FuzzPlans asks both executors documents that are made of a fuzzer's bytes. An answer is the same, whatever the
// document; none is an internal error.
func FuzzPlans(f *testing.F) {
	p := newPair(f, kit.WorldSettings{Hosts: 4, Regions: 2, Quota: "off", Clock: began})
	known := kit.KnownIDs(f, p.worlds[0])
	p.arrived[0] = p.worlds[0].Count() // which the other world has not made
	p.start()
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	for i := range uint64(12) {
		f.Add(binary.LittleEndian.AppendUint64(nil, i), uint8(i*7))
	}
	f.Fuzz(func(t *testing.T, entropy []byte, conditions uint8) {
		p.t = t
		random := rand.New(&entropySource{bytes: entropy})
		var q question
		if conditions%2 == 0 {
			q.document, q.variables = kit.NewQueryMaker(t, random, known).Query()
			q.document, q.variables, q.operation = reword.Disguise(schema, random, q.document, q.variables)
			p.sameOf(q)
			return
		}
		var variables func() string
		q.document, variables = conditioned(random, int(conditions))
		for range 3 {
			q.variables = fmt.Sprintf(variables(), `["`+strings.Join(known["id"][:3], `", "`)+`"]`)
			p.sameOf(q)
		}
	})
}

// TestLimitsBoundPlans: a plan has a position for each field of the document, and below an interface one for each type
// that it may have. What the limits of documents admit stays below the bound beyond which a query has no plan (50,000
// positions), because nothing below an interface leads to another one.
func TestLimitsBoundPlans(t *testing.T) {
	t.Parallel()
	const most = 50_000
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	types := 0
	reached := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if reached[name] {
			return
		}
		reached[name] = true
		for _, field := range schema.Types[name].Fields {
			below := schema.Types[field.Type.Name()]
			if below.IsAbstractType() {
				t.Errorf("%s.%s is abstract, below %s: plans would grow by each level", name, field.Name, below.Name)
			}
			if below.Kind == ast.Object {
				visit(below.Name)
			}
		}
	}
	for name, definition := range schema.Types {
		if definition.IsAbstractType() {
			types = max(types, len(schema.PossibleTypes[name]))
			for _, possible := range schema.PossibleTypes[name] {
				visit(possible.Name)
			}
		}
	}
	if fields := guard.DefaultLimits().Fields; types < 10 || fields*types > most {
		t.Errorf("%d fields of %d types may be more than the %d of a plan", fields, types, most)
	}
}

// sameOf holds the answers of both against each other, whatever they are.
func (p *pair) sameOf(q question) {
	p.t.Helper()
	replies, found := p.compared(q)
	if len(found) > 0 || replies[0].Status >= http.StatusInternalServerError {
		p.t.Errorf("%s\n%s\n%s answered %d %.1000s\n%s answered %d %.1000s", strings.Join(found, "\n"), q,
			p.executors[0], replies[0].Status, replies[0].Raw, p.executors[1], replies[1].Status, replies[1].Raw)
	}
}

// entropySource draws from bytes, and by a fixed seed once they are used up.
type entropySource struct {
	bytes []byte
	later *rand.PCG
}

func (s *entropySource) Uint64() uint64 {
	if len(s.bytes) >= 8 {
		drawn := binary.LittleEndian.Uint64(s.bytes)
		s.bytes = s.bytes[8:]
		return drawn
	}
	if s.later == nil {
		var last [8]byte
		copy(last[:], s.bytes)
		s.later = rand.NewPCG(binary.LittleEndian.Uint64(last[:]), uint64(len(s.bytes)))
	}
	return s.later.Uint64()
}

// TestPlansStayBounded asks many documents under many settings of their conditions: memory stays near the bound of kept
// documents, of which plans count a part.
func TestPlansStayBounded(t *testing.T) {
	const bound, documents, settings = 2 << 20, 60, 10
	p := newWhole(t, kit.WorldSettings{Hosts: 1, Regions: 1}, "",
		fmt.Sprintf("OPSGRAPH_LIMITS_QUERY_CACHE_BYTES=%d", bound), "OPSGRAPH_LOG_LEVEL=error")
	random := rand.New(rand.NewPCG(5, 8))
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	var before int64
	for i := range documents {
		document, variables := conditioned(random, 20)
		for range settings {
			reply := p.gateways[1].Ask(t, document, fmt.Sprintf(variables(), "[]"), nil)
			if reply.Status != http.StatusOK {
				t.Fatalf("%d %.500s", reply.Status, reply.Raw)
			}
		}
		if i == 0 {
			before = heap()
		}
	}
	grown := heap() - before
	t.Logf("%d bytes grown", grown)
	if grown > bound*3/2 {
		t.Errorf("%d documents of %d settings take %d bytes, where they may take %d", documents, settings, grown, bound)
	}
}
