package loaders

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
)

// alarmLevel is what the parents of a level have in common that asks each for alarms by the same filter.
type alarmLevel struct {
	filter *model.AlarmFilter
	passes dataset.Filter[*model.Alarm] // at the operation's moment
	view   *alarms.View
	// ofHosts and ofDevices are the alarms by what they are about; nil where no parent and no filter names any.
	ofHosts, ofDevices *alarms.Join
}

// alarmLevel reads what parents have in common.
func (s *Set) alarmLevel(ctx context.Context, of []AlarmsOf, filter *model.AlarmFilter) (*alarmLevel, error) {
	l := &alarmLevel{filter: filter}
	var err error
	if slices.ContainsFunc(of, AlarmsOf.ofDevice) || filter != nil && filter.DeviceIds != nil {
		var inventory *devices.List
		if l.view, inventory, err = s.alarmsAndDevices(ctx, filter); err != nil {
			return nil, err
		}
		l.ofDevices = sources.JoinDeviceAlarms(l.view, inventory)
	} else if l.view, err = s.readAlarms(ctx, filter); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(of, AlarmsOf.ofHost) || filter != nil && filter.HostIds != nil {
		all, err := s.allHosts(ctx)
		if err != nil {
			return nil, err
		}
		l.ofHosts = sources.JoinAlarms(l.view, all)
	}
	if filter != nil {
		s.moment(filter.LastOccurred)
		l.passes = dataset.Ready(alarms.Filter(filter, s.options.Now))
	}
	return l, nil
}

// part is the part of the view that a parent is about and, where the filter names hosts or devices, that is about
// these.
func (l *alarmLevel) part(of *AlarmsOf) (part dataset.Part[*model.Alarm], err error) {
	if of.Region != "" {
		if operation, gap := l.view.GapIn(of.Region); gap {
			return part, dataset.GapError(operation)
		}
	}
	switch {
	case of.DeviceID != "":
		part.Items = l.ofDevices.ByID[of.DeviceID]
	case of.HostID != "":
		part.Items = l.ofHosts.ByID[of.HostID]
	case of.Service != "":
		part = l.view.OfService(of.Region, of.Service)
	case of.Region != "":
		part = l.view.Region(of.Region)
	default:
		part = l.view.Whole()
	}
	if l.filter != nil && l.filter.HostIds != nil {
		part = l.view.About(l.ofHosts, l.filter.HostIds, part)
	}
	if l.filter != nil && l.filter.DeviceIds != nil {
		part = l.view.About(l.ofDevices, l.filter.DeviceIds, part)
	}
	return part, nil
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
	view, err = s.readAlarms(ctx, filter)
	wait.Wait()
	return view, inventory, cmp.Or(err, failure)
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
