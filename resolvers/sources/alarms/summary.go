package alarms

import (
	"cmp"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Summarise counts alarms that stand latest first.
func Summarise(alarms []*model.Alarm) *model.AlarmCounts {
	summary := &model.AlarmCounts{Total: len(alarms), Counted: alarms}
	active := make([]*model.Alarm, 0, len(alarms))
	for _, alarm := range alarms {
		if alarm.Acknowledged != nil && *alarm.Acknowledged {
			summary.Acknowledged++
		}
		if alarm.Active() {
			active = append(active, alarm)
		}
	}
	summary.Active = len(active)
	summary.BySeverity = model.CountSeverities(active)
	summary.ByService = countServices(active)
	summary.ByRegion = countRegions(alarms)
	if len(alarms) > 0 {
		summary.Latest = alarms[0]
	}
	return summary
}

// countServices counts active alarms by service, most first and those of no known service last.
func countServices(active []*model.Alarm) []*model.AlarmServiceCount {
	of := map[model.CloudServiceType][]*model.Alarm{}
	for _, alarm := range active {
		service := dataset.ValueOr(alarm.Service, "")
		of[service] = append(of[service], alarm)
	}
	counts := make([]*model.AlarmServiceCount, 0, len(of))
	for _, service := range dataset.NamesThenNone(of) {
		counts = append(counts, &model.AlarmServiceCount{
			Service: dataset.SomeOrNil(service), Count: len(of[service]), BySeverity: model.CountSeverities(of[service]),
		})
	}
	slices.SortStableFunc(counts, func(a, b *model.AlarmServiceCount) int {
		return cmp.Or(dataset.NoneLast(a.Service, b.Service), cmp.Compare(b.Count, a.Count))
	})
	return counts
}

// countRegions counts alarms by region, most active ones first and those that name no region last.
func countRegions(alarms []*model.Alarm) []*model.AlarmRegionCount {
	total, active := map[string]int{}, map[string][]*model.Alarm{}
	for _, alarm := range alarms {
		code := dataset.Text(alarm.RegionCode)
		total[code]++
		if alarm.Active() {
			active[code] = append(active[code], alarm)
		}
	}
	counts := make([]*model.AlarmRegionCount, 0, len(total))
	for _, code := range dataset.NamesThenNone(total) {
		counts = append(counts, &model.AlarmRegionCount{
			RegionCode: dataset.SomeOrNil(code), Total: total[code], Active: len(active[code]),
			BySeverity: model.CountSeverities(active[code]),
		})
	}
	slices.SortStableFunc(counts, func(a, b *model.AlarmRegionCount) int {
		return cmp.Or(dataset.NoneLast(a.RegionCode, b.RegionCode), cmp.Compare(b.Active, a.Active))
	})
	return counts
}
