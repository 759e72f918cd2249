package dataset_test

import (
	"errors"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestWindow(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 30, 0, time.UTC)
	at := func(text string) *time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return &moment
	}
	length := func(d time.Duration) *model.TimeRange { return &model.TimeRange{Last: &d} }
	minutes := dataset.RangeLimit{Of: "host metrics", Default: time.Hour, Most: 24 * time.Hour, Step: time.Minute}
	hours := dataset.RangeLimit{Of: "instances", Most: 7 * 24 * time.Hour, Step: time.Hour}
	tests := map[string]struct {
		limit        dataset.RangeLimit
		within       *model.TimeRange
		from, to     string
		empty        bool
		wantSentence string
	}{
		"default": {limit: minutes, from: "2026-11-21T09:00:00Z", to: "2026-11-21T10:01:00Z"},
		"last": {
			limit: minutes, within: length(10 * time.Minute), from: "2026-11-21T09:50:00Z",
			to: "2026-11-21T10:01:00Z",
		},
		"exactly the limit": {
			limit: minutes, within: length(24 * time.Hour), from: "2026-11-20T10:00:00Z",
			to: "2026-11-21T10:01:00Z",
		},
		"a second too long": {
			limit: minutes, within: length(24*time.Hour + time.Second),
			wantSentence: "The range is 24 hours and 1 second long; host metrics can be asked for 24 hours at most.",
		},
		"days": {
			limit: minutes, within: length(72 * time.Hour),
			wantSentence: "The range is 3 days long; host metrics can be asked for 24 hours at most.",
		},
		"by its ends": {
			limit: minutes, within: &model.TimeRange{From: at("2026-11-19T10:00:00Z"), To: at("2026-11-20T10:00:00.2Z")},
			wantSentence: "The range is 24 hours and 1 second long; host metrics can be asked for 24 hours at most.",
		},
		"rounded outwards": {
			limit: minutes, within: &model.TimeRange{From: at("2026-11-21T08:59:59Z"), To: at("2026-11-21T09:00:01Z")},
			from: "2026-11-21T08:59:00Z", to: "2026-11-21T09:01:00Z",
		},
		"open end": {
			limit: minutes, within: &model.TimeRange{From: at("2026-11-21T09:00:00Z")},
			from: "2026-11-21T09:00:00Z", to: "2026-11-21T10:01:00Z",
		},
		"in another zone": {
			limit: minutes, within: &model.TimeRange{From: at("2026-11-21T17:00:00+08:00")},
			from: "2026-11-21T09:00:00Z", to: "2026-11-21T10:01:00Z",
		},
		"end in the future": {
			limit: minutes, within: &model.TimeRange{From: at("2026-11-21T09:00:00Z"), To: at("2026-11-21T23:00:00Z")},
			from: "2026-11-21T09:00:00Z", to: "2026-11-21T10:01:00Z",
		},
		"in the future": {
			limit: minutes, within: &model.TimeRange{From: at("2026-11-22T09:00:00Z"), To: at("2026-11-22T10:00:00Z")},
			from: "2026-11-22T09:00:00Z", to: "2026-11-21T10:01:00Z", empty: true,
		},
		"open start": {
			limit: minutes, within: &model.TimeRange{To: at("2026-11-21T09:00:00Z")},
			wantSentence: "The range needs a start: give from or last.",
		},
		"whole hours": {limit: hours, within: length(time.Hour), from: "2026-11-21T09:00:00Z", to: "2026-11-21T11:00:00Z"},
		"a week and a bit": {
			limit: hours, within: length(7*24*time.Hour + 90*time.Minute),
			wantSentence: "The range is 7 days, 1 hour and 30 minutes long; instances can be asked for 7 days at most.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.limit.Window(test.within, now)
			if test.wantSentence != "" {
				refused, ok := errors.AsType[*rest.InputError](err)
				if !ok || refused.Message != test.wantSentence || refused.Field != "range" {
					t.Fatalf("got %v %v, want the sentence %q", got, err, test.wantSentence)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := dataset.Span{From: *at(test.from), To: *at(test.to)}
			if got != want || got.Empty() != test.empty {
				t.Errorf("got %v (empty %t), want %v (empty %t)", got, got.Empty(), want, test.empty)
			}
		})
	}
}
