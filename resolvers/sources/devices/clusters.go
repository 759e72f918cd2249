package devices

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// Clusters is one generation of all load-balancer clusters, by region, code and id: the latest measurement of each.
type Clusters struct {
	dataset.List[*model.LoadBalancerCluster]
	byID map[string]*model.LoadBalancerCluster
}

func addClusters(cfg dataset.Config) cache.Set[struct{}, *Clusters] {
	return dataset.AddWhole(cfg, dataset.Whole[struct{}, esm.LoadBalancerCluster, *Clusters]{
		Operation: OperationClusters,
		Ages:      cfg.Ages.Instances,
		Row:       esm.LoadBalancerCluster.RowKey,
		Read: func(ctx context.Context, _ struct{}) (cache.Fetched[esm.LoadBalancerCluster], error) {
			list, err := cfg.ESM.LoadBalancerClusters(ctx)
			return dataset.FetchedOf(cfg, OperationClusters, list, "region_id"), err
		},
		Build: func(scope string, _ struct{}, f cache.Fetched[esm.LoadBalancerCluster]) (*Clusters, int64) {
			dataset.LearnLabels(cfg, scope, f.Records, func(r esm.LoadBalancerCluster) (loose.Text, []loose.Text) {
				return r.RegionID, []loose.Text{r.RegionName}
			})
			list := buildClusters(cfg.In(scope), f)
			return list, int64(len(list.All)) * bytesOfCluster
		},
		Regions: (*Clusters).RegionCodes,
	})
}

// bytesOfCluster is about what a converted cluster takes in memory.
const bytesOfCluster = 1000

func buildClusters(cfg dataset.Config, f cache.Fetched[esm.LoadBalancerCluster]) *Clusters {
	byID := make(map[string]*model.LoadBalancerCluster, len(f.Records))
	for _, record := range f.Records {
		cluster := convertCluster(cfg, record)
		if before := byID[cluster.ClusterID]; before == nil || dataset.Later(cluster.ObservedAt, before.ObservedAt) {
			byID[cluster.ClusterID] = cluster
		}
	}
	order := ClusterOrder()
	all := dataset.Sorted(order, slices.Collect(maps.Values(byID)))
	return &Clusters{
		List: dataset.NewList(all, order, dataset.ExtentOf(f),
			func(c *model.LoadBalancerCluster) *string { return c.RegionCode }),
		byID: byID,
	}
}

// ByID is the cluster with an id; nil when the list has none.
func (l *Clusters) ByID(clusterID string) *model.LoadBalancerCluster { return l.byID[clusterID] }

// ClustersIn asks for the clusters of some regions; nil lets all pass.
func ClustersIn(codes []string) dataset.Filter[*model.LoadBalancerCluster] {
	return dataset.Filter[*model.LoadBalancerCluster]{Fields: []dataset.Field[*model.LoadBalancerCluster]{
		{Name: "region", Of: func(c *model.LoadBalancerCluster) *string { return c.RegionCode }, Wanted: codes},
	}}
}

// ClusterOrder is the order of clusters: by region, code and id, those without a region or code last.
func ClusterOrder() dataset.Order[*model.LoadBalancerCluster] {
	return dataset.Order[*model.LoadBalancerCluster]{
		Name: "lr",
		Key:  func(c *model.LoadBalancerCluster) model.SortKey { return dataset.TextKey(c.RegionCode) },
		ID: func(c *model.LoadBalancerCluster) string {
			if c.Code == nil {
				return "1 " + c.ClusterID
			}
			return "0 " + *c.Code + " " + c.ClusterID
		},
	}
}

// convertCluster turns a record, which has a cluster id, into a cluster.
func convertCluster(cfg dataset.Config, r esm.LoadBalancerCluster) *model.LoadBalancerCluster {
	occupancy := func(of string, used, capacity loose.Number) *model.ClusterOccupancy {
		return model.NewClusterOccupancy(count(cfg, used, of+"_count"), count(cfg, capacity, of+"_capacity"))
	}
	return &model.LoadBalancerCluster{
		ID:              model.NewID(model.KindLoadBalancerCluster, r.ClusterID.String()),
		ClusterID:       r.ClusterID.String(),
		Name:            r.ClusterName.Ptr(),
		Code:            r.ClusterCode.Ptr(),
		Type:            r.Type.Ptr(),
		RegionCode:      cfg.RegionIn(r.RegionID, OperationClusters, "region_id"),
		RegionText:      r.RegionName.Ptr(),
		NodesText:       r.Nodes.Ptr(),
		LoadBalancers:   occupancy("lb", r.LoadBalancers, r.MaxLoadBalancers),
		LoadBalancersV5: count(cfg, r.LoadBalancersV5, "lb_v5_count"),
		Layer4Listeners: occupancy("l4_listener", r.Layer4Listeners, r.MaxLayer4Listeners),
		Layer7Listeners: occupancy("l7_listener", r.Layer7Listeners, r.MaxLayer7Listeners),
		Layer4Members:   occupancy("l4_member", r.Layer4Members, r.MaxLayer4Members),
		Layer7Members:   occupancy("l7_member", r.Layer7Members, r.MaxLayer7Members),
		ObservedAt:      cfg.Instant(r.Time, time.UTC, OperationClusters, "time_stamp"),
	}
}

// count is a whole number of a cluster; nil for an empty text, which is absent and not 0 (quirk 21), and for all else.
func count(cfg dataset.Config, n loose.Number, field string) *int {
	whole := dataset.WholeNumber(n)
	if whole == nil && !n.IsAbsent() {
		cfg.Unreadable(OperationClusters, field)
	}
	return whole
}
