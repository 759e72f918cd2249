package alarms

import (
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Filter is what a query asks of alarms at a moment, but for the hosts that they are about; nil lets all pass.
func Filter(f *model.AlarmFilter, now time.Time) dataset.Filter[*model.Alarm] {
	if f == nil {
		return dataset.Filter[*model.Alarm]{}
	}
	filter := dataset.Filter[*model.Alarm]{
		Fields: []dataset.Field[*model.Alarm]{
			{
				Name: "cleared", Of: func(a *model.Alarm) *string { return dataset.YesNo(!a.Active()) },
				Wanted: dataset.WantedIs(f.Cleared),
			},
			{
				Name:   "acknowledged",
				Of:     func(a *model.Alarm) *string { return dataset.YesNo(dataset.ValueOr(a.Acknowledged, false)) },
				Wanted: dataset.WantedIs(f.Acknowledged),
			},
			{
				Name: "severity", Of: func(a *model.Alarm) *string { return (*string)(a.Severity) },
				Wanted: dataset.TextsOf(f.Severities),
			},
			{
				Name: "source", Of: func(a *model.Alarm) *string { return (*string)(&a.Source) },
				Wanted: dataset.TextsOf(f.Sources),
			},
			{
				Name: "service", Of: func(a *model.Alarm) *string { return (*string)(a.Service) },
				Wanted: dataset.TextsOf(f.Services),
			},
			{Name: "region", Of: func(a *model.Alarm) *string { return a.RegionCode }, Wanted: f.Regions},
			{Name: "definition", Of: func(a *model.Alarm) *string { return a.DefinitionID }, Wanted: f.DefinitionIds},
		},
		Contains: dataset.Contains[*model.Alarm]{
			Name: "name", Of: []func(*model.Alarm) *string{func(a *model.Alarm) *string { return a.Name }},
			Text: dataset.Text(f.NameContains),
		},
		At: func(a *model.Alarm) *time.Time { return a.LastOccurredAt },
	}
	for _, within := range []*model.TimeRange{f.LastOccurred, f.Range} {
		if within == nil {
			continue
		}
		span := dataset.Since(within, now)
		if filter.Span != nil {
			span = span.And(*filter.Span)
		}
		filter.Span = &span
	}
	return filter
}

// Matches reports whether an alarm passes the filter; nil lets all pass. hostOf is called only when it names hosts.
func Matches(f *model.AlarmFilter, now time.Time, hostOf func(*model.Alarm) *string) func(*model.Alarm) bool {
	matches := Filter(f, now).Matches()
	if f == nil || f.HostIds == nil {
		return matches
	}
	hosts := dataset.SetOf(f.HostIds)
	return func(a *model.Alarm) bool { return matches(a) && hosts.Has(hostOf(a)) }
}
