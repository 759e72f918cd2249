package live

import (
	"encoding/base64"
	"encoding/binary"
	"hash"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
)

const (
	activeMark  = 'a'
	clearedMark = 'c'
)

// alarmStateForm names what states are made of: replicas that make them of other things have streams of their own,
// since each would find the other's states changed.
const alarmStateForm = " with places"

// stateOfAlarm is the state of an alarm: whether it is active, its severity and acknowledgement, the milliseconds of
// its last occurrence in base 36, a dot, and a hash of what may change of it. Filters read all but the hash.
func stateOfAlarm(a *model.Alarm) string {
	h := fnv.New64a()
	for _, part := range []*string{
		a.Name, a.SeverityText, a.AdditionalInformation, a.ProbableCause, a.ManagedObject, a.AffectedService,
		a.MergeKey, a.RegionCode, a.DefinitionID, (*string)(a.Service), a.RegionText, a.DataCenter, a.ResourcePool,
		a.AvailabilityZone,
	} {
		writePart(h, part)
	}
	if e := a.ManagedElement; e != nil {
		for _, part := range []*string{e.Name, e.Dn, e.NativeDn} {
			writePart(h, part)
		}
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
	state := make([]byte, 0, 32)
	if a.Active() {
		state = append(state, activeMark)
	} else {
		state = append(state, clearedMark)
	}
	state = append(state, severityMark(a.Severity), '0'+byte(threeState(a.Acknowledged)))
	if a.LastOccurredAt != nil {
		state = strconv.AppendInt(state, a.LastOccurredAt.UnixMilli(), 36)
	}
	return string(base64.RawStdEncoding.AppendEncode(append(state, '.'), h.Sum(nil)))
}

// severityMark is a digit for each severity, and a dash for none.
func severityMark(s *model.AlarmSeverity) byte {
	if s == nil {
		return '-'
	}
	return '0' + byte(slices.Index(model.AllAlarmSeverity, *s)) //nolint:gosec // a few severities
}

func isActive(state string) bool { return state != "" && state[0] == activeMark }

// inState is what filters see of an alarm in an earlier state, as far as the state has it; the rest is as now.
func inState(alarm *model.Alarm, state string) *model.Alarm {
	was := filtered(alarm)
	head, _, ok := strings.Cut(state, ".")
	if !ok || len(head) < stateMarks {
		return was
	}
	cleared, acknowledged := !isActive(state), head[2] == '0'+byte(threeState(new(true)))
	was.Cleared, was.Acknowledged, was.Severity, was.LastOccurredAt = &cleared, &acknowledged, nil, nil
	if i := int(head[1]) - '0'; i >= 0 && i < len(model.AllAlarmSeverity) {
		was.Severity = &model.AllAlarmSeverity[i]
	}
	if ms, err := strconv.ParseInt(head[stateMarks:], 36, 64); err == nil {
		at := time.UnixMilli(ms).UTC()
		was.LastOccurredAt = &at
	}
	return was
}

// stateMarks is how many bytes of a state come before the time.
const stateMarks = 3

// filtered is what filters see of an alarm: no more is carried of its earlier state.
func filtered(a *model.Alarm) *model.Alarm {
	cleared, acknowledged := !a.Active(), a.Acknowledged != nil && *a.Acknowledged
	seen := &model.Alarm{
		Csn: a.Csn, Source: a.Source, Name: a.Name, DefinitionID: a.DefinitionID, Severity: a.Severity,
		RegionCode: a.RegionCode, Cleared: &cleared, Acknowledged: &acknowledged, Service: a.Service,
		SerialNumbers: a.SerialNumbers, Addresses: a.Addresses, Identifiers: a.Identifiers,
		ManagedObject: a.ManagedObject, RegionText: a.RegionText, DataCenter: a.DataCenter, ResourcePool: a.ResourcePool,
		AvailabilityZone: a.AvailabilityZone, AdditionalInformation: a.AdditionalInformation,
	}
	if a.LastOccurredAt != nil {
		at := a.LastOccurredAt.UTC().Truncate(time.Millisecond)
		seen.LastOccurredAt = &at
	}
	if a.ManagedElement != nil {
		seen.ManagedElement = &model.ManagedElement{Name: a.ManagedElement.Name}
	}
	return seen
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
