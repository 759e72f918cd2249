package differ

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/graph/model"
)

func hostsOf(names ...string) []*model.Host {
	var hosts []*model.Host
	for _, name := range names {
		if name == "" {
			hosts = append(hosts, nil)
			continue
		}
		hosts = append(hosts, &model.Host{ID: name, HostID: "h-" + name, Name: &name})
	}
	return hosts
}

func pageOf(hosts []*model.Host) *model.HostConnection {
	return &model.HostConnection{Nodes: hosts, CursorOf: func(h *model.Host) string { return "at " + h.ID }}
}

// stubOfHosts has Query.hosts answer hosts, and their edges as edges says.
func stubOfHosts(edges stubHost, names ...string) stub {
	return stub{host: edges, query: stubQuery{hosts: func(context.Context) (*model.HostConnection, error) {
		return pageOf(hostsOf(names...)), nil
	}}}
}

// TestNastyNulls: a null where none may be takes the nearest thing above that may be null (specification 6.4.4), and
// one error tells of it.
func TestNastyNulls(t *testing.T) {
	t.Parallel()
	w := newTwin(stubOfHosts(stubHost{}, "a", "", "c"))
	w.ask(t, asked{
		document: `{ before: __typename hosts { nodes { name } } after: __typename }`,
		data:     `{"before":"Query","hosts":null,"after":"Query"}`,
		errors:   []string{"hosts.nodes[1]: null"},
	})
	w.ask(t, asked{
		document: `{ one: hosts { edges { node { name } } } other: hosts { totalCount pageInfo { hasNextPage startCursor } } }`,
		data:     `{"one":null,"other":{"totalCount":null,"pageInfo":{"hasNextPage":false,"startCursor":"at a"}}}`,
		errors:   []string{"one.edges[1].node: null"},
	})
	w.ask(t, asked{
		document: `{ hosts { edges { cursor } } }`,
		data:     `{"hosts":null}`,
		errors:   []string{"hosts.edges[1].cursor: internal"},
	})
	w = newTwin(stub{query: stubQuery{
		nodes: func(_ context.Context, ids []string) ([]model.Node, error) {
			var none *model.Region
			switch len(ids) {
			case 0:
				return nil, nil
			case 1:
				return nil, errStub
			default:
				return []model.Node{hostsOf("a")[0], nil, none, model.NewRegion("r", "", "")}, nil
			}
		},
		node: func(_ context.Context, id string) (model.Node, error) {
			if id == "typed" {
				var none *model.Host
				return none, nil
			}
			return nil, nil
		},
		regions: func(context.Context) ([]*model.Region, error) { return []*model.Region{{}, nil}, nil },
		summary: func(context.Context) (*model.AlarmSummary, error) {
			return &model.AlarmSummary{AlarmCounts: &model.AlarmCounts{}}, nil
		},
	}})
	w.ask(t, asked{
		document: `{ a: __typename nodes(ids: ["x"]) { id } }`, data: `null`, errors: []string{"nodes: this one fails"},
	})
	w.ask(t, asked{document: `{ nodes(ids: []) { id } }`, data: `{"nodes":[]}`})
	w.ask(t, asked{
		document: `{ nodes(ids: ["x", "y"]) { id ... on Host { name } ... on Region { name } ... on Node { __typename } } }`,
		data: `{"nodes":[{"id":"a","name":"a","__typename":"Host"},null,null,` +
			`{"id":"MVJy","name":null,"__typename":"Region"}]}`,
	})
	w.ask(t, asked{
		document: `{ node(id: "typed") { id } other: node(id: "none") { __typename } }`,
		data:     `{"node":null,"other":null}`,
	})
	w.ask(t, asked{
		document: `{ regions { code } alarmSummary { bySeverity { count } byDay { total } latest { id } total } }`,
		data:     `{"regions":null,"alarmSummary":{"bySeverity":[],"byDay":[],"latest":null,"total":0}}`,
		errors:   []string{"regions[1]: null"},
	})
}

