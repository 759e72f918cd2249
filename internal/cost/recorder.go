package cost

import (
	"context"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// kindOK is what an explanation says in place of a failure's kind.
const kindOK = "ok"

// callRecorder notes the upstream calls of one operation. Work in the background keeps the values of its operation's
// context and may end long after: nothing is noted after freeze. Safe for concurrent use.
type callRecorder struct {
	explained bool // the answer tells of the calls; else the log alone may

	mu     sync.Mutex
	frozen bool
	calls  map[callName]*recordedCall // nil before the first one: most operations make none
	order  []*recordedCall
}

var _ rest.Observer = (*callRecorder)(nil)

// callName is what the attempts of one call have in common: systems number their calls apart.
type callName struct {
	system string
	number int64
}

// recordedCall is one call with all its attempts so far.
type recordedCall struct {
	system, operation string
	parameters        map[string]string
	quota             string
	lane              rest.Lane
	waited, took      time.Duration
	rows              *int
	sent, status      int
	last              rest.Kind
}

// Attempt implements rest.Observer.
func (r *callRecorder) Attempt(_ context.Context, a rest.Attempt) {
	if a.Details == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.frozen {
		return
	}
	name := callName{a.System, a.Details.Call}
	call := r.calls[name]
	if call == nil {
		call = &recordedCall{
			system: a.System, operation: a.Operation, parameters: a.Details.Parameters, quota: a.Details.Quota,
			lane: a.Details.Lane,
		}
		if r.calls == nil {
			r.calls = map[callName]*recordedCall{}
		}
		r.calls[name] = call
		r.order = append(r.order, call)
	}
	if a.Sent {
		call.sent++
	}
	call.waited += a.Wait
	call.took += a.Duration
	call.rows, call.status, call.last = a.Details.Rows, a.Status, a.Kind
}

// freeze ends the recording and returns the calls, which do not change any more, in the order of their first attempts.
func (r *callRecorder) freeze() []*recordedCall {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frozen = true
	return r.order
}

// background reports whether no query waited for the call.
func (c *recordedCall) background() bool { return c.lane == rest.LaneBackground }

// explained is the call as a client sees it.
func (c *recordedCall) explained() explanation {
	entry := explanation{
		System: c.system, Operation: c.operation, Parameters: c.parameters,
		Cache:      explainedCache{Source: cache.SourceUpstream},
		Background: c.background(), WaitMs: milliseconds(c.waited), DurationMs: milliseconds(c.took),
		Rows: c.rows, Attempts: c.sent, Kind: kindOK,
	}
	if c.status != 0 {
		entry.Status = &c.status
	}
	if c.last != rest.None {
		entry.Kind = c.last.String()
	}
	return entry
}
