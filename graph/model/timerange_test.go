package model_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
)

func TestCheckTimeRange(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		fields map[string]any
		want   string // part of the message; empty when the range is good
	}{
		{"last", map[string]any{"last": "P7D"}, ""},
		{"last of the longest", map[string]any{"last": "P31D"}, ""},
		{"both ends", map[string]any{"from": "2026-11-01T00:00:00Z", "to": "2026-11-20T00:00:00Z"}, ""},
		{"both ends in zones", map[string]any{"from": "2026-11-20T01:00:00+02:00", "to": "2026-11-20T00:00:00Z"}, ""},
		{"open end", map[string]any{"from": "2026-11-01T00:00:00Z"}, ""},
		{"open start", map[string]any{"to": "2026-11-01T00:00:00Z"}, ""},
		{"null beside what counts", map[string]any{"last": nil, "from": "2026-11-01T00:00:00Z", "to": nil}, ""},

		{"nothing", map[string]any{}, "last, from or to"},
		{"nil", nil, "last, from or to"},
		{"nulls", map[string]any{"last": nil, "from": nil, "to": nil}, "last, from or to"},
		{"last and from", map[string]any{"last": "P1D", "from": "2026-11-01T00:00:00Z"}, "either last"},
		{"last and to", map[string]any{"last": "P1D", "to": "2026-11-01T00:00:00Z"}, "either last"},
		{"last too long", map[string]any{"last": "P32D"}, "31 days"},
		{"last of no length", map[string]any{"last": "soon"}, "Duration"},
		{"ends too far apart", map[string]any{"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:01Z"}, "31 days"},
		{"open end too far from its start", map[string]any{"from": "2020-01-01T00:00:00Z"}, "31 days"},
		{"backwards", map[string]any{"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "from before to"},
		{"no length", map[string]any{"from": "2026-11-02T00:00:00Z", "to": "2026-11-02T00:00:00Z"}, "from before to"},
		{
			"backwards in zones",
			map[string]any{"from": "2026-11-20T00:00:00Z", "to": "2026-11-20T01:00:00+02:00"},
			"from before to",
		},
		{"from the future on", map[string]any{"from": "2027-01-01T00:00:00Z"}, "before now"},
		{"no start", map[string]any{"from": "yesterday", "to": "2026-11-01T00:00:00Z"}, "DateTime"},
		{"no end", map[string]any{"to": 12}, "DateTime"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := model.CheckTimeRange(test.fields, now)
			wantMessage(t, err, test.want)
		})
	}
}
