package scenarios

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// comparedQueries is how many queries TestFound_B3_NullCountsAsLeftOut sends twice.
const comparedQueries = 150

// TestFound_B3_NullCountsAsLeftOut sends queries made from the schema as they are and with null for every argument and
// input field that they leave out: what they cost and what they are answered is the same.
func TestFound_B3_NullCountsAsLeftOut(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 15, Regions: 3, Quota: "off"})
	r := w.StartGateway(t, "", "OPSGRAPH_QUOTA_MINUTE_LIMIT=100000", "OPSGRAPH_QUOTA_SECOND_LIMIT=1000000")
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	maker := kit.NewQueryMaker(t, rand.New(rand.NewPCG(3, 5)), kit.KnownIDs(t, w))
	nulls := 0
	for range comparedQueries {
		document, variables := maker.Query()
		with, added := withNulls(t, schema, document)
		nulls += added
		r.Ask(t, document, variables, nil) // what it needs is in memory then
		want, got := r.Ask(t, document, variables, nil), r.Ask(t, with, variables, nil)
		if diff := cmp.Diff(inCommon(t, want), inCommon(t, got)); diff != "" {
			t.Errorf("%s\n%s\n%s", with, variables, diff)
		}
		first, second := plan(t, r, document, variables, nil), plan(t, r, with, variables, nil)
		for _, p := range []*planned{first, second} {
			if p.Extensions.Cost != nil {
				p.Extensions.Cost.QuotaLeft = nil // goes on with the time
			}
		}
		if diff := cmp.Diff(first.Extensions, second.Extensions); diff != "" {
			t.Errorf("plan: %s\n%s\n%s", with, variables, diff)
		}
	}
	if nulls < 5*comparedQueries {
		t.Errorf("%d nulls prove little", nulls)
	}
}

// TestFound_B1_PlansRefuseNull: a plan of what would be refused is refused alike.
func TestFound_B1_PlansRefuseNull(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 1})
	r := w.StartGateway(t, "")
	for document, variables := range map[string]string{
		`query ($b: Boolean = true) { hosts @include(if: $b) { totalCount } }`:                            `{"b": null}`,
		`query ($r: String = "cn-north-7") { hosts(filter: {regions: [$r]}) { totalCount } }`:             `{"r": null}`,
		`query ($n: Int = 5) { alarmSummary { byDay(utcOffsetMinutes: $n) { total } } }`:                  `{"n": null}`,
		`query ($f: HostOrderField = NAME) { hosts(orderBy: {field: $f}) { totalCount } }`:                `{"f": null}`,
		`query ($i: ID = "x") { nodes(ids: [$i]) { id } }`:                                                `{"i": null}`,
		`query ($s: Boolean = false) { ...F } fragment F on Query { hosts @skip(if: $s) { totalCount } }`: `{"s": null}`,
	} {
		got := plan(t, r, document, variables, nil).answer
		if got.Status != http.StatusBadRequest || got.Code() != "BAD_USER_INPUT" {
			t.Errorf("%s: %d %s", document, got.Status, got.Raw)
		}
	}
	if calls := w.Sim.Calls(); len(calls) != 0 {
		t.Errorf("calls upstream: %v", calls)
	}
}

// TestFound_B3_DefaultsAreOfWhatIsNeverNull: where null counts as left out, a default would be of no use.
func TestFound_B3_DefaultsAreOfWhatIsNeverNull(t *testing.T) {
	t.Parallel()
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	for name, definition := range schema.Types {
		if definition.BuiltIn {
			continue
		}
		for _, field := range definition.Fields {
			if field.DefaultValue != nil && !field.Type.NonNull {
				t.Errorf("%s.%s may be null and has a default", name, field.Name)
			}
			for _, argument := range field.Arguments {
				if argument.DefaultValue != nil && !argument.Type.NonNull && !strings.HasPrefix(name, "__") {
					t.Errorf("%s.%s(%s:) may be null and has a default", name, field.Name, argument.Name)
				}
			}
		}
	}
}

// inCommon is what two answers to one question have in common: all but the ids of requests and the places of errors.
func inCommon(t *testing.T, answer *kit.Reply) any {
	t.Helper()
	var data any
	if len(answer.Body.Data) > 0 {
		if err := json.Unmarshal(answer.Body.Data, &data); err != nil {
			t.Fatal(err)
		}
	}
	codes := []any{}
	for _, one := range answer.Body.Errors {
		codes = append(codes, one.Extensions["code"], one.Path)
	}
	if answer.Status == http.StatusInternalServerError {
		t.Errorf("%s", answer.Raw)
	}
	return []any{answer.Status, data, codes}
}

// withNulls is a document with null for every argument and input field that may be null and is left out.
func withNulls(t *testing.T, schema *ast.Schema, document string) (with string, added int) {
	t.Helper()
	parsed, err := gqlparser.LoadQueryWithRules(schema, document, nil)
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	for _, operation := range parsed.Operations {
		added += addNulls(schema, operation.SelectionSet)
	}
	for _, fragment := range parsed.Fragments {
		added += addNulls(schema, fragment.SelectionSet)
	}
	var text strings.Builder
	formatter.NewFormatter(&text).FormatQueryDocument(parsed)
	return text.String(), added
}

func null() *ast.Value { return &ast.Value{Kind: ast.NullValue, Raw: "null"} }

func addNulls(schema *ast.Schema, set ast.SelectionSet) (added int) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			for _, argument := range selection.Arguments {
				added += addNullFields(schema, argument.Value)
			}
			for _, argument := range selection.Definition.Arguments {
				if !argument.Type.NonNull && selection.Arguments.ForName(argument.Name) == nil {
					selection.Arguments = append(selection.Arguments, &ast.Argument{Name: argument.Name, Value: null()})
					added++
				}
			}
			added += addNulls(schema, selection.SelectionSet)
		case *ast.InlineFragment:
			added += addNulls(schema, selection.SelectionSet)
		}
	}
	return added
}

func addNullFields(schema *ast.Schema, value *ast.Value) (added int) {
	for _, child := range value.Children {
		added += addNullFields(schema, child.Value)
	}
	if value.Kind != ast.ObjectValue || value.Definition == nil {
		return added
	}
	for _, field := range schema.Types[value.Definition.Name].Fields {
		if !field.Type.NonNull && value.Children.ForName(field.Name) == nil {
			value.Children = append(value.Children, &ast.ChildValue{Name: field.Name, Value: null()})
			added++
		}
	}
	return added
}