// TestNastyBatches: errors, panics and values of the wrong number from a resolver of many parents.
func TestNastyBatches(t *testing.T) {
	t.Parallel()
	regions := func(_ context.Context, hosts []*model.Host) ([]*model.Region, error) {
		list := make([]*model.Region, len(hosts))
		errs := make(graphql.BatchErrorList, len(hosts))
		for i, host := range hosts {
			if list[i] = model.NewRegion("r-"+host.ID, "", ""); host.ID == "b" {
				list[i], errs[i] = nil, errStub
			}
		}
		return list, errs
	}
	newTwin(stubOfHosts(stubHost{regionOf: regions}, "a", "b", "c")).ask(t, asked{
		document: `{ hosts { nodes { region { code } again: region { name } } edges { node { region { code } } } } }`,
		data: `{"hosts":{"nodes":[{"region":{"code":"r-a"},"again":{"name":null}},{"region":null,"again":null},` +
			`{"region":{"code":"r-c"},"again":{"name":null}}],"edges":[{"node":{"region":{"code":"r-a"}}},` +
			`{"node":{"region":null}},{"node":{"region":{"code":"r-c"}}}]}}`,
		errors: []string{
			"hosts.nodes[1].region: this one fails", "hosts.nodes[1].again: this one fails",
			"hosts.edges[1].node.region: this one fails",
		},
	})
	all := func(context.Context, []*model.Host) ([]*model.Region, error) { return nil, errStub }
	newTwin(stubOfHosts(stubHost{regionOf: all}, "a", "b")).ask(t, asked{
		document: `{ hosts { nodes { region { code } name } } }`,
		data:     `{"hosts":{"nodes":[{"region":null,"name":"a"},{"region":null,"name":"b"}]}}`,
		errors:   []string{"hosts.nodes[0].region: this one fails", "hosts.nodes[1].region: this one fails"},
	})
	panics := func(_ context.Context, hosts []*model.Host) ([]*model.Region, error) { panic("no " + hosts[0].ID) }
	newTwin(stubOfHosts(stubHost{regionOf: panics}, "a", "b")).ask(t, asked{
		document: `{ hosts { nodes { region { code } name } } }`,
		data:     `{"hosts":{"nodes":[{"region":null,"name":"a"},{"region":null,"name":"b"}]}}`,
		errors:   []string{"hosts.nodes[0].region: internal", "hosts.nodes[1].region: internal"},
	})
	short := func(context.Context, []*model.Host) ([][]*model.MetricSeries, error) {
		return [][]*model.MetricSeries{{}}, nil
	}
	newTwin(stubOfHosts(stubHost{metrics: short}, "a", "b")).ask(t, asked{
		document: `{ hosts { nodes { metrics { name } name } } }`,
		data:     `{"hosts":{"nodes":[{"metrics":null,"name":"a"},{"metrics":null,"name":"b"}]}}`,
		errors: []string{
			"hosts.nodes[0].metrics: internal",
			"hosts.nodes[1].metrics: internal",
		},
	})
	series := func(context.Context, []*model.Host) ([][]*model.MetricSeries, error) {
		return [][]*model.MetricSeries{nil, {}, {{Name: "x"}, nil}}, nil
	}
	newTwin(stubOfHosts(stubHost{metrics: series}, "a", "b", "c")).ask(t, asked{
		document: `{ hosts { nodes { metrics { name key } } } }`,
		data:     `{"hosts":{"nodes":[{"metrics":null},{"metrics":[]},{"metrics":null}]}}`,
		errors:   []string{"hosts.nodes[2].metrics[1]: null"},
	})
	words := func(context.Context, []*model.Host) ([]*model.DeviceHostMatch, error) {
		known, odd := model.DeviceHostMatchAddress, model.DeviceHostMatch("odd\"")
		return []*model.DeviceHostMatch{&known, nil, &odd}, graphql.BatchErrorList{nil, errStub, nil}
	}
	newTwin(stubOfHosts(stubHost{matches: words}, "a", "b", "c")).ask(t, asked{
		document: `{ hosts { nodes { deviceMatch } } }`,
		data:     `{"hosts":{"nodes":[{"deviceMatch":"ADDRESS"},{"deviceMatch":null},{"deviceMatch":"odd\""}]}}`,
		errors:   []string{"hosts.nodes[1].deviceMatch: this one fails"},
	})
	newTwin(stubOfHosts(stubHost{}, "a")).ask(t, asked{
		document: `{ hosts { nodes { region { code } } } host(hostId: "x") { id } }`,
		data:     `{"hosts":{"nodes":[{"region":null}]},"host":null}`,
		errors: []string{
			"hosts.nodes[0].region: internal",
			"host: internal",
		},
	})
}

