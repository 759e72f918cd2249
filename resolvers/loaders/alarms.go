package loaders

import (
	"cmp"
	"context"
	"sync"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addAlarmLoaders(ctx context.Context) {
	scope, maxAge, alarms := s.options.Scope, s.options.MaxAge, s.sources.Alarms
	s.alarms = newLoader(ctx, s, "",
		func(ctx context.Context, source model.AlarmSource) (answer[*sources.AlarmList], bool) {
			held, ok := alarms.Peek(ctx, scope, source)
			return fromHeld(held, nil), ok
		},
		func(ctx context.Context, keys []model.AlarmSource) map[model.AlarmSource]answer[*sources.AlarmList] {
			return everyKey(keys, func(source model.AlarmSource) answer[*sources.AlarmList] {
				return fromHeld(alarms.Load(ctx, scope, source, maxAge))
			})
		})
	s.alarms.named = sources.AlarmOperation
}

// alarmView is the view of the upstream lists that a filter asks for, the same for the whole operation.
func (s *Set) alarmView(ctx context.Context, filter *model.AlarmFilter) (*sources.AlarmView, error) {
	wanted := model.AllAlarmSource
	if filter != nil && len(filter.Sources) == 1 {
		wanted = filter.Sources
	}
	lists := make([]*sources.AlarmList, len(wanted))
	for i, a := range s.alarms.all(ctx, wanted) {
		if a.err != nil {
			return nil, a.err
		}
		s.uses.incomplete(sources.AlarmOperation(wanted[i]), a.value.Truncated, a.value.Gaps)
		lists[i] = a.value
	}
	return sources.ViewOf(lists...), nil
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
	order := sources.AlarmOrderOf(orderBy)
	alarms, truncated, err := s.alarmsOf(ctx, of, filter, order, orderBy != nil)
	if err != nil {
		return nil, err
	}
	page, err := Paginate(alarms, order, args)
	if err != nil {
		return nil, err
	}
	return countedUnless(truncated, page), nil
}

// AlarmSummary counts alarms.
func (s *Set) AlarmSummary(ctx context.Context, of AlarmsOf, filter *model.AlarmFilter) (*model.AlarmSummary, error) {
	alarms, _, err := s.alarmsOf(ctx, of, filter, sources.AlarmOrderOf(nil), false)
	if err != nil {
		return nil, err
	}
	return sources.SummariseAlarms(alarms), nil
}

// alarmsOf are the alarms that pass the filter, in the given order, and whether the upstream has more than were read.
func (s *Set) alarmsOf(
	ctx context.Context, of AlarmsOf, filter *model.AlarmFilter, order sources.Order[*model.Alarm], ordered bool,
) (alarms []*model.Alarm, truncated bool, err error) {
	var (
		devices *sources.DeviceList
		failure error
		wait    sync.WaitGroup
	)
	if of.DeviceID != "" {
		wait.Go(func() { devices, failure = s.allDevices(ctx) })
	}
	view, err := s.alarmView(ctx, filter)
	wait.Wait()
	if err := cmp.Or(err, failure); err != nil {
		return nil, false, err
	}
	var hosts *sources.HostList
	if of.HostID != "" || (filter != nil && filter.HostIds != nil) {
		if hosts, err = s.allHosts(ctx); err != nil {
			return nil, false, err
		}
	}
	if of.Region != "" {
		if operation, gap := view.GapIn(of.Region); gap {
			return nil, false, sources.GapError(operation)
		}
	}
	switch {
	case of.DeviceID != "":
		alarms = view.OfDevice(devices, of.DeviceID)
	case of.HostID != "":
		alarms = view.OfHost(hosts, of.HostID)
	case of.Service != "":
		alarms = view.OfService(of.Region, of.Service)
	case of.Region != "":
		alarms = view.InRegion(of.Region)
	default:
		alarms, ordered = view.InOrder(order), false
	}
	matches := sources.AlarmMatches(filter, s.options.Now, func(a *model.Alarm) *string {
		if match, ok := view.HostOf(hosts, a); ok {
			return &match.Host.HostID
		}
		return nil
	})
	alarms = sources.Select(alarms, matches)
	if ordered {
		alarms = order.Sorted(alarms)
	}
	return alarms, view.Truncated(), nil
}

// AlarmHosts are the hosts that alarms are about, in the alarms' order; nil where none or more than one was recognised.
func (s *Set) AlarmHosts(ctx context.Context, alarms []*model.Alarm) ([]*sources.AlarmHost, error) {
	found := make([]*sources.AlarmHost, len(alarms))
	hosts, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	for i, alarm := range alarms {
		if alarm == nil {
			continue
		}
		if match, ok := hosts.OfAlarm(alarm); ok {
			found[i] = &match
		}
	}
	return found, nil
}

// alarm is the alarm with a serial number in one upstream list; nil when the list has none.
func (s *Set) alarm(ctx context.Context, source model.AlarmSource, csn string) (*model.Alarm, error) {
	a := s.alarms.one(ctx, source)
	if a.err != nil {
		return nil, a.err
	}
	return a.value.ByCSN(csn), nil
}
