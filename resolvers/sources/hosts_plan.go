package sources

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
)

// The rows of a page of the upstream's lists where the configuration says nothing; the slow ones are the 60-a-minute calls.
const (
	defaultPageSize     = 500
	defaultSlowPageSize = 1000
)

// FoundHost is the answer to a question for one host; Host is nil when the upstream has none.
type FoundHost struct {
	Host *model.Host
	// Held tells the age of the answer, from the list or from the host's own record.
	Held cache.Held[struct{}]
	Err  error
}

// PeekID gives one host when memory has the list or the host's own record; it never waits.
func (h *Hosts) PeekID(ctx context.Context, scope, hostID string) (FoundHost, bool) {
	if list, ok := h.Peek(ctx, scope); ok {
		return FoundHost{Host: list.Value.ByID(hostID), Held: ageOf(list)}, true
	}
	if outcome, ok := h.byID.Peek(ctx, scope, hostID); ok {
		return foundHost(outcome), true
	}
	return FoundHost{}, false
}

// LoadIDs gives hosts by id, from the whole list or one by one, whichever costs less (see PlanHosts).
func (h *Hosts) LoadIDs(ctx context.Context, scope string, hostIDs []string, maxAge time.Duration) map[string]FoundHost {
	found := make(map[string]FoundHost, len(hostIDs))
	if PlanHosts(h.planInput(ctx, scope, len(hostIDs))) == PlanScan {
		list, err := h.Load(ctx, scope, maxAge)
		for _, hostID := range hostIDs {
			if err != nil {
				found[hostID] = FoundHost{Err: err}
				continue
			}
			found[hostID] = FoundHost{Host: list.Value.ByID(hostID), Held: ageOf(list)}
		}
		return found
	}
	for hostID, outcome := range h.byID.Get(ctx, scope, hostIDs, maxAge) {
		found[hostID] = foundHost(outcome)
	}
	return found
}

func foundHost(outcome cache.Outcome[*model.Host]) FoundHost {
	found := FoundHost{Held: ageOf(outcome.Held), Err: outcome.Err}
	if outcome.Found {
		found.Host = outcome.Held.Value
	}
	return found
}

// ageOf is what is known of the age of an answer, without the answer.
func ageOf[S any](held cache.Held[S]) cache.Held[struct{}] {
	return cache.Held[struct{}]{
		Generation: held.Generation, FetchedAt: held.FetchedAt, StaleAt: held.StaleAt,
		State: held.State, Reason: held.Reason, Source: held.Source,
	}
}

// planInput is what is known now: the last list of the scope tells how long the next one is likely to be.
func (h *Hosts) planInput(ctx context.Context, scope string, asked int) HostPlanInput {
	in := HostPlanInput{
		Asked: asked, Pages: h.expectedPages(scope), QuotaLeft: -1, CallTime: hostCallTime, Parallel: parallelCalls,
	}
	if h.quotaLeft != nil {
		in.QuotaLeft = h.quotaLeft(ctx)
	}
	return in
}

// expectedPages is how many pages the host list is expected to have.
func (h *Hosts) expectedPages(scope string) int {
	if rows, ok := h.lastRows.value(scope); ok {
		return rows/h.pageSize + 1
	}
	return 1
}

// hostCallTime is the documented median of listHostDetails.
const hostCallTime = 2 * time.Millisecond
