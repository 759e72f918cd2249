package model

import (
	"slices"
	"time"
)

// AlarmTrend is how alarms came and went.
type AlarmTrend struct {
	Buckets            []*AlarmTrendBucket
	ClearedWithoutTime int
	// CompleteFrom is from when on no raise is missing; nil when that is not known.
	CompleteFrom *time.Time
}

// AlarmTrendBucket counts what lies from From on and before To.
type AlarmTrendBucket struct {
	From, To        time.Time
	Raised, Cleared int
	// ActiveAtEnd is nil where it can't be known.
	ActiveAtEnd *int

	raised severityCounts
	active int // what ActiveAtEnd leads to, unless nil
}

// severityCounts counts by severity, in the order of AllAlarmSeverity, and unknown ones last.
type severityCounts [5]int

// BySeverity counts the alarms that were raised: see [CountSeverities].
func (b *AlarmTrendBucket) BySeverity() []*AlarmSeverityCount {
	known := len(AllAlarmSeverity)
	counts := make([]*AlarmSeverityCount, 0, known+1)
	for i := range AllAlarmSeverity {
		counts = append(counts, &AlarmSeverityCount{Severity: &AllAlarmSeverity[i], Count: b.raised[i]})
	}
	if b.raised[known] > 0 {
		counts = append(counts, &AlarmSeverityCount{Count: b.raised[known]})
	}
	return counts
}

// alarmTimes are the moments at which alarms came and went, each list in order, in milliseconds: how many lie in a span
// is found without a look at the alarms.
type alarmTimes struct {
	// raised are the first occurrences, by severity as in severityCounts, cleared the times of clearing.
	raised  [len(severityCounts{})][]int64
	cleared []int64
	// ended are those of clearing again, of the alarms in raised alone, and none before the alarm was raised; endless are
	// the first occurrences of those that are cleared, and nobody knows when.
	ended, endless []int64

	clearedWithoutTime int
}

func timesOf(alarms []*Alarm) *alarmTimes {
	t := &alarmTimes{}
	for _, alarm := range alarms {
		severity := len(AllAlarmSeverity)
		if alarm.Severity != nil {
			severity = slices.Index(AllAlarmSeverity, *alarm.Severity)
		}
		var clearedAt *time.Time
		if !alarm.Active() && alarm.Clearance != nil {
			clearedAt = alarm.Clearance.At
		}
		if clearedAt != nil {
			t.cleared = append(t.cleared, clearedAt.UnixMilli())
		} else if !alarm.Active() {
			t.clearedWithoutTime++
		}
		if alarm.FirstOccurredAt == nil {
			continue
		}
		first := alarm.FirstOccurredAt.UnixMilli()
		t.raised[severity] = append(t.raised[severity], first)
		switch {
		case clearedAt != nil:
			t.ended = append(t.ended, max(first, clearedAt.UnixMilli()))
		case !alarm.Active():
			t.endless = append(t.endless, first)
		}
	}
	for _, times := range append(t.raised[:], t.cleared, t.ended, t.endless) {
		slices.Sort(times)
	}
	return t
}

// before is how many of the times lie before a moment.
func before(times []int64, moment int64) int {
	count, _ := slices.BinarySearch(times, moment)
	return count
}

// times is the index of the times of all alarms that are counted, made when it is first asked for.
func (c *AlarmCounts) times() *alarmTimes {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.index == nil {
		c.index = timesOf(c.Counted)
	}
	return c.index
}

// TrendOver counts what came and went in so many buckets of a length, the first of which begins at a whole millisecond.
// What was active at the end of a bucket is told from completeFrom on; nil tells nowhere.
func (c *AlarmCounts) TrendOver(
	from time.Time, length time.Duration, buckets int, completeFrom *time.Time,
) *AlarmTrend {
	times := c.times()
	trend := &AlarmTrend{
		Buckets: make([]*AlarmTrendBucket, buckets), ClearedWithoutTime: times.clearedWithoutTime, CompleteFrom: completeFrom,
	}
	all := make([]AlarmTrendBucket, buckets)
	raised, cleared := times.until(from)
	for i := range all {
		bucket := &all[i]
		bucket.From, bucket.To = from, from.Add(length)
		nowRaised, nowCleared := times.until(bucket.To)
		for severity, count := range nowRaised {
			bucket.raised[severity] = count - raised[severity]
			bucket.Raised += bucket.raised[severity]
			bucket.active += count
		}
		bucket.Cleared = nowCleared - cleared
		if completeFrom != nil && bucket.To.After(*completeFrom) {
			end := bucket.To.UnixMilli()
			bucket.active -= before(times.ended, end) + before(times.endless, end)
			bucket.ActiveAtEnd = &bucket.active
		}
		trend.Buckets[i] = bucket
		from, raised, cleared = bucket.To, nowRaised, nowCleared
	}
	return trend
}

// until is how many alarms were raised, and how many cleared, before a moment.
func (t *alarmTimes) until(moment time.Time) (raised severityCounts, cleared int) {
	ms := moment.UnixMilli()
	for severity, times := range t.raised {
		raised[severity] = before(times, ms)
	}
	return raised, before(t.cleared, ms)
}
