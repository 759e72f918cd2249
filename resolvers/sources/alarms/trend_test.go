package alarms_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestBuckets(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 7, 23, 5, time.UTC)
	last := func(length time.Duration) *model.TimeRange { return &model.TimeRange{Last: &length} }
	between := func(from, to string) *model.TimeRange {
		within := &model.TimeRange{}
		for text, end := range map[string]**time.Time{from: &within.From, to: &within.To} {
			if at, err := time.Parse("2 15:04:05", text); err == nil {
				at = at.AddDate(2026, 10, 0)
				*end = &at
			}
		}
		return within
	}
	const minute, hour, day = model.AlarmBucketMinute, model.AlarmBucketHour, model.AlarmBucketDay
	for _, test := range []struct {
		name   string
		bucket model.AlarmBucket
		within *model.TimeRange
		offset int
		want   string // the first start, and how many
	}{
		{"thirty days when left out", day, nil, 0, "10-22 00:00 31"},
		{"days from midnight to now", day, last(24 * time.Hour), 0, "11-20 00:00 2"},
		{"days of UTC+8", day, last(24 * time.Hour), 480, "11-19 16:00 2"},
		{"of UTC+8 when another day has begun there", day, between("20 16:00:00", ""), 480, "11-20 16:00 1"},
		{"just before that", day, between("20 15:59:59", ""), 480, "11-19 16:00 2"},
		{"days of UTC+5:45", day, last(time.Hour), 345, "11-20 18:15 1"},
		{"days of UTC-3:30", day, last(7 * time.Hour), -210, "11-20 03:30 2"},
		{"days of UTC+14 and UTC-12", day, last(time.Minute), 840, "11-21 10:00 1"},
		{"the other end", day, last(time.Minute), -720, "11-20 12:00 1"},
		{"hours of UTC", hour, last(2 * time.Hour), 480, "11-21 08:00 3"},
		{"hours of UTC+5:45", hour, last(time.Hour), 345, "11-21 08:15 2"},
		{"hours that begin within the last hour", hour, last(8 * time.Minute), 345, "11-21 09:15 1"},
		{"minutes", minute, last(time.Hour), 345, "11-21 09:07 61"},
		{"on borders", hour, between("21 08:00:00", "21 10:00:00"), 0, "11-21 08:00 2"},
		{"a second less and a second more", hour, between("21 07:59:59", "21 10:00:01"), 0, "11-21 07:00 4"},
		{"within one", hour, between("21 08:10:00", "21 08:20:00"), 0, "11-21 08:00 1"},
		{"the end in the future", hour, between("21 09:00:00", "21 20:00:00"), 0, "11-21 09:00 2"},
		{"all in the future, the bucket has begun", day, between("21 20:00:00", "21 21:00:00"), 0, "11-21 00:00 1"},
		{"all to come", hour, between("21 11:00:00", "21 20:00:00"), 0, "11-21 11:00 0"},
		{"as many as may be", minute, between("20 00:00:00", "21 01:00:00"), 0, "11-20 00:00 1500"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := alarms.BucketsOf(test.bucket, test.within, test.offset, now)
			if err != nil {
				t.Fatal(err)
			}
			if shown := fmt.Sprint(got.From.Format("01-02 15:04"), " ", got.Count); shown != test.want {
				t.Errorf("got %s, want %s", shown, test.want)
			}
		})
	}
	atBorder := now.Truncate(time.Hour)
	for what, test := range map[string]struct {
		within *model.TimeRange
		want   int
	}{
		"the bucket that begins now has begun":                  {between("21 08:00:00", "21 20:00:00"), 3},
		"what reaches up to now has the bucket that holds it":   {last(2 * time.Hour), 3},
		"an end that is given is excluded, also when it is now": {between("21 08:00:00", "21 10:00:00"), 2},
	} {
		if got, err := alarms.BucketsOf(hour, test.within, 0, atBorder); err != nil || got.Count != test.want {
			t.Errorf("%s: %d buckets, %v", what, got.Count, err)
		}
	}
}

func TestBucketsRefused(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 7, 23, 0, time.UTC)
	long, end := 25*time.Hour, now.Add(-time.Hour)
	ancient, coming := time.Time{}.Add(1), now.Add(25*time.Hour+time.Minute)
	for name, within := range map[string]*model.TimeRange{
		"with the present, one more than may be": {Last: &long},
		"no start":                               {To: &end},
		"longer than a span can be":              {From: &ancient},
		"of which most are to come":              {From: &now, To: &coming},
	} {
		_, err := alarms.BucketsOf(model.AlarmBucketMinute, within, 0, now)
		refused, isInput := errors.AsType[*rest.InputError](err)
		if !isInput || refused.Field != "range" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
