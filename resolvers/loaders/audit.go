package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addAuditLoaders(ctx context.Context) {
	scope, maxAge, audit := s.options.Scope, s.options.MaxAge, s.sources.Audit
	s.audit = newLoader(ctx, s, sources.OperationAuditLogs,
		func(ctx context.Context, days sources.AuditDays) (answer[*sources.AuditLog], bool) {
			held, ok := audit.Peek(ctx, scope, days)
			return fromHeld(held, nil), ok
		},
		func(ctx context.Context, keys []sources.AuditDays) map[sources.AuditDays]answer[*sources.AuditLog] {
			return everyKey(keys, func(days sources.AuditDays) answer[*sources.AuditLog] {
				return fromHeld(audit.Load(ctx, scope, days, maxAge))
			})
		})
}

// auditLog is the log of some days, the same one for the whole operation.
func (s *Set) auditLog(ctx context.Context, days sources.AuditDays) (*sources.AuditLog, error) {
	a := s.audit.one(ctx, days)
	if a.err != nil {
		return nil, a.err
	}
	s.uses.incomplete(sources.OperationAuditLogs, a.value.Truncated, a.value.Gaps)
	return a.value, nil
}

// AuditPage is a page of the audit log of a range; an empty region means all. That of a region fails when rows of the region could not
// be read. A range that holds no moment up to now is empty and costs nothing.
func (s *Set) AuditPage(
	ctx context.Context, region string, filter model.AuditFilter, orderBy *model.AuditOrder, args PageArgs,
) (*model.AuditEventConnection, error) {
	order := sources.AuditOrderOf(orderBy)
	days, some, err := s.sources.Audit.Days(filter.Range, s.options.Now)
	if err != nil {
		return nil, err
	}
	if !some {
		return Paginate([]*model.AuditEvent{}, order, args)
	}
	log, err := s.auditLog(ctx, days)
	if err != nil {
		return nil, err
	}
	if _, gap := sources.GapOf(log.Gaps, region); gap && region != "" {
		return nil, sources.GapError(sources.OperationAuditLogs)
	}
	events, sorted := log.InOrder(order), true
	if region != "" {
		events, sorted = log.InRegion(region), orderBy == nil
	}
	events = sources.Select(events, sources.AuditMatches(filter, s.options.Now))
	if !sorted {
		events = order.Sorted(events)
	}
	page, err := Paginate(events, order, args)
	if err != nil {
		return nil, err
	}
	return countedUnless(log.Truncated, page), nil
}

// auditEvent is the event of an id, read from the log of the days around its own; nil when that has none.
func (s *Set) auditEvent(ctx context.Context, id model.GlobalID) (*model.AuditEvent, error) {
	eventID, day, err := model.AuditEventKey(id)
	if err != nil {
		return nil, err
	}
	days, possible := s.sources.Audit.DaysAround(day, s.options.Now)
	if !possible {
		return nil, nil //nolint:nilnil // no log has that day, and that is no failure
	}
	log, err := s.auditLog(ctx, days)
	if err != nil {
		return nil, err
	}
	return log.ByID(eventID, day), nil
}
