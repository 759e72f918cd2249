package sources

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
)

// TotalCapacity sums the rows of one service that are in the asked regions and zones (nil: all), one total for each unit, in the order of
// the units and the unknown one last. Nil when there is no row.
func TotalCapacity(
	service model.CloudServiceType, rows []*model.ServiceCapacity, regions []string, zones []model.CapacityZone,
) []*model.CapacityTotal {
	inRegions, inZones := setOf(regions), setOf(zones)
	byUnit := map[model.CapacityUnit][]*model.ServiceCapacity{}
	for _, row := range rows {
		if inRegions.has(row.RegionCode) && inZones.has(row.Zone) {
			unit := valueOr(row.Unit, "")
			byUnit[unit] = append(byUnit[unit], row)
		}
	}
	var totals []*model.CapacityTotal
	for _, unit := range append(slices.Clone(model.AllCapacityUnit), "") {
		if len(byUnit[unit]) > 0 {
			totals = append(totals, totalOf(service, byUnit[unit]))
		}
	}
	return totals
}

// totalOf sums rows of one unit.
func totalOf(service model.CloudServiceType, rows []*model.ServiceCapacity) *model.CapacityTotal {
	total := &model.CapacityTotal{Type: service, Unit: rows[0].Unit, Sum: &model.CapacitySum{}}
	regions, zones, metrics := map[string]*model.CapacitySum{}, map[model.CapacityZone]*model.CapacitySum{}, map[string]*model.CapacitySum{}
	for _, row := range rows {
		total.Sum.Add(row)
		sumUnder(regions, text(row.RegionCode)).Add(row)
		sumUnder(zones, valueOr(row.Zone, "")).Add(row)
		sumUnder(metrics, text(row.MetricType)).Add(row)
	}
	for _, code := range namesThenNone(regions) {
		total.ByRegion = append(total.ByRegion, &model.CapacityRegionTotal{RegionCode: someOrNil(code), Sum: regions[code]})
	}
	for _, zone := range namesThenNone(zones) {
		total.ByZone = append(total.ByZone, &model.CapacityZoneTotal{Zone: someOrNil(zone), Sum: zones[zone]})
	}
	for _, metric := range namesThenNone(metrics) {
		total.ByMetricType = append(total.ByMetricType, &model.CapacityModelTotal{MetricType: someOrNil(metric), Sum: metrics[metric]})
	}
	return total
}

func sumUnder[K comparable](sums map[K]*model.CapacitySum, key K) *model.CapacitySum {
	if sums[key] == nil {
		sums[key] = &model.CapacitySum{}
	}
	return sums[key]
}

// namesThenNone are the keys in order, and the empty one, which stands for nothing, last.
func namesThenNone[K ~string, V any](index map[K]V) []K {
	return slices.SortedFunc(maps.Keys(index), func(a, b K) int {
		return cmp.Or(noneLast(someOrNil(a), someOrNil(b)), strings.Compare(string(a), string(b)))
	})
}

// noneLast puts what there is before what there is not.
func noneLast[T any](a, b *T) int {
	switch {
	case (a == nil) == (b == nil):
		return 0
	case a == nil:
		return 1
	default:
		return -1
	}
}

func valueOr[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

// someOrNil is nil for the empty text, which stands for nothing.
func someOrNil[T ~string](value T) *T {
	if value == "" {
		return nil
	}
	return &value
}

// SummariseHosts counts hosts.
func SummariseHosts(hosts []*model.Host) *model.HostSummary {
	summary := &model.HostSummary{Total: len(hosts)}
	regions, clusters, models := hostCounts{}, hostCounts{}, hostCounts{}
	zones, architectures := hostCounts{}, hostCounts{}
	for _, host := range hosts {
		if host.MemoryGib != nil {
			summary.MemoryGib += *host.MemoryGib
		} else {
			summary.HostsWithoutMemory++
		}
		regions.add(host, nil, host.RegionCode)
		clusters.add(host, nil, host.Cluster)
		zones.add(host, host.RegionCode, host.AvailabilityZone)
		architectures.add(host, nil, host.CPUArchitecture)
		for _, processor := range processorModels(host) {
			models.add(host, nil, processor)
		}
	}
	summary.ByRegion = regions.sorted()
	slices.SortFunc(summary.ByRegion, func(a, b *model.HostCount) int {
		return cmp.Or(noneLast(a.Value, b.Value), strings.Compare(text(a.Value), text(b.Value)))
	})
	summary.Clusters, summary.Models = clusters.sorted(), models.sorted()
	summary.AvailabilityZones, summary.ByCPUArchitecture = zones.sorted(), architectures.sorted()
	return summary
}

// processorModels are the distinct models of a host's processors; one nil for a host without a readable one.
func processorModels(host *model.Host) []*string {
	var models []*string
	for _, processor := range host.Processors {
		known := slices.ContainsFunc(models, func(m *string) bool { return *m == text(processor.Model) })
		if processor.Model != nil && !known {
			models = append(models, processor.Model)
		}
	}
	if len(models) == 0 {
		return []*string{nil}
	}
	return models
}

// hostCounts counts hosts by a value and, where the count is by zone, its region.
type hostCounts map[hostCountKey]*model.HostCount

type hostCountKey struct {
	region, value string
	known         bool
}

// add counts a host under a value; hosts without the value are counted together, whatever their region.
func (c hostCounts) add(host *model.Host, region, value *string) {
	if value == nil {
		region = nil
	}
	key := hostCountKey{text(region), text(value), value != nil}
	count := c[key]
	if count == nil {
		count = &model.HostCount{Value: value, RegionCode: region}
		c[key] = count
	}
	count.Count++
	count.MemoryGib += valueOr(host.MemoryGib, 0)
}

func (c hostCounts) sorted() []*model.HostCount {
	counts := make([]*model.HostCount, 0, len(c))
	for _, count := range c {
		counts = append(counts, count)
	}
	model.SortHostCounts(counts)
	return counts
}
