package oracle

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// aliased begins the aliases that a query is asked with once more.
const aliased = "once_more_"

// TestRandomQueries asks random queries of a gateway that holds all, of two that share a Redis, and of new ones, and in
// other words: with aliases, as fragments, with variables in place of literals and the other way round. All answer
// alike, and what they answer is what the oracle says.
func TestRandomQueries(t *testing.T) {
	queries, coldEvery := 250, 25
	if *many {
		queries, coldEvery = 3000, 100
	}
	w := kit.NewWorld(t, kit.WorldSettings{Seed: 3, Hosts: 8, Regions: 2, Quota: "off", Clock: at})
	c := newChecker(t, w)
	maker := kit.NewQueryMaker(t, rand.New(rand.NewPCG(13, 2)), c.known())
	shared := append(kit.WithRedis(redistest.Start(t)), large()...)
	replicas := []*kit.Replica{w.StartGateway(t, "", shared...), w.StartGateway(t, "", shared...)}
	held, refused, compared := c.seen.values, 0, 0
	for i := range queries {
		document, variables := maker.Query()
		want := c.gateway.Ask(t, document, variables, nil)
		if len(want.Body.Data) == 0 {
			refused++
		}
		others := map[string]*kit.Reply{
			"warm": c.gateway.Ask(t, document, variables, nil), "replica": replicas[i%2].Ask(t, document, variables, nil),
			"other replica": replicas[(i+1)%2].Ask(t, document, variables, nil),
		}
		if i%coldEvery == 0 {
			cold := w.StartGateway(t, "", large()...)
			others["cold"] = cold.Ask(t, document, variables, nil)
			cold.Close()
		}
		for name, reply := range others {
			c.alike(name, document, variables, want, reply)
		}
		for name, change := range rewordings() {
			if other, values := c.reworded(document, variables, change); other != "" {
				c.alike(name, other, values, want, c.gateway.Ask(t, other, values, nil))
			}
		}
		if want.Status == http.StatusOK && len(want.Body.Errors) == 0 {
			compared++
			c.ask(document, variables)
		}
		if t.Failed() {
			t.Fatalf("query %d:\n%s\n%s", i, document, variables)
		}
	}
	if refused > queries/3 || compared < queries/2 {
		t.Errorf("of %d queries %d were refused and %d compared: that proves little", queries, refused, compared)
	}
	kit.Report(t, "oracle random queries",
		"%d queries, each in some 8 ways, answer alike; %d values of %d are what the documents say, %d are not known to it",
		queries, c.seen.values-held, compared, sum(c.seen.unknown))
}

// known asks for things of each kind, so that the oracle knows what their ids stand for.
func (c *checker) known() map[string][]string {
	c.ask(`{ hosts(first: 8) { nodes { id hostId virtualMachines(first: 2) { nodes { id } } } } devices(first: 4) { nodes { id } }
		alarms(first: 4) { nodes { id } } instances(type: ECS, first: 4) { nodes { id } } loadBalancerClusters(first: 2) { nodes { id } }
		auditEvents(filter: {range: {last: "P2D"}}, first: 2) { nodes { id } } regions { id cloudServices(types: [EVS, ELB]) { id } } }`, "")
	known := map[string][]string{}
	known["id"] = slices.Sorted(maps.Keys(c.seen.stands))
	collect := func(items []item, field, name string) {
		for _, i := range items {
			if value, ok := i.node.fields[field].(string); ok {
				known[name] = append(known[name], value)
			}
		}
	}
	collect(c.site.regions, "code", "code")
	collect(c.site.hosts, "hostId", "hostId")
	collect(c.site.hosts, "serialNumber", "serialNumber")
	collect(c.site.devices, "managementIp", "managementIp")
	collect(c.site.hosts[:3], "name", "nameContains")
	collect(c.site.alarms[:5], "name", "nameContains")
	for hours := range 6 { // whole hours, at which there are samples, and others
		ago := at.Add(-time.Duration(hours) * time.Hour)
		known["time"] = append(known["time"], ago.Truncate(time.Hour).Format(time.RFC3339), ago.Format(time.RFC3339))
	}
	return known
}

func sum(counts map[string]int) int {
	all := 0
	for _, count := range counts {
		all += count
	}
	return all
}

// alike holds an answer against the first one: data, and the place and code of each error. Aliases are taken off.
func (c *checker) alike(name, document, variables string, want, got *kit.Reply) {
	c.t.Helper()
	a, b := answerOf(c.t, want), answerOf(c.t, got)
	if want.Status != got.Status || !reflect.DeepEqual(a, b) {
		c.t.Errorf("%s: %d and %d\n%.1500s\n%.1500s\nasked as\n%s\n%s", name, want.Status, got.Status, want.Raw, got.Raw,
			document, variables)
	}
}

// answerOf is what all ways of asking must have in common.
func answerOf(t *testing.T, r *kit.Reply) any {
	t.Helper()
	var data any
	if len(r.Body.Data) > 0 {
		data = plain(decoded(t, r.Body.Data))
	}
	var errors []string
	for _, one := range r.Body.Errors {
		errors = append(errors, fmt.Sprint(plain(one.Path), one.Extensions["code"]))
	}
	slices.Sort(errors)
	return []any{data, errors}
}

// plain takes added aliases off.
func plain(value any) any {
	switch v := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, item := range v {
			object[strings.TrimPrefix(key, aliased)] = plain(item)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plain(item)
		}
		return list
	case string:
		return strings.TrimPrefix(v, aliased)
	default:
		return value
	}
}

// rewording is a query that is being written in other words.
type rewording struct {
	schema    *ast.Schema
	document  *ast.QueryDocument
	operation *ast.OperationDefinition
	values    map[string]any
	count     int
}

