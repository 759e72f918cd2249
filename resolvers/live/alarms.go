package live

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// The kinds of AlarmChange; LEFT is that of a follower whose filter the alarm passed before the change only.
const (
	ChangeRaised  = "RAISED"
	ChangeUpdated = "UPDATED"
	ChangeCleared = "CLEARED"
	ChangeLeft    = "LEFT"
)

// alarmChanges finds changes of alarms: one stream a tenant, one topic for each of the two upstream lists.
type alarmChanges struct {
	live     *Source
	streams  events.Streams[AlarmChange]
	lists    map[model.AlarmSource]cache.Set[dataset.Span, *alarms.List]
	hosts    cache.Set[struct{}, *hosts.List]
	devices  cache.Set[struct{}, *devices.List]
	interval time.Duration
}

// FollowAlarms follows the changes of a tenant's alarms. The filter judges an alarm as it is after the change, and one
// that passed it before the change only is reported as LEFT; its field cleared keeps no CLEARED back, which followers
// of active alarms need.
func (l *Source) FollowAlarms(
	ctx context.Context, scope string, filter *model.AlarmFilter, after *EventID,
) (*Following[AlarmChange], error) {
	a := l.alarms
	var topics []liveTopic
	for _, source := range model.AllAlarmSource {
		if filter != nil && filter.Sources != nil && !slices.Contains(filter.Sources, source) {
			continue
		}
		wantFresh := func() { a.lists[source].WantFresh(scope, dataset.Span{}) }
		topics = append(topics, liveTopic{part: string(source), wantFresh: wantFresh, begin: func() poll {
			last := alarmStates{source: source}
			last.list, _ = a.lists[source].Look(scope, dataset.Span{})
			return (&watch[AlarmChange]{
				streams: a.streams, stream: streamOf(scope), part: string(source),
				read: func(ctx context.Context, before events.State) (finding[AlarmChange], error) {
					held, err := newest(ctx, a.lists[source], scope, dataset.Span{}, before)
					if err != nil {
						return finding[AlarmChange]{}, err
					}
					return last.compare(before, held, l.now())
				},
			}).once
		}})
	}
	return follow(ctx, l, a.streams, "alarms", streamOf(scope), events.Wish[AlarmChange]{
		After: after, Patience: a.interval, Select: a.selector(scope, filter),
		News: func(part string, generation uint64) {
			if list := a.lists[model.AlarmSource(part)]; list != nil {
				list.Want(scope, dataset.Span{}, generation)
			}
		},
	}, topics)
}

// selector judges changes by a filter.
func (a *alarmChanges) selector(
	scope string, filter *model.AlarmFilter,
) func(context.Context, AlarmChange) (AlarmChange, bool) {
	if filter == nil {
		return nil
	}
	return func(ctx context.Context, change AlarmChange) (AlarmChange, bool) {
		f := *filter
		var hostOf, deviceOf alarms.About // where one can't be read: rather a change too many than one too few
		if f.HostIds != nil {
			hostOf = aboutIn(ctx, a.hosts, scope, (*hosts.List).OfAlarm,
				func(m hosts.AlarmHost) *string { return &m.Host.HostID })
			if hostOf == nil {
				f.HostIds = nil
			}
		}
		if f.DeviceIds != nil {
			deviceOf = aboutIn(ctx, a.devices, scope, (*devices.List).OfAlarm,
				func(m devices.AlarmDevice) *string { return &m.Device.DeviceID })
			if deviceOf == nil {
				f.DeviceIds = nil
			}
		}
		matches := func(f model.AlarmFilter, alarm *model.Alarm) bool {
			return alarms.Matches(&f, a.live.now(), hostOf, deviceOf)(alarm)
		}
		after := f
		if change.Kind == ChangeCleared {
			after.Cleared = nil
		}
		if matches(after, change.Alarm) {
			return change, true
		}
		if change.Was != nil && matches(f, change.Was) {
			change.Kind = ChangeLeft
			return change, true
		}
		return change, false
	}
}

