package loaders

import (
	"context"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

// CapacityTotals sums the latest capacity of services (nil: all that have one) over the asked regions and zones (nil: all). It fails as a
// whole when the capacity of one type can't be had: a total that silently lacks a service would lie.
func (s *Set) CapacityTotals(
	ctx context.Context, types []model.CloudServiceType, regions []string, zones []model.CapacityZone,
) ([]*model.CapacityTotal, error) {
	asked := slices.DeleteFunc(slices.Clone(serviceTypes(types)), func(t model.CloudServiceType) bool { return !sources.HasCapacity(t) })
	totals := []*model.CapacityTotal{}
	for i, a := range s.capacity.all(ctx, asked) {
		if a.err != nil {
			return nil, a.err
		}
		s.uses.incomplete(sources.OperationServiceCapacity, a.value.Truncated, a.value.Gaps)
		totals = append(totals, sources.TotalCapacity(asked[i], a.value.All, regions, zones)...)
	}
	return totals, nil
}

// HostSummary counts all hosts that pass the filter.
func (s *Set) HostSummary(ctx context.Context, filter *model.HostFilter) (*model.HostSummary, error) {
	list, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	if filter == nil {
		return list.Summary(), nil
	}
	return sources.SummariseHosts(sources.Select(list.All, sources.HostMatches(filter))), nil
}

// HostSummaryOfRegion counts the hosts of a region. It fails when rows of the region could not be read.
func (s *Set) HostSummaryOfRegion(ctx context.Context, region string, filter *model.HostFilter) (*model.HostSummary, error) {
	list, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	if _, gap := sources.GapOf(list.Gaps, region); gap {
		return nil, sources.GapError(sources.OperationHostDetails)
	}
	return sources.SummariseHosts(sources.Select(list.InRegion(region), sources.HostMatches(filter))), nil
}
