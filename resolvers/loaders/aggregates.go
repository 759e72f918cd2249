package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// CapacityTotals sums the latest capacity of services over the asked regions and zones; nil means all. It fails as a
// whole when the capacity of one type can't be read: a total that silently lacks a service would be wrong.
func (s *Set) CapacityTotals(
	ctx context.Context, types []model.CloudServiceType, regions []string, zones []model.CapacityZone,
) ([]*model.CapacityTotal, error) {
	asked := withCapacity(types)
	totals := []*model.CapacityTotal{}
	for i, a := range load(s, s.sources.Capacity.Services).all(ctx, asked) {
		if a.err != nil {
			return nil, a.err
		}
		s.uses.incomplete(capacity.OperationService, a.value.Extent)
		s.straysOf(ctx, a.value)
		s.noticeTotals(asked[i], a.value)
		ofType, tooLarge := a.value.Totals(asked[i], regions, zones)
		totals = append(totals, ofType...)
		if tooLarge {
			s.uses.notice(capacity.OperationService,
				string(asked[i])+": the figures are too large to be summed; the sum is null.")
		}
	}
	return totals, nil
}

// HostSummary counts the hosts of a region that pass the filter, or all where region is empty. It fails when rows of
// the region could not be read.
func (s *Set) HostSummary(ctx context.Context, region string, filter *model.HostFilter) (*model.HostSummary, error) {
	l, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	part, err := inRegion(&l.List, hosts.Operation, region)
	if err != nil {
		return nil, err
	}
	return l.Summary(part, hosts.Filter(filter)), nil
}
