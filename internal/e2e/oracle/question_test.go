package oracle

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// checker asks a gateway and holds its answers against the oracle's.
type checker struct {
	t       *testing.T
	schema  *ast.Schema
	site    *site
	seen    *comparer
	gateway *kit.Replica
	asked   int
}

// large lifts what bounds a question: the whole site is asked for at once.
func large() []string {
	return append(kit.Unlimited(), "OPSGRAPH_LIMITS_COST=100000000", "OPSGRAPH_LIMITS_QUOTA_CALLS=10000",
		"OPSGRAPH_LIMITS_FAST_CALLS=1000000")
}

// newChecker reads the site of a world and starts a gateway on it, which carries queries out by plans.
// TestRandomQueries has gateways with gqlgen's executor beside it.
func newChecker(t *testing.T, w *kit.World) *checker {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	seen := newComparer(t)
	return &checker{
		t: t, schema: schema, seen: seen, site: readSite(t, w, seen),
		gateway: w.StartGateway(t, "", append(large(), "OPSGRAPH_EXECUTOR=plan")...),
	}
}

// ask compares one answer and returns its data.
func (c *checker) ask(document, variables string) map[string]any {
	c.t.Helper()
	c.asked++
	reply := c.gateway.Ask(c.t, document, variables, nil)
	if reply.Status != http.StatusOK || len(reply.Body.Errors) > 0 {
		c.t.Fatalf("%d %.1000s\n%.1000s", reply.Status, reply.Raw, document)
	}
	data, _ := decoded(c.t, reply.Body.Data).(map[string]any)
	before := c.seen.wrong
	c.seen.compare("", data, execute(c.t, c.schema, c.site.root(), document, variables))
	if c.seen.wrong > before && before < mostDifferences {
		c.t.Errorf("asked %.400s %s", strings.Join(strings.Fields(document), " "), variables)
	}
	return data
}

// fields selects all of a type that needs no argument: leaves, and objects within it; of objects that have an id of
// their own only that. Connections are asked by themselves, and what is named in without not at all.
func (c *checker) fields(kind string, without ...string) string {
	parts := []string{"__typename"}
	for _, field := range c.schema.Types[kind].Fields {
		needs := slices.ContainsFunc(field.Arguments, func(a *ast.ArgumentDefinition) bool {
			return a.Type.NonNull && a.DefaultValue == nil
		})
		of := c.schema.Types[field.Type.Name()]
		switch {
		case needs, slices.Contains(without, field.Name), strings.HasPrefix(field.Name, "__"),
			strings.HasSuffix(of.Name, "Connection"), of.Kind == ast.Interface:
		case of.Kind != ast.Object:
			parts = append(parts, field.Name)
		case slices.Contains(of.Interfaces, "Node"):
			parts = append(parts, field.Name+" { __typename id }")
		default:
			parts = append(parts, field.Name+" "+c.fields(of.Name, without...))
		}
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

// page selects a whole page of a connection.
func (c *checker) page(kind string, without ...string) string {
	return "{ totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id } } nodes " +
		c.fields(kind, without...) + " }"
}

// walk reads a list page by page from both ends, and holds each page. field is a root field with its arguments but
// those of paging; cut puts what is selected into place.
func (c *checker) walk(field, arguments, selection string, size int) {
	c.t.Helper()
	for _, way := range []struct{ count, cursor, more, bound string }{
		{"first", "after", "hasNextPage", "endCursor"}, {"last", "before", "hasPreviousPage", "startCursor"},
	} {
		document := fmt.Sprintf(`query($n: Int!, $at: String) { list: %s(%s %s: $n, %s: $at) {
			totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { %s } } } }`,
			field, arguments, way.count, way.cursor, selection)
		rows := 0
		var total json.Number
		for at := ""; ; {
			variables := map[string]any{"n": size}
			if at != "" {
				variables["at"] = at
			}
			text, err := json.Marshal(variables)
			if err != nil {
				c.t.Fatal(err)
			}
			list, _ := c.ask(document, string(text))["list"].(map[string]any)
			edges, _ := list["edges"].([]any)
			rows += len(edges)
			total, _ = list["totalCount"].(json.Number)
			info, _ := list["pageInfo"].(map[string]any)
			next, _ := info[way.bound].(string)
			if info[way.more] != true || next == "" || next == at {
				break
			}
			at = next
		}
		if total.String() != fmt.Sprint(rows) {
			c.t.Errorf("%s(%s) by %s: %d rows, %s in all", field, arguments, way.count, rows, total)
		}
	}
}
