package scenarios

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// bounds are the fewest and the most of a plan.
type bounds struct{ Min, Max int }

// plannedEntry is an entry of the extension explain of a plan as a client reads it.
type plannedEntry struct {
	System, Operation string
	Parameters        map[string]string
	Calls             bounds
	Keys              *bounds
	Cached            string
	Quota             *string
	Assumed           bool
}

// planned is a plan as a client reads it.
type planned struct {
	answer *kit.Reply

	Data       json.RawMessage
	Extensions struct {
		Explain []plannedEntry
		Cost    *struct {
			Nodes          int
			Calls          map[string]bounds
			Counted        map[string]int
			QuotaLeft      map[string]int
			WouldBeRefused *string
		}
	}
}

// plan asks for the plan of a document.
func plan(tb testing.TB, r *kit.Replica, document, variables string, header http.Header) *planned {
	tb.Helper()
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header["X-Opsgraph-Explain"] = []string{"plan"}
	p := &planned{answer: r.Ask(tb, document, variables, header)}
	if p.answer.Status != http.StatusOK {
		return p
	}
	if err := json.Unmarshal([]byte(p.answer.Raw), p); err != nil {
		tb.Fatal(err)
	}
	if string(p.Data) != "null" || len(p.answer.Body.Errors) > 0 || p.Extensions.Cost == nil {
		tb.Fatalf("a plan has data null, no errors and its cost: %.500s", p.answer.Raw)
	}
	return p
}

// bounds are those of an operation over all entries.
func (p *planned) bounds(operation string) (bounds, bool) {
	sum, found := bounds{}, false
	for _, entry := range p.Extensions.Explain {
		if entry.Operation == operation {
			sum.Min, sum.Max, found = sum.Min+entry.Calls.Min, sum.Max+entry.Calls.Max, true
		}
	}
	return sum, found
}

// operations are those of the plan and those that were called, each once.
func (p *planned) operations(called map[string]int) []string {
	names := slices.Sorted(maps.Keys(called))
	for _, entry := range p.Extensions.Explain {
		names = append(names, entry.Operation)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// assumes reports whether the plan assumes the length of a list that was never read.
func (p *planned) assumes(operation string) bool {
	return slices.ContainsFunc(p.Extensions.Explain,
		func(e plannedEntry) bool { return e.Operation == operation && e.Assumed })
}

// check compares the calls since before with the plan. Where calls failed on purpose, it checks only that directives of
// the schema name all of them.
func (p *planned) check(t *testing.T, name string, before, after map[string]int, faulty bool) {
	t.Helper()
	if p.answer.Status != http.StatusOK {
		return
	}
	for _, operation := range p.operations(after) {
		made := after[operation] - before[operation]
		may, found := p.bounds(operation)
		switch {
		case made > 0 && !found:
			t.Errorf("%s: %s was called and is not in the plan: a field that reads it has no @upstream", name, operation)
		case !faulty && (made < may.Min || made > may.Max && !p.assumes(operation)):
			t.Errorf("%s: %d calls of %s, planned %d to %d", name, made, operation, may.Min, may.Max)
		}
	}
}

func TestPlan_coldAndWarm(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 12})
	r := w.StartGateway(t, "")
	const document = `query Page($many: Int = 5) { hosts(first: $many) { nodes { name virtualMachines { totalCount } alarms @include(if: false) { totalCount } } } }`
	cold := plan(t, r, document, "", nil)
	if calls := w.Sim.Calls(); len(calls) > 0 {
		t.Fatalf("a plan made calls: %v", calls)
	}
	second := "esm-second"
	want := []plannedEntry{
		{System: "esm", Operation: "listHostDetails", Calls: bounds{1, 2}, Cached: "missing", Quota: &second, Assumed: true},
		{
			System: "esm", Operation: "listHostVms", Calls: bounds{0, 5}, Keys: &bounds{0, 5}, Cached: "missing",
			Quota: &second,
		},
		{System: "iam", Operation: "createToken", Calls: bounds{0, 1}, Cached: "missing"},
	}
	if diff := cmp.Diff(want, cold.Extensions.Explain); diff != "" {
		t.Errorf("cold (-want +got):\n%s", diff)
	}
	cost := cold.Extensions.Cost
	if diff := cmp.Diff(map[string]bounds{"esm-second": {1, 7}, "none": {0, 1}}, cost.Calls); diff != "" ||
		cost.WouldBeRefused != nil ||
		cost.QuotaLeft["esm-second"] == 0 || cost.Counted["esm-second"] != 6 {
		t.Errorf("cost %+v (-want +got):\n%s", cost, diff)
	}
	// The connection, five hosts, five connections of machines.
	if cost.Nodes != 11 {
		t.Errorf("%d nodes", cost.Nodes)
	}
	for header, value := range map[string]string{"Cache-Control": "private, no-store", "ETag": "", "Age": ""} {
		if got := cold.answer.Header.Get(header); got != value {
			t.Errorf("%s: %q", header, got)
		}
	}
	r.Ask(t, `{ hosts(first: 2) { nodes { virtualMachines { totalCount } } } }`, "", nil)
	warm := plan(t, r, document, `{"many": 500}`, nil)
	want = []plannedEntry{
		{System: "esm", Operation: "listHostDetails", Cached: "held", Quota: &second},
		{System: "esm", Operation: "listHostVms", Keys: &bounds{0, 2}, Cached: "held", Quota: &second},
		{
			System: "esm", Operation: "listHostVms", Calls: bounds{10, 10}, Keys: &bounds{10, 10}, Cached: "missing",
			Quota: &second,
		},
		{System: "iam", Operation: "createToken", Calls: bounds{0, 1}, Cached: "missing"},
	}
	if diff := cmp.Diff(want, warm.Extensions.Explain); diff != "" {
		t.Errorf("warm: a held list gives the number of hosts (-want +got):\n%s", diff)
	}
	w.Clock.Advance(2 * time.Minute)
	before := w.Sim.Calls()
	stale := plan(t, r, `{ hosts { totalCount } }`, "", nil)
	want = []plannedEntry{
		{System: "esm", Operation: "listHostDetails", Calls: bounds{0, 1}, Cached: "stale", Quota: &second},
		{System: "iam", Operation: "createToken", Calls: bounds{0, 1}, Cached: "missing"},
	}
	if diff := cmp.Diff(want, stale.Extensions.Explain); diff != "" {
		t.Errorf("stale (-want +got):\n%s", diff)
	}
	plan(t, r, `{ hosts { totalCount } }`, "", nil)
	if diff := cmp.Diff(before, w.Sim.Calls()); diff != "" {
		t.Errorf("a plan of stale data refreshed them:\n%s", diff)
	}
}

