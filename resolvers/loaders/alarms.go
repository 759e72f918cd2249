package loaders

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
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

// AlarmPage is a page of alarms.
func (s *Set) AlarmPage(
	ctx context.Context, of AlarmsOf, filter *model.AlarmFilter, orderBy *model.AlarmOrder, args paging.Args,
) (*model.AlarmConnection, error) {
	view, part, err := s.alarmsOf(ctx, of, filter)
	if err != nil {
		return nil, err
	}
	pager, err := s.alarmPager(orderBy, args)
	if err != nil {
		return nil, err
	}
	return pageOf(&view.List, part, s.alarmFilter(filter), pager), nil
}

// AlarmSummary counts alarms.
func (s *Set) AlarmSummary(ctx context.Context, of AlarmsOf, filter *model.AlarmFilter) (*model.AlarmSummary, error) {
	view, part, err := s.alarmsOf(ctx, of, filter)
	if err != nil {
		return nil, err
	}
	return &model.AlarmSummary{
		AlarmCounts:  view.Summary(part, s.alarmFilter(filter)),
		CompleteFrom: func(ctx context.Context) (*time.Time, error) { return s.completeFrom(ctx, of, filter) },
	}, nil
}

// alarmsOf is the view that a filter asks for, and its part that a field is about and, where the filter names hosts or
// devices, that is about these.
func (s *Set) alarmsOf(
	ctx context.Context, of AlarmsOf, filter *model.AlarmFilter,
) (view *alarms.View, part dataset.Part[*model.Alarm], err error) {
	var inventory *devices.List
	if of.DeviceID != "" || (filter != nil && filter.DeviceIds != nil) {
		view, inventory, err = s.alarmsAndDevices(ctx, filter)
	} else {
		view, err = s.alarmView(ctx, filter)
	}
	if err != nil {
		return nil, part, err
	}
	var all *hosts.List
	if of.HostID != "" || (filter != nil && filter.HostIds != nil) {
		if all, err = s.allHosts(ctx); err != nil {
			return nil, part, err
		}
	}
	if of.Region != "" {
		if operation, gap := view.GapIn(of.Region); gap {
			return nil, part, dataset.GapError(operation)
		}
	}
	switch {
	case of.DeviceID != "":
		part.Items = sources.JoinDeviceAlarms(view, inventory).ByID[of.DeviceID]
	case of.HostID != "":
		part.Items = sources.JoinAlarms(view, all).ByID[of.HostID]
	case of.Service != "":
		part = view.OfService(of.Region, of.Service)
	case of.Region != "":
		part = view.Region(of.Region)
	default:
		part = view.Whole()
	}
	if filter == nil {
		return view, part, nil
	}
	if filter.HostIds != nil {
		part = view.About(sources.JoinAlarms(view, all), filter.HostIds, part)
	}
	if filter.DeviceIds != nil {
		part = view.About(sources.JoinDeviceAlarms(view, inventory), filter.DeviceIds, part)
	}
	s.moment(filter.LastOccurred)
	return view, part, nil
}

// alarmsAndDevices reads both at once.
func (s *Set) alarmsAndDevices(
	ctx context.Context, filter *model.AlarmFilter,
) (view *alarms.View, inventory *devices.List, err error) {
	var (
		failure error
		wait    sync.WaitGroup
	)
	wait.Go(func() { inventory, failure = s.allDevices(ctx) })
	view, err = s.alarmView(ctx, filter)
	wait.Wait()
	return view, inventory, cmp.Or(err, failure)
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
