package gateway_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

const (
	generatedQueries = 1000
	// queriesOfAGateway is after how many queries a cold gateway takes over.
	queriesOfAGateway = 250
)

// TestPlan_thousandQueries plans queries made from the schema and then runs them: the calls of every operation lie within the plan, on a
// cold gateway, on a warm one, and where data turned stale, expired or dead between.
func TestPlan_thousandQueries(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{Hosts: 15, Regions: 3, Quota: "off"})
	random := rand.New(rand.NewPCG(7, 11))
	var (
		r       *replica
		figures planFigures
	)
	known := knownIDs(t, w)
	maker := newQueryMaker(t, random, known)
	spare := map[string]int{} // refreshes behind earlier answers that are still to come
	for i := range generatedQueries {
		if i%queriesOfAGateway == 0 {
			if r != nil {
				r.close()
			}
			r, spare = w.startGateway(t, "", "OPSGRAPH_QUOTA_MINUTE_LIMIT=100000", "OPSGRAPH_QUOTA_SECOND_LIMIT=1000000"), map[string]int{}
		}
		if i%10 == 9 {
			w.settle(t)
			clear(spare)
			steps := []time.Duration{5 * time.Second, 40 * time.Second, 3 * time.Minute, 15 * time.Minute, 2 * time.Hour}
			w.clock.Advance(steps[random.IntN(len(steps))])
		}
		document, variables := maker.query()
		p := r.plan(t, document, variables, nil)
		if p.answer.status != http.StatusOK {
			t.Errorf("query %d: %d %.500s\n%s\n%s", i, p.answer.status, p.answer.raw, document, variables)
			continue
		}
		before := w.sim.Calls()
		answer := r.ask(t, document, variables, nil)
		after := w.sim.Calls()
		figures.note(p, before, after)
		if refused := p.Extensions.Cost.WouldBeRefused; refused != nil {
			if answer.status != http.StatusBadRequest || answer.code() != *refused {
				t.Errorf("query %d: planned to be refused with %s, got %d %.300s", i, *refused, answer.status, answer.raw)
			}
			continue
		}
		if answer.status != http.StatusOK {
			t.Errorf("query %d: %d %.500s\n%s", i, answer.status, answer.raw, document)
		}
		for _, operation := range p.operations(after) {
			made := after[operation] - before[operation]
			may, _ := p.bounds(operation)
			if most := may.Max + spare[operation]; made > most || made < may.Min && len(answer.body.Errors) == 0 {
				t.Errorf("query %d: %d calls of %s, planned %d to %d\n%s\n%s\n%.1500s", i, made, operation, may.Min, most, document, variables, p.answer.raw)
			}
			spare[operation] = max(0, spare[operation]-max(0, made-may.Max)) + max(0, min(p.behind(operation), may.Max-made))
		}
	}
	figures.log(t)
	if figures.refused > generatedQueries/4 || figures.calls < generatedQueries/4 {
		t.Errorf("the queries prove little: %+v", figures)
	}
}

// settle waits until no call has arrived for a while: refreshes behind answers end when they end.
func (w *world) settle(t *testing.T) {
	t.Helper()
	last, quiet := -1, 0
	testkit.Eventually(t, "calls still arrive", func() bool {
		if count := len(w.arrived()); count != last {
			last, quiet = count, 0
		}
		quiet++
		return quiet > 5
	})
}

// behind is how many calls of an operation may be made behind the answer.
func (p *planned) behind(operation string) int {
	calls := 0
	for _, entry := range p.Extensions.Explain {
		if entry.Operation == operation && entry.Cached != "missing" {
			calls += entry.Calls.Max
		}
	}
	return calls
}

// planFigures sum up a run.
type planFigures struct{ queries, refused, free, exact, calls, most, nodes int }

func (f *planFigures) note(p *planned, before, after map[string]int) {
	f.queries++
	if f.nodes += p.Extensions.Cost.Nodes; p.Extensions.Cost.WouldBeRefused != nil {
		f.refused++
		return
	}
	made, least, most := 0, 0, 0
	for operation, count := range after {
		if operation != "createToken" {
			made += count - before[operation]
		}
	}
	for _, entry := range p.Extensions.Explain {
		if entry.Operation != "createToken" {
			least, most = least+entry.Calls.Min, most+entry.Calls.Max
		}
	}
	f.calls += made
	f.most += most
	if most == 0 {
		f.free++
	} else if least == most {
		f.exact++
	}
}

func (f *planFigures) log(t *testing.T) {
	t.Helper()
	tell(t, "plans of generated queries", "%d queries, %d refused, %d planned without a call, %d more with an exact number; %d calls made of at most %d planned; %d nodes planned",
		f.queries, f.refused, f.free, f.exact, f.calls, f.most, f.nodes)
}

// knownIDs are ids of all kinds of things of a site, as answers tell them.
func knownIDs(t *testing.T, w *world) map[string][]string {
	t.Helper()
	r := w.startGateway(t, "")
	defer r.close()
	answer := r.ask(t, `{
		hosts(first: 8) { nodes { id hostId serialNumber regionCode virtualMachines(first: 2) { nodes { id } } } }
		devices(first: 4) { nodes { id deviceId managementIp } }
		alarms(first: 4) { nodes { id } }
		instances(type: ECS, first: 4) { nodes { id payPerUseResource { id } } }
		loadBalancerClusters(first: 2) { nodes { id } }
		auditEvents(filter: {range: {last: "P2D"}}, first: 2) { nodes { id } }
		regions { id code cloudServices(types: [EVS, ELB]) { id } } }`, "", nil)
	if answer.status != http.StatusOK || len(answer.body.Errors) > 0 {
		t.Fatalf("%d %.500s", answer.status, answer.raw)
	}
	var data any
	if err := json.Unmarshal(answer.body.Data, &data); err != nil {
		t.Fatal(err)
	}
	known := map[string][]string{}
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case []any:
			for _, item := range value {
				walk(item)
			}
		case map[string]any:
			for _, name := range []string{"id", "hostId", "serialNumber", "deviceId", "managementIp", "code"} {
				if text, ok := value[name].(string); ok {
					known[name] = append(known[name], text)
				}
			}
			for _, name := range slices.Sorted(maps.Keys(value)) {
				walk(value[name])
			}
		}
	}
	walk(data)
	return known
}
