package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/audit"
)

// AuditPage is a page of the audit log of a range and a region; an empty region means all. It fails when rows of the
// region could not be read. A range that holds no moment up to now is empty and costs nothing.
func (s *Set) AuditPage(
	ctx context.Context, region string, filter model.AuditFilter, orderBy *model.AuditOrder, args paging.Args,
) (*model.AuditEventConnection, error) {
	order := audit.OrderOf(orderBy)
	now := s.sources.Audit.Present(s.moment(filter.Range))
	days, some, err := s.sources.Audit.DaysOf(filter.Range, now)
	if err != nil {
		return nil, err
	}
	if !some {
		return paging.Paginate([]*model.AuditEvent{}, order, args)
	}
	log, err := list(ctx, s, s.sources.Audit.Logs, days)
	if err != nil {
		return nil, err
	}
	events, err := inRegion(&log.List, audit.Operation, region)
	if err != nil {
		return nil, err
	}
	return page(&log.List, events, audit.Filter(filter, now), order, args)
}

// auditEvent is the event of an id, read from the log of the days around its own; nil when that has none.
func (s *Set) auditEvent(ctx context.Context, id model.GlobalID) (*model.AuditEvent, error) {
	eventID, day, err := model.AuditEventKey(id)
	if err != nil {
		return nil, err
	}
	days, possible := s.sources.Audit.DaysAround(day, s.movingMoment())
	if !possible {
		return nil, nil //nolint:nilnil // no log has that day, and that is no failure
	}
	log, err := list(ctx, s, s.sources.Audit.Logs, days)
	if err != nil {
		return nil, err
	}
	return sought(log.ByID(eventID, day), log, audit.Operation)
}