func TestPlan_ofMutationsAndRefusals(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 5})
	r := w.StartGateway(t, "")
	got := plan(t, r, `mutation { createMeterJob(input: {regionId: "cn-north-7"}) { meterJob { id } } }`, "", nil)
	if may, found := got.bounds("createMeterQueryJob"); !found || may != (bounds{0, 1}) {
		t.Errorf("%s", got.answer.Raw)
	}
	costly := plan(t, r, aliasedAudits(50), "", nil)
	if cost := costly.Extensions.Cost; cost == nil || cost.WouldBeRefused == nil ||
		*cost.WouldBeRefused != "QUOTA_COST_TOO_HIGH" {
		t.Errorf("%.600s", costly.answer.Raw)
	}
	for name, document := range map[string]string{"invalid": `{ nothing }`, "argument": `{ hosts(first: 0) { totalCount } }`} {
		if refused := plan(t, r, document, "", nil); refused.answer.Status != http.StatusBadRequest ||
			refused.answer.Code() == "" {
			t.Errorf("%s: %d %s", name, refused.answer.Status, refused.answer.Raw)
		}
	}
	live := r.Post(t, kit.RequestBody(t, `subscription { alarmChanges { kind } }`, ""), //nolint:bodyclose // readReply closes it
		http.Header{"Accept": {"text/event-stream"}, "X-Opsgraph-Explain": {"plan"}})
	if shown := kit.ReadReply(t, live); !strings.Contains(shown.Raw, "A subscription has no plan") ||
		!strings.Contains(shown.Raw, "BAD_REQUEST") {
		t.Errorf("plan of a subscription: %d %s", shown.Status, shown.Raw)
	}
	if calls := w.Sim.Calls(); len(calls) > 0 {
		t.Errorf("calls %v", calls)
	}
}

// TestPlan_ofAnAbsentSystem: fields of a system without a URL are errors, and cost nothing.
func TestPlan_ofAnAbsentSystem(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 5, Unset: []string{"bss"}})
	r := w.StartGateway(t, "")
	got := plan(t, r, `{ payPerUseResources(customerId: "demo-domain") { totalCount } }`, "", nil)
	if len(got.Extensions.Explain) > 0 || len(got.Extensions.Cost.Calls) > 0 {
		t.Errorf("%s", got.answer.Raw)
	}
}

// TestPlan_ofAnotherReplica: another replica's data may save a call, so that none is certain.
func TestPlan_ofAnotherReplica(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 5})
	r := w.StartGateway(t, "", "OPSGRAPH_REDIS_URL="+redistest.Start(t).URL())
	if may, _ := plan(t, r, `{ hosts { totalCount } }`, "", nil).bounds("listHostDetails"); may != (bounds{0, 2}) {
		t.Errorf("%+v", may)
	}
}

// aliasedAudits asks for the audit log of many different spans of days.
func aliasedAudits(count int) string {
	var text strings.Builder
	for i := range count {
		from := time.Date(2026, 9, 1+i, 0, 0, 0, 0, time.UTC)
		fmt.Fprintf(&text, "a%d: auditEvents(filter: {range: {from: %q, to: %q}}) { totalCount }\n",
			i, from.Format(time.RFC3339), from.Add(time.Hour).Format(time.RFC3339))
	}
	return "{ region(code: \"cn-north-7\") { " + text.String() + " } }"
}

