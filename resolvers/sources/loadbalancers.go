package sources

import (
	"context"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// OperationLoadBalancers is the upstream operation behind load-balancer clusters.
const OperationLoadBalancers = "listElbv3Capacity"

// LoadBalancers is the source of load-balancer clusters: one snapshot of the whole list.
type LoadBalancers struct {
	snapshot *cache.Snapshot[esm.LoadBalancerCluster, *ClusterList]
}

// ClusterList is one generation of the complete list: the latest measurement of each cluster.
type ClusterList struct {
	// All holds every cluster, by region, code and id.
	All []*model.LoadBalancerCluster
	// Gaps are the rows that could not be read, by region code.
	Gaps []cache.Gap
	// Truncated tells that the list was longer than the pages that are read.
	Truncated bool

	byID     map[string]*model.LoadBalancerCluster
	byRegion map[string][]*model.LoadBalancerCluster
}

func newLoadBalancers(cfg Config, regions *Regions) (*LoadBalancers, error) {
	snapshot, err := cache.NewSnapshot(cache.SnapshotConfig[esm.LoadBalancerCluster, *ClusterList]{
		Operation: OperationLoadBalancers,
		Ages:      cfg.Ages.Instances,
		Tiers:     cfg.Tiers,
		Fetch: func(ctx context.Context, _ cache.Key) (cache.Fetched[esm.LoadBalancerCluster], error) {
			list, err := cfg.ESM.LoadBalancerClusters(lane(ctx))
			return fetched(list, "region_id"), asFetchError(err)
		},
		Build: func(key cache.Key, f cache.Fetched[esm.LoadBalancerCluster]) (*ClusterList, int64) {
			list := buildClusters(cfg, f)
			regions.learn(key.Scope, sortedKeys(list.byRegion))
			return list, int64(len(list.All)) * bytesOfCluster
		},
	})
	if err != nil {
		return nil, fmt.Errorf("load balancer snapshot: %w", err)
	}
	return &LoadBalancers{snapshot: snapshot}, nil
}

func (l *LoadBalancers) close() { l.snapshot.Close() }

// Peek gives the clusters when memory has them; it never waits.
func (l *LoadBalancers) Peek(ctx context.Context, scope string) (cache.Held[*ClusterList], bool) {
	return l.snapshot.Peek(ctx, cache.Key{Scope: scope})
}

// Load gives the clusters, fetched when they must be.
func (l *LoadBalancers) Load(ctx context.Context, scope string, maxAge time.Duration) (cache.Held[*ClusterList], error) {
	return l.snapshot.Get(ctx, cache.Key{Scope: scope}, maxAge)
}

// bytesOfCluster is about what a converted cluster takes in memory.
const bytesOfCluster = 1000

func buildClusters(cfg Config, f cache.Fetched[esm.LoadBalancerCluster]) *ClusterList {
	list := &ClusterList{
		Gaps:      f.Gaps,
		Truncated: f.Truncated,
		byID:      make(map[string]*model.LoadBalancerCluster, len(f.Records)),
		byRegion:  map[string][]*model.LoadBalancerCluster{},
	}
	for _, record := range f.Records {
		cluster := convertCluster(cfg, record)
		if cluster == nil {
			continue
		}
		if before := list.byID[cluster.ClusterID]; before == nil || later(cluster.ObservedAt, before.ObservedAt) {
			list.byID[cluster.ClusterID] = cluster
		}
	}
	clusters := make([]*model.LoadBalancerCluster, 0, len(list.byID))
	for _, cluster := range list.byID {
		clusters = append(clusters, cluster)
	}
	list.All = ClusterOrder().Sorted(clusters)
	for _, cluster := range list.All {
		if cluster.RegionCode != nil {
			list.byRegion[*cluster.RegionCode] = append(list.byRegion[*cluster.RegionCode], cluster)
		}
	}
	return list
}

// ByID is the cluster with an id; nil when the list has none.
func (l *ClusterList) ByID(clusterID string) *model.LoadBalancerCluster { return l.byID[clusterID] }

// InRegion holds the clusters of a region, by code and id.
func (l *ClusterList) InRegion(code string) []*model.LoadBalancerCluster { return l.byRegion[code] }

// InRegions holds the clusters of some regions, by region, code and id; nil means all clusters.
func (l *ClusterList) InRegions(codes []string) []*model.LoadBalancerCluster {
	regions := setOf(codes)
	return Select(l.All, func(c *model.LoadBalancerCluster) bool { return regions.has(c.RegionCode) })
}

// ClusterOrder is the order of clusters: by region, code and id, those without a region or code last.
func ClusterOrder() Order[*model.LoadBalancerCluster] {
	return Order[*model.LoadBalancerCluster]{
		Name: "lr",
		Key:  func(c *model.LoadBalancerCluster) model.SortKey { return textKey(c.RegionCode) },
		ID: func(c *model.LoadBalancerCluster) string {
			if c.Code == nil {
				return "1 " + c.ClusterID
			}
			return "0 " + *c.Code + " " + c.ClusterID
		},
	}
}

// convertCluster turns a record into a cluster; nil when it names no cluster id.
func convertCluster(cfg Config, r esm.LoadBalancerCluster) *model.LoadBalancerCluster {
	if r.ClusterID.IsAbsent() {
		cfg.Unreadable(OperationLoadBalancers, "cluster_id")
		return nil
	}
	occupancy := func(of string, count, capacity loose.Number) *model.ClusterOccupancy {
		return model.NewClusterOccupancy(cfg.count(count, of+"_count"), cfg.count(capacity, of+"_capacity"))
	}
	return &model.LoadBalancerCluster{
		ID:              model.NewID(model.KindLoadBalancerCluster, r.ClusterID.String()),
		ClusterID:       r.ClusterID.String(),
		Name:            r.ClusterName.Ptr(),
		Code:            r.ClusterCode.Ptr(),
		Type:            r.Type.Ptr(),
		RegionCode:      regionCode(r.RegionID),
		RegionText:      r.RegionName.Ptr(),
		NodesText:       r.Nodes.Ptr(),
		LoadBalancers:   occupancy("lb", r.LoadBalancers, r.MaxLoadBalancers),
		LoadBalancersV5: cfg.count(r.LoadBalancersV5, "lb_v5_count"),
		Layer4Listeners: occupancy("l4_listener", r.Layer4Listeners, r.MaxLayer4Listeners),
		Layer7Listeners: occupancy("l7_listener", r.Layer7Listeners, r.MaxLayer7Listeners),
		Layer4Members:   occupancy("l4_member", r.Layer4Members, r.MaxLayer4Members),
		Layer7Members:   occupancy("l7_member", r.Layer7Members, r.MaxLayer7Members),
		ObservedAt:      cfg.instant(r.Time, time.UTC, OperationLoadBalancers, "time_stamp"),
	}
}

// count is a whole number of a cluster; nil when it is an empty text, which is absent and not 0 (quirk 21), or no whole number.
func (cfg Config) count(n loose.Number, field string) *int {
	whole := wholeNumber(n)
	if whole == nil && !n.IsAbsent() {
		cfg.Unreadable(OperationLoadBalancers, field)
	}
	return whole
}
