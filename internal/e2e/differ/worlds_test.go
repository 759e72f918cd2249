package differ

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// pair is two equal worlds: what happens in one happens in the other. Only the executor of their gateways differs.
type pair struct {
	t         testing.TB
	worlds    [2]*kit.World
	gateways  [2]*kit.Replica
	executors [2]string
	file      string     // the configuration file of both gateways
	environ   []string   // added to the environment of both gateways
	keeps     bool       // the second gateway keeps answers; the first one never does
	arrived   [2]int     // calls upstream that have been compared
	planned   [2]float64 // objects that plans have answered, as far as their gateways have stopped
}

// newPair starts two worlds; start gives them gateways.
func newPair(t testing.TB, settings kit.WorldSettings, environ ...string) *pair {
	t.Helper()
	settings.Even = true
	p := &pair{t: t, executors: comparedExecutors(t), environ: environ}
	for i := range p.worlds {
		p.worlds[i] = kit.NewWorld(t, settings)
	}
	return p
}

// start has both worlds begin with nothing in memory.
func (p *pair) start() {
	p.t.Helper()
	p.stop()
	for i, w := range p.worlds {
		environ := slices.Concat(kit.Unlimited(), roomy(), p.environ, []string{"OPSGRAPH_EXECUTOR=" + p.executors[i]})
		if i == 0 || !p.keeps {
			environ = append(environ, "OPSGRAPH_LIMITS_KEPT_ANSWERS_BYTES=0")
		}
		p.gateways[i] = w.StartGateway(p.t, p.file, environ...)
	}
}

// roomy lifts what would refuse queries, or would cut their errors.
func roomy() []string {
	return []string{
		"OPSGRAPH_LIMITS_ERRORS=10000", "OPSGRAPH_LIMITS_DIRECTIVES=500", "OPSGRAPH_LIMITS_ALIASES=500",
		"OPSGRAPH_LIMITS_FIELDS=5000", "OPSGRAPH_LIMITS_DEPTH=25",
	}
}

// stop ends the gateways, if there are any.
func (p *pair) stop() {
	for i, gateway := range p.gateways {
		if gateway != nil {
			gateway.Close()
			p.planned[i] += gateway.PlannedObjects(p.t)
			p.gateways[i] = nil
		}
	}
}

// both does something in each world at once.
func (p *pair) both(do func(i int)) {
	p.t.Helper()
	var all sync.WaitGroup
	for i := range p.worlds {
		all.Go(func() { do(i) })
	}
	all.Wait()
	if p.t.Failed() { // a Fatal ended the goroutine alone
		p.t.FailNow()
	}
}

// question is one request.
type question struct {
	document, variables, operation string
	header                         http.Header
}

// body is the question as a request has it.
func (q question) body(t testing.TB) string {
	t.Helper()
	members := map[string]any{"query": q.document}
	if q.variables != "" {
		members["variables"] = json.RawMessage(q.variables)
	}
	if q.operation != "" {
		members["operationName"] = q.operation
	}
	text, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (q question) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s\nvariables %s\noperation %q header %v", q.document, q.variables, q.operation,
		q.header))
}

// ask asks both gateways; both requests have the same id.
func (p *pair) ask(q question) [2]*kit.Reply {
	p.t.Helper()
	body := q.body(p.t)
	header := http.Header{"X-Request-Id": {"compared-with-its-like"}}
	maps.Copy(header, q.header)
	var replies [2]*kit.Reply
	p.both(func(i int) {
		replies[i] = kit.ReadReply(p.t, p.gateways[i].Post(p.t, body, header)) //nolint:bodyclose // ReadReply closes it
	})
	return replies
}

// logged is what both gateways have logged of late.
func (p *pair) logged() string {
	var tails [2]string
	for i, gateway := range p.gateways {
		tails[i] = gateway.Log.String()
		tails[i] = p.executors[i] + " logged …" + tails[i][max(0, len(tails[i])-2500):]
	}
	return strings.Join(tails[:], "\n")
}

// compared asks both, and returns the answers with what differs: in them, in those once stale data are renewed, and in
// the calls upstream.
func (p *pair) compared(q question) (replies [2]*kit.Reply, differences []string) {
	p.t.Helper()
	replies = p.ask(q)
	differences = compare(replies[0], replies[1])
	for _, difference := range p.settle(q, replies) {
		differences = append(differences, "renewed: "+difference)
	}
	return replies, append(differences, p.callDifferences()...)
}

