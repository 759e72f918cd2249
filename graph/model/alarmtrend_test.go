package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/graph/model"
)

// cleared is an alarm that was raised and cleared at minutes; nil is an unknown time.
func cleared(first, last *time.Time) *model.Alarm {
	yes := true
	return &model.Alarm{FirstOccurredAt: first, Cleared: &yes, Clearance: &model.AlarmClearance{At: last}}
}

// shownTrend is a trend in short: of each bucket what was raised, cleared and active at its end.
func shownTrend(trend *model.AlarmTrend) string {
	var parts []string
	for _, b := range trend.Buckets {
		active := "-"
		if b.ActiveAtEnd != nil {
			active = fmt.Sprint(*b.ActiveAtEnd)
		}
		parts = append(parts, fmt.Sprintf("%s +%d-%d=%s", b.From.Format("15:04"), b.Raised, b.Cleared, active))
	}
	return strings.Join(parts, " | ")
}

func TestAlarmTrendBorders(t *testing.T) {
	begin := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	minute := func(m int) *time.Time { at := begin.Add(time.Duration(m) * time.Minute); return &at }
	justBefore := begin.Add(10*time.Minute - time.Nanosecond)
	unknown := true
	for _, test := range []struct {
		name     string
		alarms   []*model.Alarm
		complete *time.Time
		want     string
	}{
		{"none", nil, minute(0), "10:00 +0-0=0 | 10:10 +0-0=0 | 10:20 +0-0=0"},
		{
			"raised at a start, and just before",
			[]*model.Alarm{{FirstOccurredAt: minute(10)}, {FirstOccurredAt: &justBefore}},
			minute(0), "10:00 +1-0=1 | 10:10 +1-0=2 | 10:20 +0-0=2",
		},
		{
			"raised before all, and at the end of all",
			[]*model.Alarm{{FirstOccurredAt: minute(-1)}, {FirstOccurredAt: minute(30)}},
			minute(0), "10:00 +0-0=1 | 10:10 +0-0=1 | 10:20 +0-0=1",
		},
		{
			"cleared at a start, and just before",
			[]*model.Alarm{cleared(minute(1), minute(10)), cleared(minute(2), &justBefore), cleared(minute(3), minute(30))},
			minute(0), "10:00 +3-1=2 | 10:10 +0-1=1 | 10:20 +0-0=1",
		},
		{
			"raised and cleared in one bucket",
			[]*model.Alarm{cleared(minute(11), minute(12))},
			minute(0), "10:00 +0-0=0 | 10:10 +1-1=0 | 10:20 +0-0=0",
		},
		{
			"cleared before it was raised",
			[]*model.Alarm{cleared(minute(21), minute(1))},
			minute(0), "10:00 +0-1=0 | 10:10 +0-0=0 | 10:20 +1-0=0",
		},
		{
			"raised, nobody knows when",
			[]*model.Alarm{{}, cleared(nil, minute(11))},
			minute(0), "10:00 +0-0=0 | 10:10 +0-1=0 | 10:20 +0-0=0",
		},
		{
			"cleared, nobody knows when",
			[]*model.Alarm{cleared(minute(11), nil), {FirstOccurredAt: minute(11), Cleared: &unknown}},
			minute(0), "10:00 +0-0=0 | 10:10 +2-0=0 | 10:20 +0-0=0",
		},
		{
			"complete from an end on",
			[]*model.Alarm{{FirstOccurredAt: minute(1)}},
			minute(10), "10:00 +1-0=- | 10:10 +0-0=1 | 10:20 +0-0=1",
		},
		{
			"complete from within a bucket",
			[]*model.Alarm{{FirstOccurredAt: minute(1)}},
			minute(11), "10:00 +1-0=- | 10:10 +0-0=1 | 10:20 +0-0=1",
		},
		{"nowhere complete", []*model.Alarm{{FirstOccurredAt: minute(1)}}, nil, "10:00 +1-0=- | 10:10 +0-0=- | 10:20 +0-0=-"},
	} {
		t.Run(test.name, func(t *testing.T) {
			counts := &model.AlarmCounts{Counted: test.alarms}
			trend := counts.TrendOver(begin, 10*time.Minute, 3, test.complete)
			if got := shownTrend(trend); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if trend.CompleteFrom != test.complete {
				t.Errorf("complete from %v", trend.CompleteFrom)
			}
			if last := trend.Buckets[2]; !last.To.Equal(begin.Add(30 * time.Minute)) {
				t.Errorf("ends at %s", last.To)
			}
		})
	}
}

