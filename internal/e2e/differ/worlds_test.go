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
	t         *testing.T
	worlds    [2]*kit.World
	gateways  [2]*kit.Replica
	executors [2]string
	file      string   // the configuration file of both gateways
	environ   []string // added to the environment of both gateways
	arrived   [2]int   // calls upstream that have been compared
}

// newPair starts two worlds; start gives them gateways.
func newPair(t *testing.T, settings kit.WorldSettings, environ ...string) *pair {
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
		environ := slices.Concat(kit.Unlimited(), []string{"OPSGRAPH_LIMITS_ERRORS=10000"}, p.environ, executorOf(p.executors[i]))
		p.gateways[i] = w.StartGateway(p.t, p.file, environ...)
	}
}

// stop ends the gateways, if there are any.
func (p *pair) stop() {
	for i, gateway := range p.gateways {
		if gateway != nil {
			gateway.Close()
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
func (q question) body(t *testing.T) string {
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

// compared asks both, and returns the answers with what differs: in them, in those once stale data are renewed, and in
// the calls upstream.
func (p *pair) compared(q question) (replies [2]*kit.Reply, differences []string) {
	p.t.Helper()
	replies = p.ask(q)
	differences = compare(replies[0], replies[1])
	later := p.settle(q, replies)
	if len(differences) == 0 && later[0] != nil && later[1] != nil {
		for _, difference := range compare(later[0], later[1]) {
			differences = append(differences, "renewed: "+difference)
		}
	}
	return replies, append(differences, p.callDifferences()...)
}

// settle waits until what the answers began in the background has ended, and returns the answers after that; nil where
// nothing began.
func (p *pair) settle(q question, replies [2]*kit.Reply) (later [2]*kit.Reply) {
	p.t.Helper()
	if !renewing(replies[0]) && !renewing(replies[1]) {
		return later
	}
	q.header = nil // forces nothing
	body := q.body(p.t)
	header := http.Header{"X-Request-Id": {"compared-with-its-like"}}
	p.both(func(i int) {
		testkit.Eventually(p.t, "data are still being renewed", func() bool {
			later[i] = kit.ReadReply(p.t, p.gateways[i].Post(p.t, body, header)) //nolint:bodyclose // ReadReply closes it
			return !renewing(later[i])
		})
	})
	return later
}

// renewing reports whether some data of an answer are being renewed in the background.
func renewing(r *kit.Reply) bool {
	entries, _ := r.Body.Extensions["freshness"].([]any)
	return slices.ContainsFunc(entries, func(entry any) bool {
		fields, _ := entry.(map[string]any)
		return fields["stale"] == true && fields["reason"] == nil
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
		more, fewer := apart(calls[0][p.arrived[0]:], calls[1][p.arrived[1]:])
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
func (p *pair) steer(method, path string, body any) {
	p.t.Helper()
	for _, w := range p.worlds {
		w.Steer(p.t, method, path, body)
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

// executorOf is the environment of a gateway with an executor.
func executorOf(name string) []string {
	if name == "gqlgen" {
		return nil
	}
	return []string{"OPSGRAPH_EXECUTOR=" + name}
}
