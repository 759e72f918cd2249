package sources

import (
	"slices"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
)

// AlarmView is what queries ask of alarms: both upstream lists as one, in default order, with the indexes that dashboards use and
// the join to hosts. It belongs to one generation of each list and is immutable but for what it works out once.
type AlarmView struct {
	// All holds every alarm, latest occurrence first.
	All []*model.Alarm

	lists     []*AlarmList
	byRegion  map[string][]*model.Alarm
	byService map[serviceInRegion][]*model.Alarm
	orders    orderCache[*model.Alarm]

	mu      sync.Mutex
	join    *alarmJoin
	devices *alarmDeviceJoin
}

type serviceInRegion struct {
	region  string
	service model.CloudServiceType
}

// alarmJoin is the join of one view to one generation of the host list. It is made at query time: the refresh of one of them must
// not rebuild the other.
type alarmJoin struct {
	hosts   *HostList
	byAlarm map[*model.Alarm]AlarmHost
	byHost  map[string][]*model.Alarm
}

// AlarmHost is the host that an alarm is about and by what it was recognised.
type AlarmHost struct {
	Host  *model.Host
	Match model.AlarmHostMatch
}

func newAlarmView(lists []*AlarmList) *AlarmView {
	view := &AlarmView{
		lists:     slices.Clone(lists),
		byRegion:  map[string][]*model.Alarm{},
		byService: map[serviceInRegion][]*model.Alarm{},
	}
	for _, list := range lists { // each is in default order
		view.All = AlarmOrderOf(nil).Merged(view.All, list.All)
	}
	for _, alarm := range view.All {
		region := text(alarm.RegionCode)
		view.byRegion[region] = append(view.byRegion[region], alarm)
		if alarm.Service != nil {
			key := serviceInRegion{region, *alarm.Service}
			view.byService[key] = append(view.byService[key], alarm)
		}
	}
	return view
}

func (v *AlarmView) isOf(lists []*AlarmList) bool { return slices.Equal(v.lists, lists) }

// Truncated tells that one of the lists was longer than the pages that are read.
func (v *AlarmView) Truncated() bool {
	return slices.ContainsFunc(v.lists, func(list *AlarmList) bool { return list.Truncated })
}

// InRegion holds the alarms of a region, latest first.
func (v *AlarmView) InRegion(code string) []*model.Alarm { return v.byRegion[code] }

// OfService holds the alarms of a service in a region, latest first.
func (v *AlarmView) OfService(region string, service model.CloudServiceType) []*model.Alarm {
	return v.byService[serviceInRegion{region, service}]
}

// InOrder holds all alarms in another order than the default one; sorted at the first question.
func (v *AlarmView) InOrder(order Order[*model.Alarm]) []*model.Alarm {
	return v.orders.in(order, AlarmOrderOf(nil).Name, v.All)
}

// OfHost holds the alarms that are about a host, latest first.
func (v *AlarmView) OfHost(hosts *HostList, hostID string) []*model.Alarm {
	return v.joined(hosts).byHost[hostID]
}

// HostOf is the host that an alarm is about; false when none or more than one was recognised.
func (v *AlarmView) HostOf(hosts *HostList, alarm *model.Alarm) (AlarmHost, bool) {
	host, ok := v.joined(hosts).byAlarm[alarm]
	return host, ok
}

func (v *AlarmView) joined(hosts *HostList) *alarmJoin {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.join != nil && v.join.hosts == hosts {
		return v.join
	}
	join := &alarmJoin{hosts: hosts, byAlarm: map[*model.Alarm]AlarmHost{}, byHost: map[string][]*model.Alarm{}}
	for _, alarm := range v.All {
		if match, ok := hosts.OfAlarm(alarm); ok {
			join.byAlarm[alarm] = match
			join.byHost[match.Host.HostID] = append(join.byHost[match.Host.HostID], alarm)
		}
	}
	v.join = join
	return join
}

// OfAlarm is the host that an alarm is about; false when none or more than one was recognised. It tries, surest first, a serial
// number, an address and the object's name; the first that names exactly one host counts.
func (l *HostList) OfAlarm(alarm *model.Alarm) (AlarmHost, bool) {
	if host := onlyOne(alarm.SerialNumbers, l.byOwnSerial); host != nil {
		return AlarmHost{host, model.AlarmHostMatchSerialNumber}, true
	}
	if host := onlyOne(alarm.Addresses, l.byAddress); host != nil {
		return AlarmHost{host, model.AlarmHostMatchAddress}, true
	}
	if alarm.ManagedElement != nil && alarm.ManagedElement.Name != nil && alarm.RegionCode != nil {
		if host := l.byName[regionName{*alarm.RegionCode, *alarm.ManagedElement.Name}]; host != nil {
			return AlarmHost{host, model.AlarmHostMatchName}, true
		}
	}
	return AlarmHost{}, false
}

// onlyOne is the one value that the keys lead to; nil when they lead to none or to several.
func onlyOne[V any](keys []string, index map[string]*V) *V {
	var found *V
	for _, key := range keys {
		value, known := index[key]
		if !known {
			continue
		}
		if value == nil || (found != nil && found != value) {
			return nil
		}
		found = value
	}
	return found
}

// AlarmOrderOf is the order that a query asks for; nil means the default one, latest occurrence first.
func AlarmOrderOf(o *model.AlarmOrder) Order[*model.Alarm] {
	order := Order[*model.Alarm]{Descending: true, ID: func(a *model.Alarm) string { return string(a.Source) + " " + a.Csn }}
	field := model.AlarmOrderFieldLastOccurredAt
	if o != nil {
		field, order.Descending = o.Field, o.Direction == model.OrderDirectionDesc
	}
	switch field {
	case model.AlarmOrderFieldFirstOccurredAt:
		order.Name, order.Key = "af", func(a *model.Alarm) model.SortKey { return timeKey(a.FirstOccurredAt) }
	case model.AlarmOrderFieldSeverity:
		order.Name, order.Key = "as", func(a *model.Alarm) model.SortKey { return severityKey(a.Severity) }
	case model.AlarmOrderFieldName:
		order.Name, order.Key = "an", func(a *model.Alarm) model.SortKey { return textKey(a.Name) }
	case model.AlarmOrderFieldLastOccurredAt:
		order.Name, order.Key = "al", func(a *model.Alarm) model.SortKey { return timeKey(a.LastOccurredAt) }
	}
	if order.Descending {
		order.Name += "-"
	}
	return order
}

func timeKey(t *time.Time) model.SortKey {
	if t == nil {
		return model.SortKey{Null: true}
	}
	return model.SortKey{Number: float64(t.UnixMilli())}
}

func severityKey(severity *model.AlarmSeverity) model.SortKey {
	if severity == nil {
		return model.SortKey{Null: true}
	}
	return model.SortKey{Number: float64(len(model.AllAlarmSeverity) - slices.Index(model.AllAlarmSeverity, *severity))}
}

// GapIn tells whether one of the lists has rows of a region that could not be read, and which upstream operation sent them.
func (v *AlarmView) GapIn(region string) (operation string, gap bool) {
	for _, list := range v.lists {
		if _, gap := GapOf(list.Gaps, region); gap {
			return AlarmOperation(list.Source), true
		}
	}
	return "", false
}