func TestAlarmTrendBySeverity(t *testing.T) {
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	of := func(severity model.AlarmSeverity) *model.Alarm {
		return &model.Alarm{FirstOccurredAt: &at, Severity: &severity}
	}
	shown := func(alarms ...*model.Alarm) string {
		var parts []string
		counts := &model.AlarmCounts{Counted: alarms}
		for _, c := range counts.TrendOver(at, time.Hour, 1, nil).Buckets[0].BySeverity() {
			name := "unknown"
			if c.Severity != nil {
				name = string(*c.Severity)
			}
			parts = append(parts, fmt.Sprint(name, " ", c.Count))
		}
		return strings.Join(parts, ", ")
	}
	if got := shown(of("WARNING"), of("CRITICAL"), of("WARNING")); got != "CRITICAL 1, MAJOR 0, MINOR 0, WARNING 2" {
		t.Error(got)
	}
	if got := shown(&model.Alarm{FirstOccurredAt: &at}, of("MINOR")); got != "CRITICAL 0, MAJOR 0, MINOR 1, WARNING 0, unknown 1" {
		t.Error(got)
	}
}

// TestAlarmTrendIsWhatAWalkCounts holds trends against counts that look at each alarm for each bucket.
func TestAlarmTrendIsWhatAWalkCounts(t *testing.T) {
	begin := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		moment := rapid.Custom(func(t *rapid.T) *time.Time {
			if rapid.IntRange(0, 6).Draw(t, "unknown") == 0 {
				return nil
			}
			at := begin.Add(time.Duration(rapid.IntRange(-90, 90).Draw(t, "minute")) * time.Minute / 2)
			return &at
		})
		counts := &model.AlarmCounts{}
		without := 0
		for range rapid.IntRange(0, 40).Draw(t, "alarms") {
			alarm := cleared(moment.Draw(t, "first"), moment.Draw(t, "cleared"))
			if rapid.Bool().Draw(t, "active") {
				alarm.Cleared = nil
			} else if alarm.Clearance.At == nil {
				without++
			}
			counts.Counted = append(counts.Counted, alarm)
		}
		length := time.Duration(rapid.IntRange(1, 20).Draw(t, "length")) * time.Minute
		trend := counts.TrendOver(begin, length, rapid.IntRange(0, 9).Draw(t, "buckets"), &time.Time{})
		for i, b := range trend.Buckets {
			from, to := begin.Add(time.Duration(i)*length), begin.Add(time.Duration(i+1)*length)
			in := func(at *time.Time) bool { return at != nil && !at.Before(from) && at.Before(to) }
			raised, gone, active := 0, 0, 0
			for _, a := range counts.Counted {
				if in(a.FirstOccurredAt) {
					raised++
				}
				if !a.Active() && in(a.Clearance.At) {
					gone++
				}
				there := a.FirstOccurredAt != nil && a.FirstOccurredAt.Before(to)
				if there && (a.Active() || a.Clearance.At != nil && !a.Clearance.At.Before(to)) {
					active++
				}
			}
			if got, want := fmt.Sprint(b.Raised, b.Cleared, *b.ActiveAtEnd), fmt.Sprint(raised, gone, active); got != want {
				t.Fatalf("bucket %d: %s, want %s", i, got, want)
			}
		}
		if trend.ClearedWithoutTime != without {
			t.Fatalf("%d cleared without a time, want %d", trend.ClearedWithoutTime, without)
		}
	})
}
