package cost

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// maxExplained bounds the entries of an explanation; what is beyond is counted.
const maxExplained = 500

// explanation is one entry of the extension explain: a call that the operation made or began, or data that it had
// without one.
type explanation struct {
	System     string            `json:"system,omitempty"`
	Operation  string            `json:"operation"`
	Parameters map[string]string `json:"parameters,omitempty"`
	Cache      explainedCache    `json:"cache"`
	// Background reports that the operation began the call and did not wait for it.
	Background bool    `json:"background"`
	WaitMs     float64 `json:"waitMs"`
	DurationMs float64 `json:"durationMs"`
	// Rows is null where the answer is no list, and without a call.
	Rows *int `json:"rows"`
	// Attempts counts requests sent: 0 where quota or circuit refused, and without a call.
	Attempts int `json:"attempts"`
	// Status is that of the last attempt, null without an answer; Kind is "ok" or the kind of the failure.
	Status *int   `json:"status"`
	Kind   string `json:"kind"`
}

// explainedCache is where data came from. State and Oldest are null for a call without data.
type explainedCache struct {
	Source string     `json:"source"`
	State  *string    `json:"state"`
	Oldest *time.Time `json:"oldest"`
	// Keys counts the sets of data that came from there, all calls of the operation together.
	Keys int `json:"keys"`
	// Rests says why old data are not refreshed now; left out when they are.
	Rests cache.Rest `json:"rests,omitempty"`
}

// explainedCost is the extension cost.
type explainedCost struct {
	// Calls counts requests sent upstream, repeats and background work included; WaitedMs sums up their waits.
	Calls    int     `json:"calls"`
	WaitedMs float64 `json:"waitedMs"`
	// QuotaLeft is how many calls each group still has at once, of the groups of the operations in explain.
	QuotaLeft map[string]int `json:"quotaLeft"`
	// OmittedEntries counts what explain leaves out.
	OmittedEntries int `json:"omittedEntries,omitempty"`
}

// WithRecorder has the calls of an operation recorded: for the explanation that its request asks for, or for the log
// alone. A subscription, which has many answers, has no record.
func WithRecorder(ctx context.Context, explained, logged bool) context.Context {
	if !explained && !logged || graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
		return ctx
	}
	recorder := &callRecorder{explained: explained}
	return context.WithValue(rest.WithObserver(ctx, recorder), recorderKey{}, recorder)
}

type recorderKey struct{}

// Explain adds the extensions explain and cost to an answer whose request asks for them.
func (c *Check) Explain(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	recorder, recorded := ctx.Value(recorderKey{}).(*callRecorder)
	set := loaders.From(ctx)
	if !recorded || !recorder.explained || set == nil || response == nil || len(response.Data) == 0 {
		return response
	}
	calls := recorder.freeze()
	entries := explanations(calls, set.Origins())
	cost := explainedCost{QuotaLeft: c.quotaLeft(ctx, calls, entries)}
	var waited time.Duration
	for _, call := range calls {
		cost.Calls += call.sent
		waited += call.waited
	}
	cost.WaitedMs = milliseconds(waited)
	if len(entries) > maxExplained {
		cost.OmittedEntries = len(entries) - maxExplained
		entries = entries[:maxExplained]
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["explain"], response.Extensions["cost"] = entries, cost
	return response
}

// explanations lists the calls in the order of their first attempts, then data without a call. Data from the upstream
// belong to the calls of their operation; without any, they came by another query's call.
func explanations(calls []*recordedCall, origins []loaders.Origin) []explanation {
	entries := make([]explanation, 0, len(calls)+len(origins))
	for _, call := range calls {
		entry := call.explained()
		if !entry.Background && entry.Kind == kindOK {
			if i := slices.IndexFunc(origins, func(o loaders.Origin) bool { return cameBy(o, call) }); i >= 0 {
				entry.Cache = cacheOf(origins[i])
			}
		}
		entries = append(entries, entry)
	}
	for _, origin := range origins {
		if !slices.ContainsFunc(calls, func(c *recordedCall) bool { return cameBy(origin, c) }) {
			entries = append(entries, explanation{Operation: origin.Operation, Cache: cacheOf(origin), Kind: kindOK})
		}
	}
	return entries
}

// cameBy reports whether data came by a call.
func cameBy(o loaders.Origin, c *recordedCall) bool {
	return o.Source == cache.SourceUpstream && o.Operation == c.operation && c.last == rest.None && !c.background()
}

func cacheOf(o loaders.Origin) explainedCache {
	state, oldest := o.State.String(), o.Oldest.UTC().Truncate(time.Millisecond)
	return explainedCache{Source: o.Source, State: &state, Oldest: &oldest, Keys: o.Keys, Rests: o.Rests}
}

// quotaLeft is what is left of each quota of the operations of an explanation, by its plain name.
func (c *Check) quotaLeft(ctx context.Context, calls []*recordedCall, entries []explanation) map[string]int {
	groups := map[string]string{} // by plain name
	for _, operation := range c.operations {
		used := func(e explanation) bool { return e.Operation == operation.Spec.Operation }
		if group := operation.Spec.Quota; group != "" && slices.ContainsFunc(entries, used) {
			groups[group] = group
		}
	}
	for _, call := range calls {
		if plain, _, _ := strings.Cut(call.quota, "@"); plain != "" {
			groups[plain] = call.quota
		}
	}
	left := make(map[string]int, len(groups))
	ctx = context.WithoutCancel(ctx) // the operation may have used up its time; the quota limits its own
	for plain, group := range groups {
		if state := c.quota(ctx, group); state.Limit > 0 {
			left[plain] = state.Left
		}
	}
	return left
}

// milliseconds are those of a duration, to the microsecond.
func milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}
