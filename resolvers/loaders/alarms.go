package loaders

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// alarmLists are upstream lists of some days; those that are not held are asked for at once.
func (s *Set) alarmLists(
	ctx context.Context, wanted []model.AlarmSource, days dataset.Span,
) []answer[*alarms.List] {
	answers := make([]answer[*alarms.List], len(wanted))
	var waits []func()
	for i, source := range wanted {
		from := load(s, s.sources.Alarms.Lists[source])
		a, held := from.held(ctx, days)
		if answers[i] = a; !held {
			wait := from.ask(ctx, days)
			waits = append(waits, func() { answers[i] = wait() })
		}
	}
	for _, wait := range waits {
		wait()
	}
	return answers
}

// AlarmsOf says which alarms a field is about.
type AlarmsOf struct {
	// Region is a region code; empty means everywhere.
	Region string
	// Service is a kind of service, with a region.
	Service model.CloudServiceType
	// HostID is a host, DeviceID a device of the inventory.
	HostID, DeviceID string
}

func (of AlarmsOf) ofHost() bool { return of.HostID != "" }

func (of AlarmsOf) ofDevice() bool { return of.DeviceID != "" }

// AlarmPage is a page of alarms.
func (s *Set) AlarmPage(
	ctx context.Context, of AlarmsOf, filter *model.AlarmFilter, orderBy *model.AlarmOrder, args paging.Args,
) (*model.AlarmConnection, error) {
	pages, errs := s.AlarmPages(ctx, []AlarmsOf{of}, filter, orderBy, args)
	return pages[0], errs[0]
}

// AlarmPages are the pages of alarms of the parents of a level, in their order. Each has an error of its own.
func (s *Set) AlarmPages(
	ctx context.Context, of []AlarmsOf, filter *model.AlarmFilter, orderBy *model.AlarmOrder, args paging.Args,
) ([]*model.AlarmConnection, []error) {
	pages, errs := make([]*model.AlarmConnection, len(of)), make([]error, len(of))
	level, err := s.alarmLevel(ctx, of, filter)
	pager, unusable := paging.NewPager(alarms.OrderOf(orderBy), args)
	if err = cmp.Or(err, unusable); err != nil {
		return pages, slices.Repeat([]error{err}, len(of))
	}
	pager.Reserve(len(of))
	for i := range of {
		part, err := level.part(&of[i])
		if errs[i] = err; err == nil {
			pages[i] = pageOf(&level.view.List, part, level.passes, pager)
		}
	}
	return pages, errs
}

// AlarmSummary counts alarms.
func (s *Set) AlarmSummary(ctx context.Context, of AlarmsOf, filter *model.AlarmFilter) (*model.AlarmSummary, error) {
	summaries, errs := s.AlarmSummaries(ctx, []AlarmsOf{of}, filter)
	return summaries[0], errs[0]
}

// AlarmSummaries count the alarms of the parents of a level, in their order. Each has an error of its own.
func (s *Set) AlarmSummaries(
	ctx context.Context, of []AlarmsOf, filter *model.AlarmFilter,
) ([]*model.AlarmSummary, []error) {
	summaries, errs := make([]*model.AlarmSummary, len(of)), make([]error, len(of))
	level, err := s.alarmLevel(ctx, of, filter)
	if err != nil {
		return summaries, slices.Repeat([]error{err}, len(of))
	}
	for i := range of {
		part, err := level.part(&of[i])
		if errs[i] = err; err == nil {
			summaries[i] = &model.AlarmSummary{
				AlarmCounts:  level.view.Summary(part, level.passes),
				CompleteFrom: func(ctx context.Context) (*time.Time, error) { return s.completeFrom(ctx, of[i], filter) },
			}
		}
	}
	return summaries, errs
}

// AlarmHosts are the hosts that alarms are about, in the alarms' order; nil where none or more than one was recognised.
func (s *Set) AlarmHosts(ctx context.Context, of []*model.Alarm) ([]*hosts.AlarmHost, error) {
	all, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	return each(of, func(alarm *model.Alarm) *hosts.AlarmHost { return found(all.OfAlarm(alarm)) }), nil
}

// alarm is the alarm with a serial number in one upstream list; nil when the list has none.
func (s *Set) alarm(ctx context.Context, source model.AlarmSource, csn string) (*model.Alarm, error) {
	l, err := list(ctx, s, s.sources.Alarms.Lists[source], dataset.Span{})
	if err != nil {
		return nil, err
	}
	return sought(l.ByCSN(csn), l, alarms.OperationOf(source))
}
