package loaders

import (
	"cmp"
	"context"
	"sync"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// alarmView is the view of the upstream lists that a filter asks for, the same for the whole operation. A range that
// holds no moment up to now is empty and costs nothing.
func (s *Set) alarmView(ctx context.Context, filter *model.AlarmFilter) (*alarms.View, error) {
	wanted, days := model.AllAlarmSource, dataset.Span{}
	if filter != nil {
		var some bool
		var err error
		if days, some, err = s.sources.Alarms.SpanOf(filter.Range, s.moment(filter.Range)); err != nil || !some {
			return alarms.ViewOf(&alarms.List{}), err
		}
		if len(filter.Sources) == 1 {
			wanted = filter.Sources
		}
	}
	waits := make([]func() answer[*alarms.List], len(wanted))
	for i, source := range wanted {
		waits[i] = load(s, s.sources.Alarms.Lists[source]).ask(ctx, days)
	}
	lists := make([]*alarms.List, len(wanted))
	for i, wait := range waits {
		a := wait()
		if a.err != nil {
			return nil, a.err
		}
		s.uses.incomplete(alarms.OperationOf(wanted[i]), a.value.Extent)
		lists[i] = a.value
	}
	return alarms.ViewOf(lists...), nil
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
	ctx context.Context, of AlarmsOf, filter *model.AlarmFilter, orderBy *model.AlarmOrder, args PageArgs,
) (*model.AlarmConnection, error) {
	order := alarms.OrderOf(orderBy)
	found, truncated, err := s.alarmsOf(ctx, of, filter, order)
	if err != nil {
		return nil, err
	}
	return cut(found, truncated, order, args)
}

// AlarmSummary counts alarms.
func (s *Set) AlarmSummary(ctx context.Context, of AlarmsOf, filter *model.AlarmFilter) (*model.AlarmSummary, error) {
	found, _, err := s.alarmsOf(ctx, of, filter, alarms.OrderOf(nil))
	if err != nil {
		return nil, err
	}
	return alarms.Summarise(found), nil
}

// alarmsOf are the alarms that pass the filter, in the given order, and whether the upstream has more than were read.
func (s *Set) alarmsOf(
	ctx context.Context, of AlarmsOf, filter *model.AlarmFilter, order dataset.Order[*model.Alarm],
) (found []*model.Alarm, truncated bool, err error) {
	var (
		inventory *devices.List
		failure   error
		wait      sync.WaitGroup
	)
	if of.DeviceID != "" {
		wait.Go(func() { inventory, failure = s.allDevices(ctx) })
	}
	view, err := s.alarmView(ctx, filter)
	wait.Wait()
	if err := cmp.Or(err, failure); err != nil {
		return nil, false, err
	}
	var all *hosts.List
	if of.HostID != "" || (filter != nil && filter.HostIds != nil) {
		if all, err = s.allHosts(ctx); err != nil {
			return nil, false, err
		}
	}
	if of.Region != "" {
		if operation, gap := view.GapIn(of.Region); gap {
			return nil, false, dataset.GapError(operation)
		}
	}
	part := view.All
	switch {
	case of.DeviceID != "":
		part = sources.JoinDeviceAlarms(view, inventory).ByID[of.DeviceID]
	case of.HostID != "":
		part = sources.JoinAlarms(view, all).ByID[of.HostID]
	case of.Service != "":
		part = view.OfService(of.Region, of.Service)
	case of.Region != "":
		part = view.InRegion(of.Region)
	}
	if filter != nil {
		s.moment(filter.LastOccurred)
	}
	matches := alarms.Matches(filter, s.options.Now, func(a *model.Alarm) *string {
		if hostID, ok := sources.JoinAlarms(view, all).ByAlarm[a]; ok {
			return &hostID
		}
		return nil
	})
	return selected(&view.List, part, matches, order), view.Truncated, nil
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
	a := load(s, s.sources.Alarms.Lists[source]).one(ctx, dataset.Span{})
	if a.err != nil {
		return nil, a.err
	}
	return a.value.ByCSN(csn), nil
}
