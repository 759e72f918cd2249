package esm

import (
	"context"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// LoadBalancerCluster is one row of listElbv3Capacity: the use and capacity of an ELB cluster. The document has no
// field table; the meanings follow the names. A count may be an empty text, which is absent and not 0 (QUIRKS 21).
type LoadBalancerCluster struct {
	ClusterID          loose.Text   `json:"cluster_id,omitzero"`
	ClusterName        loose.Text   `json:"cluster_name,omitzero"`
	ClusterCode        loose.Text   `json:"cluster_code,omitzero"`
	Type               loose.Text   `json:"type,omitzero"`
	RegionID           loose.Text   `json:"region_id,omitzero"`
	RegionName         loose.Text   `json:"region_name,omitzero"`
	Nodes              loose.Text   `json:"ms_nodes_list,omitzero"`
	Time               loose.Time   `json:"time_stamp,omitzero"`
	LoadBalancers      loose.Number `json:"lb_count,omitzero"`
	LoadBalancersV5    loose.Number `json:"lb_v5_count,omitzero"`
	MaxLoadBalancers   loose.Number `json:"lb_capacity,omitzero"`
	Layer4Listeners    loose.Number `json:"l4_listener_count,omitzero"`
	MaxLayer4Listeners loose.Number `json:"l4_listener_capacity,omitzero"`
	Layer7Listeners    loose.Number `json:"l7_listener_count,omitzero"`
	MaxLayer7Listeners loose.Number `json:"l7_listener_capacity,omitzero"`
	Layer4Members      loose.Number `json:"l4_member_count,omitzero"`
	MaxLayer4Members   loose.Number `json:"l4_member_capacity,omitzero"`
	Layer7Members      loose.Number `json:"l7_member_count,omitzero"`
	MaxLayer7Members   loose.Number `json:"l7_member_capacity,omitzero"`
}

// MissingKey implements [rest.Keyed].
func (l LoadBalancerCluster) MissingKey() string { return missing(l.ClusterID, "cluster_id") }

// LoadBalancerClusters lists all clusters as they are now: the operation has neither window nor filter. The document
// gives it two paths (QUIRKS 3); Options.Elbv3Path chooses.
func (c *Client) LoadBalancerClusters(ctx context.Context) (rest.List[LoadBalancerCluster], error) {
	endpoint := listElbv3Capacity
	if c.options.Elbv3Path != "" {
		endpoint.Path = c.options.Elbv3Path
	}
	return list(ctx, c, endpoint, rest.PageRequest[LoadBalancerCluster]{
		Size: fastPageSize,
		Key:  func(l LoadBalancerCluster) string { return joined(l.ClusterID, l.RegionID, l.Time) },
	}, nil)
}