func TestCost_refusals(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 5})
	r := w.StartGateway(t, "")
	for name, test := range map[string]struct {
		document, variables, code string
		limit, actual             float64
	}{
		"H-003 fifty aliases of a field of the 60 a minute": {
			document: aliasedAudits(50), code: "QUOTA_COST_TOO_HIGH",
			limit: 30, actual: 100,
		},
		"H-033 a hundred of a hundred of a hundred": {
			document:  `query ($n: Int!) { instances(type: ECS, first: $n) { nodes { children(first: $n) { nodes { children(first: $n) { nodes { id } } } } } } }`,
			variables: `{"n": 100}`, code: "COST_TOO_HIGH", limit: 20000,
			actual: 1 + 100 + 100 + 100*100 + 100*100 + 100*100*100,
		},
		"H-179 thirty-one calls": {document: capacityRanges(31), code: "QUOTA_COST_TOO_HIGH", limit: 30, actual: 31},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.Ask(t, test.document, test.variables, nil)
			if got.Status != http.StatusBadRequest || got.Code() != test.code || len(got.Body.Data) > 0 {
				t.Fatalf("%d %.500s", got.Status, got.Raw)
			}
			shown := got.Body.Errors[0]
			if shown.Extensions["limit"] != test.limit || shown.Extensions["actual"] != test.actual ||
				!strings.Contains(shown.Message, fmt.Sprint(int(test.actual))) ||
				!strings.Contains(shown.Message, fmt.Sprint(int(test.limit))) {
				t.Errorf("%s", got.Raw)
			}
		})
	}
	if calls := w.Sim.Calls(); len(calls) > 0 {
		t.Errorf("calls %v", calls)
	}
	if within := r.Ask(t, capacityRanges(30), "", nil); within.Status != http.StatusOK || len(within.Body.Errors) > 0 {
		t.Errorf("thirty calls are within the limit: %d %.500s", within.Status, within.Raw)
	}
	if again := r.Ask(t, capacityRanges(31), "", nil); again.Status != http.StatusOK {
		t.Errorf("what is held costs nothing: %d %.500s", again.Status, again.Raw)
	}
}

// capacityRanges asks for the capacity of one service in several spans of time.
func capacityRanges(count int) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text,
			"a%d: capacity(range: {from: \"2026-11-20T00:%02d:00Z\", to: \"2026-11-20T03:00:00Z\"}) { unit }\n", i, i)
	}
	return `{ region(code: "cn-north-7") { cloudService(type: EVS) { ` + text.String() + ` } } }`
}

// TestCost_fragmentsStayLinear: fragments that spread one another, and fields that are asked for often, are walked once
// a level.
func TestCost_fragmentsStayLinear(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 5})
	r := w.StartGateway(t, "")
	var text strings.Builder
	text.WriteString("{ ...f0 ...f0 ...f0 }\n")
	for i := range 119 {
		fmt.Fprintf(&text, "fragment f%d on Query { ...f%d }\n", i, i+1)
	}
	text.WriteString("fragment f119 on Query { hosts(first: 3) { nodes { virtualMachines { totalCount } } } }\n")
	got := plan(t, r, text.String(), "", nil)
	if got.Extensions.Cost == nil || got.Extensions.Cost.Nodes != 7 {
		t.Errorf("%d %.500s", got.answer.Status, got.answer.Raw)
	}
	if may, _ := got.bounds("listHostVms"); may != (bounds{0, 3}) {
		t.Errorf("machines: %+v", may)
	}
}

// TestCost_examplesPass: every example of the documentation, and the dashboard, pass cold, within what their plans say.
func TestCost_examplesPass(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 20, Quota: "off"})
	paths, err := filepath.Glob(kit.ModuleRoot + "/docs/examples/*.graphql")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d examples, %v", len(paths), err)
	}
	documents := map[string][2]string{"dashboard": {kit.Dashboard, ""}}
	for _, path := range paths {
		document, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		variables, err := os.ReadFile(strings.TrimSuffix(path, ".graphql") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(document), "\nsubscription ") {
			continue // has no plan: it runs for each event
		}
		documents[filepath.Base(path)] = [2]string{
			string(document), kit.Dated(t, string(variables), w.Settings.Clock),
		}
	}
	for name, document := range documents {
		r := w.StartGateway(t, "")
		p := plan(t, r, document[0], document[1], nil)
		if cost := p.Extensions.Cost; cost == nil || cost.WouldBeRefused != nil {
			t.Errorf("%s: %.500s", name, p.answer.Raw)
		}
		before := w.Sim.Calls()
		if got := r.Ask(t, document[0], document[1], nil); got.Status != http.StatusOK {
			t.Errorf("%s: %d %.500s", name, got.Status, got.Raw)
		}
		p.check(t, name, before, w.Sim.Calls(), false)
		r.Close()
	}
}
