package alarms

import (
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Filter is what a query asks of alarms at a moment, but for the hosts and devices that they are about; nil lets all
// pass.
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
		Also: dataset.Contains[*model.Alarm]{Name: "texts", Of: textsOf(), Text: dataset.Text(f.TextContains)},
		At:   func(a *model.Alarm) *time.Time { return a.LastOccurredAt },
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

// textsOf are the texts of an alarm by which someone who looks for it may know it.
func textsOf() []func(*model.Alarm) *string {
	return []func(*model.Alarm) *string{
		func(a *model.Alarm) *string { return a.Name },
		func(a *model.Alarm) *string { return &a.Csn },
		func(a *model.Alarm) *string { return a.ManagedObject },
		func(a *model.Alarm) *string {
			if a.ManagedElement == nil {
				return nil
			}
			return a.ManagedElement.Name
		},
		func(a *model.Alarm) *string { return a.RegionCode },
		func(a *model.Alarm) *string { return a.RegionText },
		func(a *model.Alarm) *string { return a.DataCenter },
		func(a *model.Alarm) *string { return a.ResourcePool },
		func(a *model.Alarm) *string { return a.AvailabilityZone },
		func(a *model.Alarm) *string { return a.AdditionalInformation },
	}
}

// About finds the id of what an alarm is about; nil when none or more than one was recognised.
type About func(*model.Alarm) *string

// Matches reports whether an alarm passes the filter; nil lets all pass. hostOf and deviceOf are called only when it
// names hosts, and devices.
func Matches(f *model.AlarmFilter, now time.Time, hostOf, deviceOf About) func(*model.Alarm) bool {
	matches := dataset.Matches(Filter(f, now))
	if f == nil || f.HostIds == nil && f.DeviceIds == nil {
		return matches
	}
	hosts, devices := dataset.SetOf(f.HostIds), dataset.SetOf(f.DeviceIds)
	return func(a *model.Alarm) bool {
		return matches(a) && (hosts == nil || hosts.Has(hostOf(a))) && (devices == nil || devices.Has(deviceOf(a)))
	}
}
