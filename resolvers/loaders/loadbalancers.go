package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
)

// ClusterPage is a page of the load-balancer clusters of a region, or of all where region is empty, that are in some
// regions; nil means any. That of a region fails when rows of the region could not be read.
func (s *Set) ClusterPage(
	ctx context.Context, region string, regions []string, args paging.Args,
) (*model.LoadBalancerClusterConnection, error) {
	l, err := list(ctx, s, s.sources.Devices.Clusters, struct{}{})
	if err != nil {
		return nil, err
	}
	items, err := inRegion(&l.List, devices.OperationClusters, region)
	if err != nil {
		return nil, err
	}
	return page(&l.List, items, devices.ClustersIn(regions), devices.ClusterOrder(), args)
}

// ClusterPageOfService is a page of the load-balancer clusters of a service; nil for every service but ELB.
func (s *Set) ClusterPageOfService(
	ctx context.Context, service *model.CloudService, args paging.Args,
) (*model.LoadBalancerClusterConnection, error) {
	if service.Type != model.CloudServiceTypeElb {
		return nil, nil //nolint:nilnil // the upstream has none, which is no failure
	}
	return s.ClusterPage(ctx, service.RegionCode, nil, args)
}

// cluster is the load-balancer cluster with an id; nil when the list has none.
func (s *Set) cluster(ctx context.Context, clusterID string) (*model.LoadBalancerCluster, error) {
	l, err := list(ctx, s, s.sources.Devices.Clusters, struct{}{})
	if err != nil {
		return nil, err
	}
	return sought(l.ByID(clusterID), l, devices.OperationClusters)
}