// rewordings are the other ways to ask the same.
func rewordings() map[string]func(r *rewording) {
	return map[string]func(r *rewording){
		"aliases":   func(r *rewording) { r.fields(func(f *ast.Field) { f.Alias = aliased + f.Alias }) },
		"fragments": (*rewording).split,
		"variables": func(r *rewording) { r.fields(r.hoist) },
		"literals":  (*rewording).inline,
	}
}

// reworded writes a query in other words, with its variables; empty where it can't be.
func (c *checker) reworded(document, variables string, change func(r *rewording)) (string, string) {
	c.t.Helper()
	parsed, errs := gqlparser.LoadQueryWithRules(c.schema, document, nil)
	if errs != nil {
		return "", ""
	}
	r := &rewording{schema: c.schema, document: parsed, operation: parsed.Operations[0], values: map[string]any{}}
	if variables != "" {
		if err := json.Unmarshal([]byte(variables), &r.values); err != nil {
			c.t.Fatal(err)
		}
	}
	change(r)
	var text strings.Builder
	formatter.NewFormatter(&text).FormatQueryDocument(parsed)
	encoded, err := json.Marshal(r.values)
	if err != nil {
		c.t.Fatal(err)
	}
	return text.String(), string(encoded)
}

// fields visits every field once.
func (r *rewording) fields(visit func(f *ast.Field)) {
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				visit(s)
				walk(s.SelectionSet)
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			}
		}
	}
	walk(r.operation.SelectionSet)
	for _, fragment := range r.document.Fragments {
		walk(fragment.SelectionSet)
	}
}

// split puts every selection set into a fragment: by turns a named one and one in place.
func (r *rewording) split() {
	r.fields(func(f *ast.Field) {
		if len(f.SelectionSet) == 0 {
			return
		}
		kind := f.Definition.Type.Name()
		if r.count++; r.count%2 == 0 {
			f.SelectionSet = ast.SelectionSet{&ast.InlineFragment{TypeCondition: kind, SelectionSet: f.SelectionSet}}
			return
		}
		name := fmt.Sprintf("part%d", r.count)
		r.document.Fragments = append(r.document.Fragments, &ast.FragmentDefinition{
			Name: name, TypeCondition: kind, SelectionSet: f.SelectionSet,
		})
		f.SelectionSet = ast.SelectionSet{&ast.FragmentSpread{Name: name}}
	})
}

// hoist puts a variable in place of each argument that has none in it.
func (r *rewording) hoist(f *ast.Field) {
	for _, argument := range f.Arguments {
		if holdsVariable(argument.Value) {
			continue
		}
		r.count++
		name := fmt.Sprintf("hoisted%d", r.count)
		r.values[name] = constant(argument.Value)
		r.operation.VariableDefinitions = append(r.operation.VariableDefinitions, &ast.VariableDefinition{
			Variable: name, Type: f.Definition.Arguments.ForName(argument.Name).Type,
		})
		argument.Value = &ast.Value{Kind: ast.Variable, Raw: name}
	}
}

// constant is the value of a literal.
func constant(v *ast.Value) any {
	switch v.Kind {
	case ast.ListValue:
		list := []any{}
		for _, child := range v.Children {
			list = append(list, constant(child.Value))
		}
		return list
	case ast.ObjectValue:
		object := map[string]any{}
		for _, child := range v.Children {
			object[child.Name] = constant(child.Value)
		}
		return object
	case ast.IntValue:
		return json.Number(v.Raw)
	case ast.BooleanValue:
		return v.Raw == "true"
	case ast.NullValue:
		return nil
	default:
		return v.Raw
	}
}

func holdsVariable(v *ast.Value) bool {
	return v.Kind == ast.Variable || slices.ContainsFunc(v.Children, func(child *ast.ChildValue) bool {
		return holdsVariable(child.Value)
	})
}

// inline puts the value in place of each variable.
func (r *rewording) inline() {
	replace := func(arguments ast.ArgumentList) {
		for _, argument := range arguments {
			if argument.Value.Kind == ast.Variable {
				definition := r.operation.VariableDefinitions.ForName(argument.Value.Raw)
				argument.Value = r.write(definition.Type, r.values[argument.Value.Raw])
			}
		}
	}
	r.fields(func(f *ast.Field) {
		replace(f.Arguments)
		for _, directive := range f.Directives {
			replace(directive.Arguments)
		}
	})
	r.operation.VariableDefinitions, r.values = nil, map[string]any{}
}

// write puts a value into a document.
func (r *rewording) write(kind *ast.Type, value any) *ast.Value {
	definition := r.schema.Types[kind.Name()]
	switch v := value.(type) {
	case []any:
		list := &ast.Value{Kind: ast.ListValue}
		for _, item := range v {
			list.Children = append(list.Children, &ast.ChildValue{Value: r.write(kind.Elem, item)})
		}
		return list
	case map[string]any:
		object := &ast.Value{Kind: ast.ObjectValue}
		for _, name := range sortedKeys(v) {
			field := r.write(definition.Fields.ForName(name).Type, v[name])
			object.Children = append(object.Children, &ast.ChildValue{Name: name, Value: field})
		}
		return object
	case string:
		if definition.Kind == ast.Enum {
			return &ast.Value{Kind: ast.EnumValue, Raw: v}
		}
		return &ast.Value{Kind: ast.StringValue, Raw: v}
	case bool:
		return &ast.Value{Kind: ast.BooleanValue, Raw: strconv.FormatBool(v)}
	case float64:
		return &ast.Value{Kind: ast.IntValue, Raw: strconv.Itoa(int(v))}
	default:
		return &ast.Value{Kind: ast.NullValue, Raw: "null"}
	}
}