// settle waits until what the answers began and did not wait for has ended: else it would be a matter of chance what
// comes next. It returns what then differs in the answers to the same question.
func (p *pair) settle(q question, replies [2]*kit.Reply) (differences []string) {
	p.t.Helper()
	stale := slices.ContainsFunc(replies[:], isStale)
	if !stale && !slices.ContainsFunc(replies[:], func(r *kit.Reply) bool { return len(r.Body.Errors) > 0 }) {
		return nil
	}
	p.quiet()
	if !stale {
		return nil
	}
	q.header = nil // forces nothing
	for deadline := time.Now().Add(testkit.Patience / 4); time.Now().Before(deadline); {
		later := p.ask(q)
		differences = compare(later[0], later[1])
		if len(differences) == 0 && !slices.ContainsFunc(later[:], isRenewing) {
			p.quiet()
			return nil
		}
	}
	return differences
}

// quiet waits until no call is under way in either world, and none has been for a while.
func (p *pair) quiet() {
	p.t.Helper()
	var last [2]int
	still := 0
	testkit.Eventually(p.t, "calls still arrive", func() bool {
		still++
		for i, w := range p.worlds {
			if count := w.Count(); count != last[i] || w.Flying.Load() > 0 {
				last[i], still = count, 0
			}
		}
		return still > 4
	})
}

// isStale reports whether some data of an answer are stale, and isRenewing whether their renewal has not failed yet.
func isStale(r *kit.Reply) bool {
	return hasAge(r, func(entry map[string]any) bool { return entry["stale"] == true })
}

func isRenewing(r *kit.Reply) bool {
	return hasAge(r, func(entry map[string]any) bool { return entry["stale"] == true && entry["reason"] == nil })
}

// hasAge reports whether an answer has such an entry of freshness.
func hasAge(r *kit.Reply, is func(entry map[string]any) bool) bool {
	entries, _ := r.Body.Extensions["freshness"].([]any)
	return slices.ContainsFunc(entries, func(entry any) bool {
		fields, _ := entry.(map[string]any)
		return is(fields)
	})
}

// callDifferences compares the calls upstream since the last time. Those of one world may come a little later.
func (p *pair) callDifferences() []string {
	p.t.Helper()
	deadline := time.After(testkit.Patience / 4)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		var calls [2][]string
		for i, w := range p.worlds {
			calls[i] = w.Arrived()
		}
		more, fewer := apart(gathered(calls[0][p.arrived[0]:]), gathered(calls[1][p.arrived[1]:]))
		if len(more)+len(fewer) == 0 {
			p.arrived = [2]int{len(calls[0]), len(calls[1])}
			return nil
		}
		select {
		case <-tick.C:
		case <-deadline:
			p.arrived = [2]int{len(calls[0]), len(calls[1])}
			return []string{fmt.Sprintf("calls upstream: only %s: %v; only %s: %v", p.executors[0], more, p.executors[1], fewer)}
		}
	}
}

// gathered takes the repetitions of calls away that are for several keys at once, gathered for a millisecond: whether
// the keys of two places of a query share a call is a matter of chance.
func gathered(calls []string) []string {
	const several = "POST /v2/partners/sub-customers/on-demand-resources/query"
	kept := slices.DeleteFunc(slices.Clone(calls), func(call string) bool { return call == several })
	if len(kept) < len(calls) {
		kept = append(kept, several)
	}
	return kept
}

// apart returns what only one of two lists has, whatever their order.
func apart(a, b []string) (onlyA, onlyB []string) {
	counts := map[string]int{}
	for _, one := range a {
		counts[one]++
	}
	for _, one := range b {
		counts[one]--
	}
	for _, one := range slices.Sorted(maps.Keys(counts)) {
		for range counts[one] {
			onlyA = append(onlyA, one)
		}
		for range -counts[one] {
			onlyB = append(onlyB, one)
		}
	}
	return onlyA, onlyB
}

// advance moves both clocks.
func (p *pair) advance(by time.Duration) {
	for _, w := range p.worlds {
		w.Clock.Advance(by)
	}
}

// steer does the same to both simulators.
func (p *pair) steer(path string, body any) {
	p.t.Helper()
	for _, w := range p.worlds {
		w.Steer(p.t, http.MethodPut, path, body)
	}
}

// fail answers calls of both worlds with a status; nil lets all through.
func (p *pair) fail(fails func(*http.Request) int) {
	for _, w := range p.worlds {
		if fails == nil {
			w.Fails.Store(nil)
		} else {
			w.Fails.Store(&fails)
		}
	}
}
