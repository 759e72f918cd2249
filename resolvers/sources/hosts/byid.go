package hosts

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// PeekID answers for one host when memory has the list or the host's own record, without a standing then (see alone);
// it never waits.
func (s *Source) PeekID(ctx context.Context, scope, hostID string) (cache.Outcome[*model.Host], bool) {
	if list, ok := s.List.Peek(ctx, scope, struct{}{}); ok {
		return inList(list, hostID), true
	}
	o, ok := s.ByID.Peek(ctx, scope, hostID)
	o.Held.Standing = nil
	return o, ok
}

// LoadIDs answers for hosts by id, from the whole list or one by one, whichever costs less (see [PlanFor]).
func (s *Source) LoadIDs(
	ctx context.Context, scope string, hostIDs []string, maxAge time.Duration,
) map[string]cache.Outcome[*model.Host] {
	if PlanFor(s.planInput(ctx, scope, len(hostIDs))) == PlanPerID {
		return alone(s.ByID.Get(ctx, scope, hostIDs, maxAge))
	}
	found := make(map[string]cache.Outcome[*model.Host], len(hostIDs))
	list := s.List.One(ctx, scope, struct{}{}, maxAge)
	for _, hostID := range hostIDs {
		found[hostID] = inList(list, hostID)
	}
	return found
}

// alone are answers without the list. They have no standing: once the list is held, a read takes it instead, whatever
// becomes of the host's own record.
func alone(answers map[string]cache.Outcome[*model.Host]) map[string]cache.Outcome[*model.Host] {
	for hostID, answer := range answers {
		answer.Held.Standing = nil
		answers[hostID] = answer
	}
	return answers
}

// inList is the answer of the whole list for one host. In a list that lacks rows a missing host is an error: it may be
// one of them.
func inList(list cache.Outcome[*List], hostID string) cache.Outcome[*model.Host] {
	if list.Err != nil {
		return cache.Outcome[*model.Host]{Err: list.Err}
	}
	host := list.Held.Value.ByID(hostID)
	if host == nil && list.Held.Value.Lacks() {
		return cache.Outcome[*model.Host]{Err: dataset.GapError(Operation)}
	}
	return cache.Outcome[*model.Host]{
		Held: cache.Held[*model.Host]{
			Value: host, Generation: list.Held.Generation, FetchedAt: list.Held.FetchedAt, StaleAt: list.Held.StaleAt,
			State: list.Held.State, Reason: list.Held.Reason, Source: list.Held.Source,
			Standing: list.Held.Standing,
		},
		Found: host != nil,
	}
}

// ExpectedPages is how many pages the list is expected to have, by the last one of the tenant.
func (s *Source) ExpectedPages(scope string) int {
	if rows, ok := s.lastRows.Value(scope); ok {
		return rows/s.pageSize + 1
	}
	return 1
}

// planInput is what is known now.
func (s *Source) planInput(ctx context.Context, scope string, asked int) PlanInput {
	in := PlanInput{
		Asked: asked, Pages: s.ExpectedPages(scope), QuotaLeft: -1, CallTime: hostCallTime,
		Parallel: dataset.ParallelCalls,
	}
	if s.quotaLeft != nil {
		in.QuotaLeft = s.quotaLeft(ctx)
	}
	return in
}

// hostCallTime is the documented median of listHostDetails.
const hostCallTime = 2 * time.Millisecond
