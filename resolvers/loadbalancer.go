package resolvers

import "github.com/opsgraph/opsgraph/graph/model"

// serviceOfCluster is the ELB service in a cluster's region; nil when the cluster names no region.
func serviceOfCluster(cluster *model.LoadBalancerCluster) *model.CloudService {
	if cluster.RegionCode == nil {
		return nil
	}
	return model.NewCloudService(*cluster.RegionCode, model.CloudServiceTypeElb)
}
