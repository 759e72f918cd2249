package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addLoadBalancerLoaders(ctx context.Context) {
	scope, maxAge, clusters := s.options.Scope, s.options.MaxAge, s.sources.LoadBalancers
	s.clusters = newLoader(ctx, s, sources.OperationLoadBalancers,
		func(ctx context.Context, _ struct{}) (answer[*sources.ClusterList], bool) {
			held, ok := clusters.Peek(ctx, scope)
			return fromHeld(held, nil), ok
		},
		func(ctx context.Context, keys []struct{}) map[struct{}]answer[*sources.ClusterList] {
			return everyKey(keys, func(struct{}) answer[*sources.ClusterList] {
				return fromHeld(clusters.Load(ctx, scope, maxAge))
			})
		})
}

// allClusters is the complete list of load-balancer clusters, the same one for the whole operation.
func (s *Set) allClusters(ctx context.Context) (*sources.ClusterList, error) {
	a := s.clusters.one(ctx, struct{}{})
	if a.err != nil {
		return nil, a.err
	}
	s.uses.incomplete(sources.OperationLoadBalancers, a.value.Truncated, a.value.Gaps)
	return a.value, nil
}

// ClusterPage is a page of the load-balancer clusters of some regions; nil means all of them.
func (s *Set) ClusterPage(ctx context.Context, regions []string, args PageArgs) (*model.LoadBalancerClusterConnection, error) {
	list, err := s.allClusters(ctx)
	if err != nil {
		return nil, err
	}
	page, err := Paginate(list.InRegions(regions), sources.ClusterOrder(), args)
	if err != nil {
		return nil, err
	}
	return countedUnless(list.Truncated, page), nil
}

// ClusterPageOfRegion is a page of the load-balancer clusters of a region. It fails when rows of the region could not be read.
func (s *Set) ClusterPageOfRegion(ctx context.Context, region string, args PageArgs) (*model.LoadBalancerClusterConnection, error) {
	list, err := s.allClusters(ctx)
	if err != nil {
		return nil, err
	}
	if _, gap := sources.GapOf(list.Gaps, region); gap {
		return nil, sources.GapError(sources.OperationLoadBalancers)
	}
	page, err := Paginate(list.InRegion(region), sources.ClusterOrder(), args)
	if err != nil {
		return nil, err
	}
	return countedUnless(list.Truncated, page), nil
}

// ClusterPageOfService is a page of the load-balancer clusters behind a service; nil for every service but ELB.
func (s *Set) ClusterPageOfService(
	ctx context.Context, service *model.CloudService, args PageArgs,
) (*model.LoadBalancerClusterConnection, error) {
	if service.Type != model.CloudServiceTypeElb {
		return nil, nil //nolint:nilnil // the upstream has none, which is no failure
	}
	return s.ClusterPageOfRegion(ctx, service.RegionCode, args)
}

// cluster is the load-balancer cluster with an id; nil when the list has none.
func (s *Set) cluster(ctx context.Context, clusterID string) (*model.LoadBalancerCluster, error) {
	list, err := s.allClusters(ctx)
	if err != nil {
		return nil, err
	}
	return list.ByID(clusterID), nil
}
