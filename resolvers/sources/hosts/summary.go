package hosts

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Summarise counts hosts.
func Summarise(hosts []*model.Host) *model.HostSummary {
	summary := &model.HostSummary{Total: len(hosts)}
	regions, clusters, models := hostCounts{}, hostCounts{}, hostCounts{}
	zones, architectures, racks := hostCounts{}, hostCounts{}, hostCounts{}
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
		racks.add(host, host.RegionCode, host.Rack)
		for _, processor := range processorModels(host) {
			models.add(host, nil, processor)
		}
	}
	summary.ByRegion = regions.sorted()
	slices.SortFunc(summary.ByRegion, func(a, b *model.HostCount) int {
		return cmp.Or(dataset.NoneLast(a.Value, b.Value), strings.Compare(dataset.Text(a.Value), dataset.Text(b.Value)))
	})
	summary.Clusters, summary.Models = clusters.sorted(), models.sorted()
	summary.AvailabilityZones, summary.ByCPUArchitecture = zones.sorted(), architectures.sorted()
	summary.Racks = racks.sorted()
	return summary
}

// processorModels are the distinct models of a host's processors; one nil for a host without a readable one.
func processorModels(host *model.Host) []*string {
	var models []*string
	for _, processor := range host.Processors {
		known := slices.ContainsFunc(models, func(m *string) bool { return *m == dataset.Text(processor.Model) })
		if processor.Model != nil && !known {
			models = append(models, processor.Model)
		}
	}
	if len(models) == 0 {
		return []*string{nil}
	}
	return models
}

// hostCounts counts hosts by a value and, where the count is by zone or rack, its region.
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
	key := hostCountKey{dataset.Text(region), dataset.Text(value), value != nil}
	count := c[key]
	if count == nil {
		count = &model.HostCount{Value: value, RegionCode: region}
		c[key] = count
	}
	count.Count++
	count.MemoryGib += dataset.ValueOr(host.MemoryGib, 0)
}

func (c hostCounts) sorted() []*model.HostCount {
	counts := slices.Collect(maps.Values(c))
	model.SortHostCounts(counts)
	return counts
}
