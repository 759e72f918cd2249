package live

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"hash/fnv"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// The kinds of AlarmChange.
const (
	ChangeRaised  = "RAISED"
	ChangeUpdated = "UPDATED"
	ChangeCleared = "CLEARED"
)

// alarmChanges finds changes of alarms: one stream a tenant, one topic for each of the two upstream lists.
type alarmChanges struct {
	live     *Source
	streams  *events.Streams[AlarmChange]
	lists    map[model.AlarmSource]*cache.Set[dataset.Span, *alarms.List]
	hosts    *cache.Set[struct{}, *hosts.List]
	interval time.Duration
}

// FollowAlarms follows the changes of a tenant's alarms. The filter judges an alarm as it is after the change; its
// field cleared keeps no CLEARED back, which followers of active alarms need.
func (l *Source) FollowAlarms(
	ctx context.Context, scope string, filter *model.AlarmFilter, after *EventID,
) (*Following[AlarmChange], error) {
	a := l.alarms
	var topics []liveTopic
	for _, source := range model.AllAlarmSource {
		if filter != nil && filter.Sources != nil && !slices.Contains(filter.Sources, source) {
			continue
		}
		topics = append(topics, liveTopic{part: string(source), begin: func() poll {
			last := alarmDigests{source: source}
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
		After: after, Patience: a.interval, Matches: a.matcher(scope, filter),
	}, topics)
}

// matcher judges changes by a filter.
func (a *alarmChanges) matcher(scope string, filter *model.AlarmFilter) func(context.Context, AlarmChange) bool {
	if filter == nil {
		return nil
	}
	return func(ctx context.Context, change AlarmChange) bool {
		f := *filter
		if change.Kind == ChangeCleared {
			f.Cleared = nil
		}
		var list *hosts.List
		if f.HostIds != nil {
			outcome := a.hosts.One(ctx, scope, struct{}{}, 0)
			if outcome.Err != nil {
				f.HostIds = nil // rather a change too many than one too few
			}
			list = outcome.Held.Value
		}
		return alarms.Matches(&f, a.live.now(), func(alarm *model.Alarm) *string {
			if match, ok := list.OfAlarm(alarm); ok {
				return &match.Host.HostID
			}
			return nil
		})(change.Alarm)
	}
}

// alarmDigests compares generations of one list. The state of a list is a digest of each alarm: see [digestOf].
type alarmDigests struct {
	source model.AlarmSource
	known  map[string]string // of the generation compared last
	of     uint64
}

// compare finds what changed. An alarm that is no longer listed does not count: it has left the days that the list
// covers, or could not be read this time.
func (s *alarmDigests) compare(
	before events.State, held cache.Held[*alarms.List], now time.Time,
) (finding[AlarmChange], error) {
	seen := finding[AlarmChange]{generation: held.Generation, at: held.FetchedAt, wait: untilStale(held, now)}
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
	current := make(map[string]string, len(list.All))
	for _, alarm := range slices.Backward(list.All) { // the oldest change first
		digest := digestOf(alarm)
		current[alarm.Csn] = digest
		was, listed := s.known[alarm.Csn]
		if before.Known && was != digest {
			seen.changes = append(seen.changes, AlarmChange{
				Kind: changeOf(alarm, was, listed), Alarm: alarm, Seen: seenIn(alarms.OperationOf(s.source), held),
			})
		}
	}
	if list.Lacks() { // a missing alarm may only be unread
		for csn, digest := range s.known {
			if _, listed := current[csn]; !listed {
				current[csn] = digest
			}
		}
	}
	var err error
	if !before.Known || len(seen.changes) > 0 || len(current) != len(s.known) {
		seen.state, err = json.Marshal(current)
	}
	s.known, s.of = current, held.Generation
	return seen, err
}

// changeOf is the kind of a change. An alarm that was raised and cleared between two polls counts as cleared.
func changeOf(alarm *model.Alarm, was string, listed bool) string {
	active := listed && was[0] == activeMark
	switch {
	case !alarm.Active() && (active || !listed):
		return ChangeCleared
	case alarm.Active() && !active:
		return ChangeRaised
	default:
		return ChangeUpdated
	}
}

const (
	activeMark  = 'a'
	clearedMark = 'c'
)

// digestOf is the state of an alarm: whether it is active, and a hash of what may change of it.
func digestOf(a *model.Alarm) string {
	h := fnv.New64a()
	for _, part := range []*string{
		a.Name, a.SeverityText, a.AdditionalInformation, a.ProbableCause, a.ManagedObject, a.AffectedService,
		a.MergeKey,
	} {
		writePart(h, part)
	}
	writeTime(h, a.LastOccurredAt)
	occurrences := int64(-1)
	if a.Occurrences != nil {
		occurrences = int64(*a.Occurrences)
	}
	states := []int64{occurrences, int64(threeState(a.Cleared)), int64(threeState(a.Acknowledged))}
	_ = binary.Write(h, binary.BigEndian, states) // a hash takes everything
	if c := a.Clearance; c != nil {
		writeTime(h, c.At)
		for _, part := range []*string{c.By, c.Type, c.Category} {
			writePart(h, part)
		}
	}
	if c := a.Acknowledgement; c != nil {
		writeTime(h, c.At)
		writePart(h, c.By)
	}
	mark := clearedMark
	if a.Active() {
		mark = activeMark
	}
	return string(mark) + base64.RawStdEncoding.EncodeToString(h.Sum(nil))
}

// writePart adds a text with its length, so that "ab","c" differs from "a","bc"; nil differs from the empty text.
func writePart(h hash.Hash64, part *string) {
	if part == nil {
		_, _ = h.Write([]byte{0}) // a hash takes everything
		return
	}
	_, _ = h.Write(binary.AppendUvarint([]byte{1}, uint64(len(*part))))
	_, _ = h.Write([]byte(*part))
}

func writeTime(h hash.Hash64, t *time.Time) {
	ms := int64(-1)
	if t != nil {
		ms = t.UnixMilli()
	}
	_ = binary.Write(h, binary.BigEndian, ms) // a hash takes everything
}

func threeState(b *bool) int {
	switch {
	case b == nil:
		return 0
	case *b:
		return 1
	default:
		return 2
	}
}
