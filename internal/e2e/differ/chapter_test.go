package differ

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/e2e/kit/reword"
)

// chapterQueries is how many queries one pair of worlds is asked.
const chapterQueries = 100

// began is the time of all worlds: neither a whole hour nor a whole minute.
var began = time.Date(2026, time.November, 21, 10, 7, 23, 0, time.UTC)

// chapter is one pair of worlds with what happens to it and what it is asked; all of it follows from the seed.
type chapter struct {
	*pair

	seed   uint64
	random *rand.Rand
	manner manner
	schema *ast.Schema
	maker  *kit.QueryMaker
	asked  []question // before
	counts counts

	cold    bool   // nothing has been asked since the gateways began
	faults  string // in force; empty for none
	moments []string
}

// counts are what was asked and seen.
type counts struct {
	queries, cold, warm, stale, expired, failing, faulted, refused, incomplete, values, differences int
	roots                                                                                           map[string]int
}

func newChapter(t *testing.T, seed uint64) *chapter {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 14))
	c := &chapter{seed: seed, random: random, manner: byOperation, cold: true}
	if seed%2 == 1 {
		c.manner = byCall
	}
	c.pair = newPair(t, kit.WorldSettings{
		Seed: 1 + seed, Hosts: 2 + random.IntN(14), Regions: 1 + random.IntN(4), Quota: "off", Clock: began,
		Life: random.IntN(3) == 0,
	}, c.manner.environ()...)
	c.keeps = seed%3 == 0 // what is kept must be what the other world makes anew
	c.counts.roots = map[string]int{}
	c.schema = gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	c.maker = kit.NewQueryMaker(t, random, c.known())
	c.start()
	return c
}

// known asks for ids in both worlds, which must have the same.
func (c *chapter) known() map[string][]string {
	c.t.Helper()
	known := [2]map[string][]string{}
	c.both(func(i int) { known[i] = kit.KnownIDs(c.t, c.worlds[i]) })
	if first, second := fmt.Sprint(known[0]), fmt.Sprint(known[1]); first != second {
		c.t.Fatalf("the worlds are not equal: %.600s and %.600s", first, second)
	}
	for hours := range 4 {
		ago := began.Add(-time.Duration(hours) * time.Hour)
		known[0]["time"] = append(known[0]["time"], ago.Truncate(time.Hour).Format(time.RFC3339), ago.Format(time.RFC3339))
	}
	c.callDifferences()
	return known[0]
}

// run asks so many queries, or as many as it takes to find a difference.
func (c *chapter) run(queries int) {
	c.t.Helper()
	for number := range queries {
		c.happen()
		q := c.next()
		replies, differences := c.compared(q)
		c.note(q, replies[0])
		if len(differences) > 0 {
			c.counts.differences++
			c.t.Errorf("query %d of seed %d (%s, answers kept: %t, faults: %s)\n%s\nbefore: %s\n%s\n"+
				"--- %s answered %d\n%.3000s\n--- %s answered %d\n%.3000s\n--- %s\n"+
				"--- again: go test ./internal/e2e/differ -run TestWorlds -seed %d -queries %d -executors %s,%s",
				number, c.seed, c.manner, c.keeps, c.faults, strings.Join(differences, "\n"), strings.Join(c.moments, "; "), q,
				c.executors[0], replies[0].Status, replies[0].Raw, c.executors[1], replies[1].Status, replies[1].Raw,
				c.logged(), c.seed, queries, c.executors[0], c.executors[1])
			return // what follows may follow from it
		}
	}
	c.stop()
	for i, executor := range c.executors {
		if plans := c.planned[i] > 0; plans != (executor == config.ExecutorPlan) {
			c.t.Errorf("world %d of %s: plans answered %v objects", i, executor, c.planned[i])
		}
	}
}

