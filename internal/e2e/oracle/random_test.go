package oracle

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/e2e/kit/reword"
)

// aliased begins the aliases that a query is asked with once more.
const aliased = "once_more_"

// TestRandomQueries asks random queries of a gateway that holds all, of two that share a Redis, and of new ones, and in
// other words: with aliases, as fragments, with variables in place of literals and the other way round. The first one
// carries queries out by plans, the others by gqlgen's executor. All answer alike, and what they answer is what the
// oracle says.
func TestRandomQueries(t *testing.T) {
	queries, coldEvery := 250, 25
	if *many {
		queries, coldEvery = 3000, 100
	}
	w := kit.NewWorld(t, kit.WorldSettings{Seed: 3, Hosts: 8, Regions: 2, Quota: "off", Clock: at})
	c := newChecker(t, w)
	maker := kit.NewQueryMaker(t, rand.New(rand.NewPCG(13, 2)), c.known())
	others := append(large(), "OPSGRAPH_EXECUTOR=gqlgen")
	shared := append(kit.WithRedis(redistest.Start(t)), others...)
	replicas := []*kit.Replica{w.StartGateway(t, "", shared...), w.StartGateway(t, "", shared...)}
	held, refused, compared := c.seen.values, 0, 0
	for i := range queries {
		document, variables := maker.Query()
		want := c.gateway.Ask(t, document, variables, nil)
		if len(want.Body.Data) == 0 {
			refused++
		}
		replies := map[string]*kit.Reply{
			"warm": c.gateway.Ask(t, document, variables, nil), "replica": replicas[i%2].Ask(t, document, variables, nil),
			"other replica": replicas[(i+1)%2].Ask(t, document, variables, nil),
		}
		if i%coldEvery == 0 {
			cold := w.StartGateway(t, "", others...)
			replies["cold"] = cold.Ask(t, document, variables, nil)
			cold.Close()
		}
		for name, reply := range replies {
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
	collect(c.site.devices, "deviceId", "deviceId")
	collect(c.site.alarms[:2], "csn", "textContains")
	collect(c.site.alarms[:2], "availabilityZone", "textContains")
	collect(c.site.hosts[:3], "name", "nameContains")
	collect(c.site.alarms[:5], "name", "nameContains")
	collect(c.site.hosts[:3], "rack", "textContains")
	collect(c.site.hosts[:3], "rack", "racks")
	collect(c.site.hosts[:3], "room", "rooms")
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

// rewordings are the other ways to ask the same.
func rewordings() map[string]func(r *reword.Query) {
	return map[string]func(r *reword.Query){
		"aliases":   func(r *reword.Query) { r.Fields(func(f *ast.Field) { f.Alias = aliased + f.Alias }) },
		"fragments": (*reword.Query).Split,
		"variables": func(r *reword.Query) { r.Fields(r.Hoist) },
		"literals":  (*reword.Query).Inline,
	}
}

// reworded writes a query in other words, with its variables; empty where it can't be.
func (c *checker) reworded(document, variables string, change func(r *reword.Query)) (string, string) {
	r, err := reword.New(c.schema, document, variables)
	if err != nil {
		return "", ""
	}
	change(r)
	return r.Text()
}