// TestNastyTexts: strings, numbers, times and JSON are written by both byte for byte, whatever they hold.
func TestNastyTexts(t *testing.T) {
	t.Parallel()
	ask := func(host model.Host, field string) {
		t.Helper()
		w := newTwin(stub{query: stubQuery{hosts: func(context.Context) (*model.HostConnection, error) {
			return pageOf([]*model.Host{&host}), nil
		}}})
		same(t, w, `{ hosts { nodes { `+field+` } } }`)
	}
	for _, text := range []string{
		"", "plain", "ünïcödé 华北 😀", "\x00\x01\x1f\x7f\u0080\u009f", "\t\r\n\b\f\v", `"\/'`, "<a href='x'>&amp;</a>",
		"\u2028\u2029\ufeff\ufffd\U0010ffff", "broken \xff\xc3( \xed\xa0\x80", strings.Repeat("\"\\", 5000), `{"json": [1]}`,
	} {
		ask(model.Host{Name: &text, IPAddresses: []string{text, "", text}, MacAddresses: []string{}, Cluster: nil},
			"name ipAddresses macAddresses cluster")
	}
	for _, number := range []float64{
		0, math.Copysign(0, -1), 1, -1, 0.1, 1.5, 3.0, 999999, 1e6, 1e6 - 0.5, 1e20, 1e21, 1e22, 1e-5, 1e-6, 1e-7,
		123456789.125, 12345678901234567890, -2.5e-8, 1 << 53, 1<<53 + 2, math.MaxFloat64,
		math.SmallestNonzeroFloat64, math.Pi, 100, 1e5,
		math.NaN(), math.Inf(1), math.Inf(-1), 4.35, 0.30000000000000004,
	} {
		ask(model.Host{MemoryGib: &number}, "memoryGib")
	}
	at := time.Date(2026, 2, 28, 23, 59, 59, 0, time.UTC)
	for _, moment := range []time.Time{
		at, at.Add(time.Nanosecond), at.Add(120 * time.Millisecond), at.In(time.FixedZone("x", -5*3600-1800)),
		{},
		time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(1<<40, 999999999),
	} {
		w := newTwin(stub{query: stubQuery{node: func(context.Context, string) (model.Node, error) {
			return &model.VirtualMachine{ObservedAt: &moment, Vcpus: new(math.MaxInt64)}, nil
		}}})
		same(t, w, `{ node(id: "x") { ... on VirtualMachine { observedAt vcpus processors { model } } } }`)
	}
	for _, raw := range []string{`{"a": [1, 2.0, "\u0001"]}`, `null`, `"x"`, `[]`, ` 1 `} {
		w := newTwin(stub{query: stubQuery{rows: func(context.Context) (*model.TenantInstanceConnection, error) {
			return &model.TenantInstanceConnection{Nodes: []*model.TenantInstance{{Raw: json.RawMessage(raw)}}}, nil
		}}})
		same(t, w, `{ tenantInstances(type: ECS) { nodes { type raw } } }`)
	}
}

// same holds both executors' answers against each other alone.
func same(t *testing.T, w *twin, document string) {
	t.Helper()
	q := asked{document: document}
	first, second := carryOut(t, w.executors[0], q), carryOut(t, w.executors[1], q)
	if string(first.Data) != string(second.Data) || fmt.Sprint(first.Errors) != fmt.Sprint(second.Errors) {
		t.Errorf("%s\ngqlgen answers\n%s %v\nplan answers\n%s %v",
			document, first.Data, first.Errors, second.Data, second.Errors)
	}
}