// aboutIn finds what of a list an alarm is about, by its id; nil when the list can't be read.
func aboutIn[L, M any](
	ctx context.Context, set cache.Set[struct{}, L], scope string,
	match func(L, *model.Alarm) (M, bool), idOf func(M) *string,
) alarms.About {
	outcome := set.One(ctx, scope, struct{}{}, 0)
	if outcome.Err != nil {
		return nil
	}
	return func(alarm *model.Alarm) *string {
		if found, ok := match(outcome.Held.Value, alarm); ok {
			return idOf(found)
		}
		return nil
	}
}

// alarmStates compares generations of one list. The state of a list is that of each alarm: see [stateOfAlarm].
type alarmStates struct {
	source model.AlarmSource
	known  map[string]string // of the generation compared last
	of     uint64
	list   *alarms.List // an earlier generation; nil when none is at hand
}

// compare finds what changed. An alarm that is no longer listed does not count: it has left the days that the list
// covers, or could not be read this time.
func (s *alarmStates) compare(
	before events.State, held cache.Held[*alarms.List], now time.Time,
) (finding[AlarmChange], error) {
	seen := finding[AlarmChange]{generation: held.Generation, at: held.FetchedAt, wait: untilStale(held, before, now)}
	if before.Known && held.Generation <= before.Generation {
		return seen, nil
	}
	if s.known == nil || s.of != before.Generation {
		s.known = map[string]string{}
		if before.Known {
			if err := json.Unmarshal(before.Data, &s.known); err != nil {
				return seen, fmt.Errorf("read published state of alarms: %w", err)
			}
		}
	}
	list := held.Value
	missed, differs := s.missed(before), !before.Known
	current := make(map[string]string, len(list.All))
	for _, alarm := range slices.Backward(list.All) { // the oldest change first
		state := stateOfAlarm(alarm)
		current[alarm.Csn] = state
		was, listed := s.known[alarm.Csn]
		differs = differs || was != state
		if before.Known && was != state && (listed || !missed(alarm)) {
			change := AlarmChange{
				Kind: changeOf(alarm, was, listed), Alarm: alarm, Seen: seenIn(alarms.OperationOf(s.source), held),
			}
			if listed {
				change.Was = s.before(alarm, was)
			}
			seen.changes = append(seen.changes, change)
		}
	}
	if list.Lacks() { // a missing alarm may only be unread
		for csn, state := range s.known {
			if _, listed := current[csn]; !listed {
				current[csn] = state
			}
		}
	}
	var err error
	if differs || len(current) != len(s.known) {
		seen.state, err = json.Marshal(current)
	}
	s.known, s.of, s.list = current, held.Generation, list
	return seen, err
}

// missed is how to recognise an alarm that the reading before may have missed although it was there: one that occurred
// last before the newest alarm of that reading did. By the upstream's own clock, one that is raised later is newer.
func (s *alarmStates) missed(before events.State) func(*model.Alarm) bool {
	if s.list == nil || s.of != before.Generation || !s.list.Unchecked {
		return func(*model.Alarm) bool { return false }
	}
	var newest *time.Time
	for _, alarm := range s.list.All {
		if dataset.Later(alarm.LastOccurredAt, newest) {
			newest = alarm.LastOccurredAt
		}
	}
	return func(alarm *model.Alarm) bool {
		return alarm.LastOccurredAt != nil && dataset.Later(newest, alarm.LastOccurredAt)
	}
}

// before is what filters see of an alarm in an earlier state; nil when they see the same as now.
func (s *alarmStates) before(alarm *model.Alarm, state string) *model.Alarm {
	was := inState(alarm, state)
	if s.list != nil {
		if held := s.list.ByCSN(alarm.Csn); held != nil && stateOfAlarm(held) == state {
			was = filtered(held)
		}
	}
	if reflect.DeepEqual(was, filtered(alarm)) {
		return nil
	}
	return was
}

// changeOf is the kind of a change. An alarm that was raised and cleared between two polls counts as cleared.
func changeOf(alarm *model.Alarm, was string, listed bool) string {
	active := listed && isActive(was)
	switch {
	case !alarm.Active() && (active || !listed):
		return ChangeCleared
	case alarm.Active() && !active:
		return ChangeRaised
	default:
		return ChangeUpdated
	}
}