// happen has something happen to both worlds, or nothing.
func (c *chapter) happen() {
	c.t.Helper()
	note := func(format string, values ...any) {
		c.moments = append(c.moments, fmt.Sprintf("[%d] ", c.counts.queries)+fmt.Sprintf(format, values...))
		c.moments = c.moments[max(0, len(c.moments)-6):]
	}
	switch roll := c.random.IntN(100); {
	case roll < 5:
		c.start()
		c.cold = true
		note("new gateways")
	case roll < 22:
		steps := []time.Duration{
			5 * time.Second, 45 * time.Second, 3 * time.Minute, 3 * time.Minute, 15 * time.Minute, 15 * time.Minute,
			70 * time.Minute, 25 * time.Hour,
		}
		by := steps[c.random.IntN(len(steps))]
		c.advance(by)
		note("%v pass", by)
	case roll < 32:
		c.begin()
		note("faults %s", c.faults)
	case roll < 44 && c.faults != "":
		c.end()
		note("faults end")
	case roll == 99:
		c.revoke()
		note("faults and tokens end")
	}
}

// begin lets faults strike from now on.
func (c *chapter) begin() {
	c.t.Helper()
	if c.manner == byCall {
		c.fail(failingCalls(c.random))
		c.faults = "of calls"
		return
	}
	faults := operationFaults(c.random, wholeOperations())
	c.steer("faults", faults)
	c.faults = fmt.Sprint(faults)
}

// end lets no faults strike any more.
func (c *chapter) end() {
	c.t.Helper()
	c.fail(nil)
	c.steer("faults", []any{})
	c.faults = ""
}

// revoke ends the tokens of both worlds and has a single call find that out: of several at once some would be sent with
// the old token and some with the new one, as chance has it. Enough time passes for a new login to be allowed.
func (c *chapter) revoke() {
	c.t.Helper()
	c.end()
	c.advance(10 * time.Minute)
	c.steer("tokens", map[string]bool{"revoke": true})
	c.ask(question{document: fmt.Sprintf(`{ meterJob(jobId: "never-%d") { id } }`, c.counts.queries)})
	c.quiet()
}

// next is the next question: a new one, one from before, or one from before under other conditions.
func (c *chapter) next() question {
	if len(c.asked) > 0 && c.random.IntN(100) < 25 {
		q := c.asked[c.random.IntN(len(c.asked))]
		if c.random.IntN(2) == 0 {
			q.variables = c.flipped(q.variables)
		}
		return q
	}
	var q question
	q.document, q.variables = c.maker.Query()
	if c.random.IntN(100) < 85 {
		q.document, q.variables, q.operation = reword.Disguise(c.schema, c.random, q.document, q.variables)
	}
	if c.random.IntN(100) < 3 {
		q.header = http.Header{"X-Opsgraph-Max-Age": {[]string{"0", "10", "100"}[c.random.IntN(3)]}}
	}
	c.asked = append(c.asked, q)
	c.asked = c.asked[max(0, len(c.asked)-12):]
	return q
}

// flipped turns some of the variables that are true or false.
func (c *chapter) flipped(variables string) string {
	var values map[string]any
	if json.Unmarshal([]byte(variables), &values) != nil {
		return variables
	}
	for _, name := range sorted(values) {
		if value, is := values[name].(bool); is && c.random.IntN(2) == 0 {
			values[name] = !value
		}
	}
	text, err := json.Marshal(values)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// note counts an answer.
func (c *chapter) note(q question, r *kit.Reply) {
	n := &c.counts
	n.queries++
	if c.cold {
		n.cold++
	}
	c.cold = false
	if c.faults != "" {
		n.faulted++
	}
	if isStale(r) {
		n.stale++
	} else if hasAge(r, func(map[string]any) bool { return true }) {
		n.warm++
	}
	if hasAge(r, func(entry map[string]any) bool { return entry["reason"] != nil }) {
		n.failing++
	}
	if r.Body.Extensions["warnings"] != nil {
		n.expired++
	}
	switch {
	case len(r.Body.Data) == 0:
		n.refused++
	case len(r.Body.Errors) > 0:
		n.incomplete++
	}
	n.values += strings.Count(string(r.Body.Data), ":")
	parsed, err := gqlparser.LoadQueryWithRules(c.schema, q.document, nil)
	if err != nil {
		return
	}
	for _, operation := range parsed.Operations {
		for _, selection := range operation.SelectionSet {
			if field, ok := selection.(*ast.Field); ok {
				n.roots[field.Name]++
			}
		}
	}
}
