package scenarios

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

const (
	generatedQueries = 1000
	// queriesOfAGateway is after how many queries a cold gateway takes over.
	queriesOfAGateway = 250
)

// TestPlan_thousandQueries plans queries made from the schema and then runs them: the calls of every operation lie
// within the plan, on a cold gateway, on a warm one, and where data turned stale, expired or dead between.
func TestPlan_thousandQueries(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 15, Regions: 3, Quota: "off"})
	random := rand.New(rand.NewPCG(7, 11))
	var (
		r       *kit.Replica
		figures planFigures
	)
	known := kit.KnownIDs(t, w)
	maker := kit.NewQueryMaker(t, random, known)
	spare := map[string]int{} // refreshes in the background of earlier answers that are still to come
	for i := range generatedQueries {
		if i%queriesOfAGateway == 0 {
			if r != nil {
				r.Close()
			}
			r, spare = w.StartGateway(t, "", "OPSGRAPH_QUOTA_MINUTE_LIMIT=100000", "OPSGRAPH_QUOTA_SECOND_LIMIT=1000000"),
				map[string]int{}
		}
		if i%10 == 9 {
			w.Settle(t)
			clear(spare)
			steps := []time.Duration{5 * time.Second, 40 * time.Second, 3 * time.Minute, 15 * time.Minute, 2 * time.Hour}
			w.Clock.Advance(steps[random.IntN(len(steps))])
		}
		document, variables := maker.Query()
		p := plan(t, r, document, variables, nil)
		if p.answer.Status != http.StatusOK {
			t.Errorf("query %d: %d %.500s\n%s\n%s", i, p.answer.Status, p.answer.Raw, document, variables)
			continue
		}
		before := w.Sim.Calls()
		answer := r.Ask(t, document, variables, nil)
		after := w.Sim.Calls()
		figures.note(p, before, after)
		if refused := p.Extensions.Cost.WouldBeRefused; refused != nil {
			if answer.Status != http.StatusBadRequest || answer.Code() != *refused {
				t.Errorf("query %d: planned to be refused with %s, got %d %.300s", i, *refused, answer.Status, answer.Raw)
			}
			continue
		}
		if answer.Status != http.StatusOK {
			t.Errorf("query %d: %d %.500s\n%s", i, answer.Status, answer.Raw, document)
		}
		for _, operation := range p.operations(after) {
			made := after[operation] - before[operation]
			may, _ := p.bounds(operation)
			if most := may.Max + spare[operation]; made > most || made < may.Min && len(answer.Body.Errors) == 0 {
				t.Errorf("query %d: %d calls of %s, planned %d to %d\n%s\n%s\n%.1500s", i, made, operation, may.Min, most, document,
					variables, p.answer.Raw)
			}
			later := min(p.background(operation), may.Max-made)
			spare[operation] = max(0, spare[operation]-max(0, made-may.Max)) + max(0, later)
		}
	}
	figures.log(t)
	if figures.refused > generatedQueries/4 || figures.calls < generatedQueries/4 {
		t.Errorf("the queries prove little: %+v", figures)
	}
}

// background is how many calls of an operation may be made in the background of the answer. The search for a machine
// counts machines that are held and stale among those that are missing.
func (p *planned) background(operation string) int {
	calls := 0
	for _, entry := range p.Extensions.Explain {
		searched := entry.Keys != nil && entry.Keys.Min < entry.Keys.Max
		if entry.Operation == operation && (entry.Cached != "missing" || searched) {
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
	kit.Report(t, "plans of generated queries",
		"%d queries, %d refused, %d planned without a call, %d more with an exact number; %d calls made of at most %d planned; %d nodes planned",
		f.queries, f.refused, f.free, f.exact, f.calls, f.most, f.nodes)
}
