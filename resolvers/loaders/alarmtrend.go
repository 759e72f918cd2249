package loaders

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// AlarmTrend is how the alarms of a summary came and went in the buckets that hold a moment of a range; nil is the last
// 30 days.
func (s *Set) AlarmTrend(
	ctx context.Context, of *model.AlarmSummary, bucket model.AlarmBucket, within *model.TimeRange, offsetMinutes int,
) (*model.AlarmTrend, error) {
	b, err := alarms.BucketsOf(bucket, within, offsetMinutes, s.windowMoment(within))
	if err != nil {
		return nil, err
	}
	complete, err := of.CompleteFrom(ctx)
	if err != nil {
		return nil, err
	}
	return of.TrendOver(b.From, b.Length, b.Count, complete), nil
}

// completeFrom is from when on the alarms of a summary lack none of those that were raised, by the lists that it counts
// and the span of its filter; nil when that is not known. The lists are those that the operation has seen.
func (s *Set) completeFrom(ctx context.Context, of AlarmsOf, filter *model.AlarmFilter) (*time.Time, error) {
	wanted, days, some, err := s.alarmsWanted(filter)
	if err != nil || !some {
		return nil, err
	}
	var from time.Time
	for _, a := range s.alarmLists(ctx, wanted, days) {
		if a.err != nil {
			return nil, a.err
		}
		if incomplete(a.value.Extent, of.Region) {
			return nil, nil
		}
		if days.From.IsZero() {
			from = latest(from, s.sources.Alarms.Begin(a.age.FetchedAt))
		}
	}
	if filter == nil {
		return &from, nil
	}
	for _, within := range []*model.TimeRange{filter.LastOccurred, filter.Range} {
		span := dataset.Since(within, s.options.Now)
		if !span.To.IsZero() && !span.To.After(s.options.Now) {
			return nil, nil
		}
		from = latest(from, span.From)
	}
	return &from, nil
}

// incomplete reports whether a list may lack alarms of a region, or any where region is empty. A region of which rows
// could not be read has no summary.
func incomplete(list dataset.Extent, region string) bool {
	return list.Truncated || list.Code != "" || len(list.Gaps) > 0 && region == ""
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
