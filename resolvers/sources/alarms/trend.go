package alarms

import (
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	// mostBuckets bounds the buckets of a trend.
	mostBuckets = 1500
	// trendBack is how far back a trend without a range reaches.
	trendBack = 30 * oneDay
)

// Buckets are the pieces of time by which a trend counts: so many of one length, the first from a moment on.
type Buckets struct {
	From   time.Time
	Length time.Duration
	Count  int
}

// BucketsOf are the whole buckets that hold a moment of a range, those that have not begun left out: now is one of a
// range that reaches up to it, so that the last bucket holds the present. They begin at whole minutes, hours or days by
// a clock that is so many minutes ahead of UTC. It fails with an *rest.InputError on a range without a start, and on
// one that holds too many buckets, those that have not begun among them.
func BucketsOf(bucket model.AlarmBucket, within *model.TimeRange, offsetMinutes int, now time.Time) (Buckets, error) {
	asked := dataset.RangeLimit{Default: trendBack}.Asked(within, now)
	if asked.From.IsZero() {
		return Buckets{}, &rest.InputError{Field: "range", Message: "The range needs a start: give from or last."}
	}
	withNow := now.Add(1)
	if within == nil || within.To == nil {
		asked.To = withNow
	}
	length := lengthOf(bucket)
	offset := time.Duration(offsetMinutes) * time.Minute
	from := asked.From.UTC().Add(offset).Truncate(length).Add(-offset)
	if bucketsUntil(from, asked.To, length) > mostBuckets {
		return Buckets{}, &rest.InputError{Field: "range", Message: fmt.Sprintf(
			"The range holds more than %d buckets of the length %s; ask for a shorter one, or for longer buckets.",
			mostBuckets, bucket)}
	}
	if withNow.Before(asked.To) {
		asked.To = withNow
	}
	return Buckets{From: from, Length: length, Count: bucketsUntil(from, asked.To, length)}, nil
}

func lengthOf(bucket model.AlarmBucket) time.Duration {
	switch bucket {
	case model.AlarmBucketMinute:
		return time.Minute
	case model.AlarmBucketHour:
		return time.Hour
	default:
		return oneDay
	}
}

// bucketsUntil is how many buckets of a length begin before an end, the first of them at from.
func bucketsUntil(from, to time.Time, length time.Duration) int {
	span := max(to.Sub(from), 0)
	count := int(span / length)
	if span%length > 0 {
		count++
	}
	return count
}