// TestNastyDocuments: what the document alone decides.
func TestNastyDocuments(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	w := newTwin(stub{
		host: stubHost{regionOf: func(_ context.Context, hosts []*model.Host) ([]*model.Region, error) {
			calls.Add(1)
			return make([]*model.Region, len(hosts)), nil
		}},
		region: stubRegion{hosts: func(context.Context, []*model.Region) ([]*model.HostConnection, error) {
			return []*model.HostConnection{pageOf(hostsOf("x", "y")), nil}, nil
		}},
		query: stubQuery{
			hosts: func(context.Context) (*model.HostConnection, error) { return pageOf(hostsOf("a")), nil },
			regions: func(context.Context) ([]*model.Region, error) {
				return []*model.Region{model.NewRegion("r", "R", ""), model.NewRegion("s", "", "S")}, nil
			},
			nodes: func(_ context.Context, ids []string) ([]model.Node, error) {
				nodes := []model.Node{}
				for _, id := range ids {
					nodes = append(nodes, hostsOf(id)[0])
				}
				return append(nodes, model.NewRegion("r", "R", "")), nil
			},
		},
	})
	for _, q := range []asked{
		{ // keys that merge keep the place of the first one
			document: `{ hosts { nodes { id } ... { nodes { name } totalCount } } ...F hosts { nodes { hostId id } } }
				fragment F on Query { regions { code } hosts { nodes { cluster } } }`,
			data: `{"hosts":{"nodes":[{"id":"a","name":"a","cluster":null,"hostId":"h-a"}],"totalCount":null},"regions":[{"code":"r"},{"code":"s"}]}`,
		},
		{ // conditions on copies of a field: one that is included suffices
			document: `query ($yes: Boolean!, $no: Boolean = false) { hosts @skip(if: $yes) { totalCount }
				hosts @include(if: $yes) { nodes { id @include(if: $no) } } hosts @include(if: $no) { nodes { name } } }`,
			variables: `{"yes": true}`,
			data:      `{"hosts":{"nodes":[{}]}}`,
		},
		{ // @skip and @include at once: neither takes precedence, both must let the field pass
			document: `{ a: __typename @skip(if: false) @include(if: true) b: __typename @skip(if: true) @include(if: true)
				c: __typename @skip(if: false) @include(if: false) }`,
			data: `{"a":"Query"}`,
		},
		{ // a spread that is left out does not keep the next one of the fragment from counting
			document: `{ ...F @skip(if: true) ...F @include(if: true) ...F } fragment F on Query { regions { ...G ...G @skip(if: true) } }
				fragment G on Region { name nameEn }`,
			data: `{"regions":[{"name":"R","nameEn":null},{"name":null,"nameEn":"S"}]}`,
		},
		{
			document:  `query ($all: Boolean!) { hosts @include(if: $all) { totalCount } }`,
			variables: `{"all": false}`,
			data:      `{}`,
		},
		{
			document: `{ hosts { nodes { id @skip(if: true) } pageInfo { ... @include(if: false) { hasNextPage } } } }`,
			data:     `{"hosts":{"nodes":[{}],"pageInfo":{}}}`,
		},
		{ // one key, two types, two fields
			document: `{ nodes(ids: "one") { ... on Host { key: id own: name } ... on Region { key: id own: nameEn }
				... on Node { ... on Region { name } ... on Host { hostId } } ... on Job { status } } }`,
			data: `{"nodes":[{"key":"one","own":"one","hostId":"h-one"},{"key":"MVJy","own":null,"name":"R"}]}`,
		},
		{ // a list that one value stands for, a default, and null inside
			document: `query ($ids: [ID!]! = "d") { nodes(ids: $ids) { id } }`,
			data:     `{"nodes":[{"id":"d"},{"id":"MVJy"}]}`,
		},
		{
			document:  `query ($ids: [ID!]!) { nodes(ids: $ids) { id } }`,
			variables: `{"ids": ["v", 7]}`,
			data:      `{"nodes":[{"id":"v"},{"id":"7"},{"id":"MVJy"}]}`,
		},
		{
			document:  `query A { __typename } query B { b: __typename } mutation C { __typename }`,
			operation: "B", data: `{"b":"Query"}`,
		},
		{
			document: `{ regions { hosts { nodes { region { code } id } } other: hosts { nodes { region { code } } } } }`,
			data: `{"regions":[{"hosts":{"nodes":[{"region":null,"id":"x"},{"region":null,"id":"y"}]},"other":{"nodes":[{"region":null},` +
				`{"region":null}]}},{"hosts":null,"other":null}]}`,
		},
		{ // read by gqlgen's executor in both
			document: `{ __type(name: "Node") { kind name fields { name } } a: __typename }`,
			data:     `{"__type":{"kind":"INTERFACE","name":"Node","fields":[{"name":"id"}]},"a":"Query"}`,
		},
	} {
		w.ask(t, q)
	}
	deep := `{ hosts { nodes { ...F0 } } }`
	for i := range 60 {
		deep += fmt.Sprintf(" fragment F%d on Host { ... on Node { ... on Host { ...F%d } } }", i, i+1)
	}
	w.ask(t, asked{document: deep + " fragment F60 on Host { id }", data: `{"hosts":{"nodes":[{"id":"a"}]}}`})
	if calls.Load() == 0 {
		t.Error("no resolver of many parents was asked")
	}
}

// TestNastyArguments: values that can't be read are errors of their field alone, for each object that has it.
func TestNastyArguments(t *testing.T) {
	t.Parallel()
	metrics := func(_ context.Context, hosts []*model.Host) ([][]*model.MetricSeries, error) {
		return make([][]*model.MetricSeries, len(hosts)), nil
	}
	w := newTwin(stubOfHosts(stubHost{metrics: metrics}, "a", "b"))
	for _, document := range []string{
		`{ hosts { nodes { metrics(range: {last: "P1Y"}) { name } name } } }`,
		`{ hosts { nodes { metrics(range: {from: "2026-11-21", to: "2026-11-22T00:00:00Z"}) { name } name } } }`,
		`{ hosts { nodes { metrics(names: null, range: null) { name } name } } }`,
		`{ regions { auditEvents(filter: {range: {last: "never"}}) { totalCount } } networkDeviceMetrics(range: {last: "x"}) { totalCount } }`,
		`{ hosts { edges { node { one: metrics(range: {last: "PT0S"}) { name } two: metrics { name } } } } }`,
	} {
		same(t, w, document)
	}
}
