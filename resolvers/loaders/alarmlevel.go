package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// alarmLevel is what the parents of a level have in common that asks each for alarms by the same arguments: it is made
// for the first of them. The lock of the set guards it.
type alarmLevel struct {
	filter, viewed *model.AlarmFilter
	ready          dataset.Filter[*model.Alarm] // of filter
	view           *alarms.View                 // of viewed; nil before the first one

	orderBy *model.AlarmOrder
	args    paging.Args
	pager   *paging.Pager[*model.Alarm] // of both; nil before the first one
}

// alarmView is the view that a filter asks for.
func (s *Set) alarmView(ctx context.Context, filter *model.AlarmFilter) (*alarms.View, error) {
	s.mu.Lock()
	view, viewed := s.alarms.view, s.alarms.viewed
	s.mu.Unlock()
	if view != nil && viewed == filter {
		return view, nil
	}
	view, err := s.readAlarms(ctx, filter)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarms.view, s.alarms.viewed = view, filter
	return view, nil
}

// readAlarms is the view of the upstream lists that a filter asks for, the same for the whole operation. A range that
// holds no moment up to now is empty and costs nothing.
func (s *Set) readAlarms(ctx context.Context, filter *model.AlarmFilter) (*alarms.View, error) {
	wanted, days, some, err := s.alarmsWanted(filter)
	if err != nil || !some {
		return alarms.ViewOf(&alarms.List{}), err
	}
	lists := make([]*alarms.List, len(wanted))
	for i, a := range s.alarmLists(ctx, wanted, days) {
		if a.err != nil {
			return nil, a.err
		}
		s.uses.incomplete(alarms.OperationOf(wanted[i]), a.value.Extent)
		lists[i] = a.value
	}
	return alarms.ViewOf(lists...), nil
}

// alarmsWanted says which lists a filter asks for, and of which days; some is false where these hold no moment up to
// now.
func (s *Set) alarmsWanted(
	filter *model.AlarmFilter,
) (sources []model.AlarmSource, days dataset.Span, some bool, err error) {
	if filter == nil {
		return model.AllAlarmSource, days, true, nil
	}
	if days, some, err = s.sources.Alarms.SpanOf(filter.Range, s.moment(filter.Range)); err != nil || !some {
		return nil, days, false, err
	}
	if len(filter.Sources) == 1 {
		return filter.Sources, days, true, nil
	}
	return model.AllAlarmSource, days, true, nil
}

// alarmFilter is a filter at the operation's moment.
func (s *Set) alarmFilter(of *model.AlarmFilter) dataset.Filter[*model.Alarm] {
	if of == nil {
		return dataset.Filter[*model.Alarm]{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alarms.filter != of {
		s.alarms.filter, s.alarms.ready = of, alarms.Filter(of, s.options.Now).Ready()
	}
	return s.alarms.ready
}

// alarmPager cuts pages in an order.
func (s *Set) alarmPager(orderBy *model.AlarmOrder, args paging.Args) (*paging.Pager[*model.Alarm], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if held := s.alarms.pager; held != nil && s.alarms.orderBy == orderBy && s.alarms.args == args {
		return held, nil
	}
	made, err := paging.NewPager(alarms.OrderOf(orderBy), args)
	if err != nil {
		return nil, err
	}
	s.alarms.pager, s.alarms.orderBy, s.alarms.args = made, orderBy, args
	return made, nil
}
